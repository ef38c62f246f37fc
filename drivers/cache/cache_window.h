/*
 * What a counter holds, and how it counts by each algorithm. Pure arithmetic,
 * the same in every store that keeps windows of its own: now_ms is of whatever
 * clock the store counts by, always the same one. No clock that is set back
 * makes a counter wait longer than one that begins now.
 */
#ifndef WEIR_CACHE_WINDOW_H
#define WEIR_CACHE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct cache_op;

#define CACHE_WINDOW_PARTS 16 /* of a sliding window */

/* Nothing is counted: all zero, or end_ms has passed. */
struct cache_window {
	int64_t end_ms; /* all is forgotten when this has passed */
	uint32_t count; /* CACHE_GCRA, or locked: 1 */
	bool locked;    /* nobody passes before end_ms */
	/* CACHE_SLIDING: the number of the newest part since the clock's 0;
	 * CACHE_GCRA: when the last that passed was due (its theoretical
	 * arrival time), us. */
	int64_t mark;
	uint32_t parts[CACHE_WINDOW_PARTS]; /* CACHE_SLIDING: newest first */
};

/* Whether anything is counted. */
bool cache_window_open(const struct cache_window *w, int64_t now_ms);

/* After a clock was set back: what is counted is forgotten no later than if it
 * had come now. True: w had to change for that, and must be kept so, also where
 * nothing is counted. */
bool cache_window_settle(
    struct cache_window *w, const struct cache_op *op, int64_t now_ms);

/* Counts one, and sets count and reset_ms of op. False: it has no room, and the
 * window counts as before. */
bool cache_window_count(
    struct cache_window *w, struct cache_op *op, int64_t now_ms);

/*
 * Takes back one that op has counted, whereupon the window was `then`; others
 * may have counted since. Never more than that still takes away from them: of
 * CACHE_GCRA what has run off meanwhile is gone. False: nothing is left of it,
 * or it cannot be told any more.
 */
bool cache_window_undo(struct cache_window *w, const struct cache_window *then,
    const struct cache_op *op, int64_t now_ms);

/* Sets count and reset_ms of op: what it would find. */
void cache_window_look(
    const struct cache_window *w, struct cache_op *op, int64_t now_ms);

/* Closes the counter for the ttl of op, and says so in it. False: it is closed
 * already. */
bool cache_window_lock(
    struct cache_window *w, struct cache_op *op, int64_t now_ms);

#endif
