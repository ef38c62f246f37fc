/*
 * Counters, one item each. A batch reads all of its counters with one
 * multi-get; a counter that is used up costs no more. One of a fixed window
 * holds a number (memcached_window.h), and costs an "incr" that memcached does
 * atomically. The others hold all of their window (memcached_wide.h), and cost
 * a "cas", again and again while others come first: after 200 attempts, which
 * take half a second, it is ST_UNAVAILABLE. Either way a limit lets exactly so
 * many pass from any number of processes.
 *
 * Groups are not atomic: a count that finds one of its group used up meanwhile
 * takes back the others. For that moment they stand one too high for each such
 * call that is under way, and may refuse others wrongly: with C callers, where
 * a counter has room for C - 1 or fewer. (32 callers in 4 processes, groups of
 * 2 and 3 counters of the same limit of 1000: exactly 1000 of 3000 pass, but up
 * to 1200 are refused while some of the last 31 are still to be had.) What
 * stays behind is always a count too many:
 *
 *	one of each counter when the process or the server is lost, or others
 *	keep changing them, before the take-back: until its window ends, or it
 *	slides out, or has run off
 *	of CACHE_GCRA what has run off meanwhile, at most its ttl / limit
 *	a fixed window that such a count began stays begun
 *
 * No group ever lets more pass. A lock-out that a refusal began stays.
 *
 * Windows end by the clocks of those who count: these must agree, to
 * MEMCACHED_SKEW_MS. One that is further ahead than that was set back: what it
 * has counted is forgotten as if it came now, so where hosts differ by more,
 * each in turn shortens the windows of the other, and more may pass.
 */
#ifndef WEIR_CACHE_MEMCACHED_COUNTERS_H
#define WEIR_CACHE_MEMCACHED_COUNTERS_H

#include <stddef.h>

struct cache_conn;
struct cache_op;
struct memcached_count;
struct memcached_lookups;

/* The COUNTs and LOOKs of a batch. */
struct memcached_counters {
	struct memcached_count *list; /* in the arena of the batch */
	size_t n;
	size_t at; /* the last that was looked for */
};

/* Takes them, and adds what they need to the look-ups. */
void memcached_counters_ask(struct cache_conn *conn,
    struct cache_op *const *ops, size_t n, struct memcached_counters *counters,
    struct memcached_lookups *lookups);

/* When those have run: counts, and runs the DELs of counters, in order. */
void memcached_counters_take(struct cache_conn *conn,
    struct cache_op *const *ops, size_t n, struct memcached_counters *counters);

#endif
