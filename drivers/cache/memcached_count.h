/* One counter: what it stands at, and counting in it (memcached_counters.h). */
#ifndef WEIR_CACHE_MEMCACHED_COUNT_H
#define WEIR_CACHE_MEMCACHED_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/memcached_lookup.h"

struct cache_conn;
struct cache_op;

/* While the operation runs. */
struct memcached_count {
	struct cache_op *op;
	/* Its word; where its link is NULL, its status says why. */
	struct memcached_lookup lookup;
	int64_t end_ms; /* of the window that it counted in */
};

/* Names what must be looked up first. */
void memcached_count_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_count *c);

/* Tells what the counter stands at; false: that is not to be known. */
bool memcached_count_peek(
    const struct cache_conn *conn, const struct memcached_count *c);

/* Counts, and sets the operation's status and outputs. */
void memcached_count_run(struct cache_conn *conn, struct memcached_count *c);

/* Takes back a count that was ST_OK, while its window lasts. What cannot be
 * taken back stays counted: fewer get through, never more. */
void memcached_count_undo(struct cache_conn *conn, struct memcached_count *c);

/* DEL of a counter. One whose window has ended is not there, though memcached
 * has it still. */
enum status memcached_count_delete(
    struct cache_conn *conn, struct cache_op *op);

#endif
