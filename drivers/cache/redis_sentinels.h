/*
 * The sentinels of a store, as one connection of ours asks them: all at once,
 * whenever the lease of the master (redis_lease.h) grows old under work. What
 * they say renews it for all connections of the process. Never blocks.
 *
 * They are asked by SENTINEL MASTER, which their user must be allowed: unlike
 * get-master-addr-by-name it says since when they know the master.
 */
#ifndef WEIR_CACHE_REDIS_SENTINELS_H
#define WEIR_CACHE_REDIS_SENTINELS_H

#include <stdint.h>

#include "app/base/status.h"

struct cache;
struct cache_config;
struct redis_host;
struct redis_sentinels;

/* Of the settings: fills in cache->hosts, and how to log in there. ST_INVALID
 * with err. */
enum status redis_sentinels_read(
    struct cache *cache, const struct cache_config *config, struct error *err);

/* Their sockets are watched by epoll. NULL when the store has none. */
struct redis_sentinels *redis_sentinels_open(struct cache *cache, int epoll);

/* NULL does nothing. */
void redis_sentinels_close(struct redis_sentinels *sentinels);

/*
 * Which server is the master, for a new connection to it. ST_OK: *out, which
 * was confirmed at since_ms or later; ST_TIMEOUT: nobody knows yet, and they
 * are asked; ST_UNAVAILABLE: too many have failed since, see below.
 */
enum status redis_sentinels_find(struct redis_sentinels *sentinels,
    int64_t since_ms, int64_t now_ms, struct redis_host *out);

/* Before commands leave for the master. ST_OK: host is it now; ST_TIMEOUT: that
 * is not known, and they are asked; ST_REFUSED: another is. */
enum status redis_sentinels_confirm(struct redis_sentinels *sentinels,
    const struct redis_host *host, int64_t now_ms);

/* For people: why no master is known. */
void redis_sentinels_why(
    const struct redis_sentinels *sentinels, struct error *err);

/* These three do nothing when there are none: NULL. Goes on with whatever can
 * be done now; when it has something to do by itself. */
void redis_sentinels_drive(struct redis_sentinels *sentinels, int64_t now_ms);
int64_t redis_sentinels_due(const struct redis_sentinels *sentinels);

#endif
