/* What a Redis store says of itself, and whether it can be used. */
#ifndef WEIR_CACHE_REDIS_STATE_H
#define WEIR_CACHE_REDIS_STATE_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct cache_conn;
struct cache_stats;

/* What stands behind the prefix in the name of what a probe writes. No space
 * begins with "!". */
#define REDIS_PROBE_NAME ":!ping"

/* These two are the driver's, see cache.h, of conn->asked. */
enum status redis_state_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err);
enum status redis_state_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

/* The same as ping, with a name of one's own behind the prefix. */
enum status redis_state_probe(struct cache_conn *conn, struct str name,
    int64_t deadline_ms, struct error *err);

#endif
