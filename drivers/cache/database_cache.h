/* The database store of a process: open and close of cache_driver. */
#ifndef WEIR_CACHE_DATABASE_CACHE_H
#define WEIR_CACHE_DATABASE_CACHE_H

#include "drivers/cache/cache.h"

/* Connects once, to find out whether the table is another's: that is
 * ST_INVALID. A database that is away is none. */
enum status database_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err);

/* Ends with the last who holds it; the first is the one that opened it. */
struct cache *database_cache_hold(struct cache *cache);
void database_cache_close(struct cache *cache);

#endif
