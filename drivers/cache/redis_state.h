/* What a Redis store says of itself, and whether it can be used. */
#ifndef WEIR_CACHE_REDIS_STATE_H
#define WEIR_CACHE_REDIS_STATE_H

#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_stats;

/* These two are the driver's, see cache.h. */
enum status redis_state_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err);
enum status redis_state_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

#endif
