/*
 * Counters: one item a counter, whose number holds its window (memcached_
 * window.h). A batch reads all of its counters with one multi-get; a counter
 * that is used up costs no more, and one that is not costs an "incr" that
 * memcached does atomically, so that a limit lets exactly so many pass from
 * any number of processes.
 *
 * Groups are not atomic: a count that finds one of its group used up meanwhile
 * takes back the others, and for that moment they refuse others wrongly; and a
 * window that it began stays begun. They never let more pass.
 *
 * Windows end by the clocks of those who count: these must agree.
 */
#ifndef WEIR_CACHE_MEMCACHED_COUNTERS_H
#define WEIR_CACHE_MEMCACHED_COUNTERS_H

#include <stddef.h>

struct cache_conn;
struct cache_op;
struct memcached_counter;
struct memcached_lookups;

/* COUNTs that follow one another; values in between are passed over. */
struct memcached_counts {
	struct memcached_counter *list; /* in the arena of the batch */
	size_t n;
};

/* Where the COUNTs from ops[from] on end: the next DEL of a counter. */
size_t memcached_counts_end(struct cache_op *const *ops, size_t from, size_t n);

/* Takes the COUNTs of ops[from..to), and adds what they need to the look-ups.
 * Groups are of this part of the batch. */
void memcached_counts_ask(struct cache_conn *conn, struct cache_op *const *ops,
    size_t from, size_t to, struct memcached_counts *counts,
    struct memcached_lookups *lookups);

/* When those have run: counts. */
void memcached_counts_take(
    struct cache_conn *conn, struct memcached_counts *counts);

/* DEL of a counter. */
void memcached_counter_end(struct cache_conn *conn, struct cache_op *op);

#endif
