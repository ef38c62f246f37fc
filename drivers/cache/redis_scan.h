/*
 * The values of an open space. SCAN walks through the server's keys by their
 * places in its table, and finds all that are there throughout; one step gives
 * any number of keys.
 *
 * So a page may end within a step. The keys of a step are given in the order of
 * their hashes; the page's cursor then says where the step began, where it
 * ended, and the last hash given: "BEGIN-END-HASH". The next page makes the
 * step again. It goes on behind the hash when the step ends at the same place,
 * and gives all of its keys once more when the table has changed meanwhile.
 * Between steps the cursor is the server's own.
 */
#ifndef WEIR_CACHE_REDIS_SCAN_H
#define WEIR_CACHE_REDIS_SCAN_H

#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_page;
struct cache_space;

/* These two are the driver's, see cache.h, of conn->asked. ST_STALE: keys have
 * moved to other nodes of a cluster, and may be left. */
enum status redis_scan_list(struct cache_conn *conn,
    const struct cache_space *space, struct cache_page *page,
    int64_t deadline_ms, struct error *err);
enum status redis_scan_flush(struct cache_conn *conn,
    const struct cache_space *space, int64_t deadline_ms, struct error *err);

#endif
