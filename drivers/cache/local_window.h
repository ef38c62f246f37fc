/*
 * One counter of a local store: its window is found, begun, counted upon and
 * ended here. How this works without a lock is told in local_window.c.
 */
#ifndef WEIR_CACHE_LOCAL_WINDOW_H
#define WEIR_CACHE_LOCAL_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/cache.h"

struct local_bucket;
struct local_slot;
struct local_state;

/* A counter by name, and where and in which window it has counted. */
struct counter {
	struct local_bucket *bucket;
	uint64_t key;
	struct local_slot *slot;
	uint64_t expiry;
};

/* By a name as of local_name.h. */
struct counter counter_of(struct local_state *state, struct str name);

/*
 * Adds one: ST_OK, ST_REFUSED, ST_FULL (no free slot), or, when a window had
 * to be begun, ST_TIMEOUT and ST_UNAVAILABLE of the bucket's lock. Sets the
 * status, count and reset_ms of op.
 */
void counter_add(struct counter *c, struct cache_op *op, int64_t now_ms,
    int64_t deadline_ms);

/* Takes back what counter_add() did with ST_OK. */
void counter_undo(const struct counter *c);

/* Sets count and reset_ms (0 when no window is open), and nothing else. */
void counter_peek(const struct counter *c, struct cache_op *op, int64_t now_ms);

/* Ends the window; false when none was open. */
bool counter_end(const struct counter *c, int64_t now_ms);

#endif
