/* One counter: what it stands at, and counting in it (memcached_counters.h). */
#ifndef WEIR_CACHE_MEMCACHED_COUNT_H
#define WEIR_CACHE_MEMCACHED_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/memcached_lookup.h"
#include "drivers/cache/memcached_state.h"

struct cache_conn;
struct cache_op;
struct memcached_count;

/* By so much the clocks of those who count may differ. */
#define MEMCACHED_SKEW_MS 2000
/* That an item outlives its window, s. */
#define MEMCACHED_SPARE_S 2

/* How the counters of a kind are kept. */
struct memcached_way {
	/* These are the functions below. */
	bool (*peek)(
	    const struct cache_conn *conn, const struct memcached_count *c);
	enum status (*count)(
	    struct cache_conn *conn, struct memcached_count *c);
	enum status (*refuse)(
	    struct cache_conn *conn, struct memcached_count *c);
	enum status (*undo)(struct cache_conn *conn, struct memcached_count *c);
	/* Whether anything is counted in what was read. */
	bool (*open)(
	    const struct cache_conn *conn, const struct memcached_count *c);
	unsigned attempts; /* at what others keep changing */
};

/* While the operation runs. */
struct memcached_count {
	struct cache_op *op;
	const struct memcached_way *way;
	/* Its item; where its link is NULL, its status says why. */
	struct memcached_lookup lookup;
	/* As it was left by a count that was ST_OK. */
	int64_t end_ms;               /* of memcached_fixed.h */
	struct memcached_state state; /* of memcached_wide.h */
};

/* Names what must be looked up first. */
void memcached_count_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_count *c);

/* Looks it up, again. */
void memcached_count_read(struct cache_conn *conn, struct memcached_count *c);

/* Tells what the counter stands at; false: that is not to be known. */
bool memcached_count_peek(
    const struct cache_conn *conn, const struct memcached_count *c);

/* Counts, and sets the operation's status and outputs. Attempts that are used
 * up are ST_UNAVAILABLE. */
void memcached_count_run(struct cache_conn *conn, struct memcached_count *c);

/* After a peek that found no room: keeps what a refusal changes, which is a
 * lock-out, or a window that a clock set back has made too long. */
enum status memcached_count_refuse(
    struct cache_conn *conn, struct memcached_count *c);

/* Takes back a count that was ST_OK, while its window lasts. What cannot be
 * taken back stays counted: fewer get through, never more. */
void memcached_count_undo(struct cache_conn *conn, struct memcached_count *c);

/* LOOK: its status. */
enum status memcached_count_look(
    const struct cache_conn *conn, const struct memcached_count *c);

/* DEL of a counter. One whose window has ended is not there, though memcached
 * has it still. */
enum status memcached_count_delete(
    struct cache_conn *conn, struct cache_op *op);

#endif
