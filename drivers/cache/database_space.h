/* What the database driver does to whole spaces and to the table: list, flush
 * and stats of cache_driver, and its sweep. The connection is attached. */
#ifndef WEIR_CACHE_DATABASE_SPACE_H
#define WEIR_CACHE_DATABASE_SPACE_H

#include "drivers/cache/cache.h"

/* In the order of the keys; the cursor is the last of them. As run() of db.h,
 * and ST_INVALID: the cursor is none. */
enum status database_list(struct cache_conn *conn,
    const struct cache_space *space, struct cache_page *page,
    int64_t deadline_ms);

/* A part of the rows at a time, so that nobody waits long. */
enum status database_flush(struct cache_conn *conn,
    const struct cache_space *space, int64_t deadline_ms);

/* Of a large table the bytes are estimated, and beyond a million rows nothing
 * is known: counting them would take too long. */
enum status database_stats(
    struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms);

/* Deletes what has expired. */
enum status database_sweep(struct cache_conn *conn, int64_t deadline_ms);

#endif
