/*
 * Counters: one item a counter, whose number holds its window (memcached_
 * window.h). A batch reads all of its counters with one multi-get; a counter
 * that is used up costs no more, and one that is not costs an "incr" that
 * memcached does atomically, so that a limit lets exactly so many pass from
 * any number of processes.
 *
 * Groups are not atomic: a count that finds one of its group used up meanwhile
 * takes back the others. For that moment they stand one too high for each such
 * call that is under way, and may refuse others wrongly; so they stay until
 * their windows end when the server is lost, or others keep changing them,
 * before that is done. A window that such a count began stays begun. No group
 * ever lets more pass.
 *
 * Windows end by the clocks of those who count: these must agree.
 */
#ifndef WEIR_CACHE_MEMCACHED_COUNTERS_H
#define WEIR_CACHE_MEMCACHED_COUNTERS_H

#include <stddef.h>

struct cache_conn;
struct cache_op;
struct memcached_count;
struct memcached_lookups;

/* The COUNTs of a batch. */
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
