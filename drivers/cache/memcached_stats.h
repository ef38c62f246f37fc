/* What the servers say of themselves. */
#ifndef WEIR_CACHE_MEMCACHED_STATS_H
#define WEIR_CACHE_MEMCACHED_STATS_H

#include <stdint.h>

#include "drivers/cache/cache.h"

/* These two are the driver's, see cache.h. */
enum status memcached_stats_sum(struct cache_conn *conn,
    struct cache_stats *out, int64_t deadline_ms, struct error *err);
enum status memcached_stats_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

#endif
