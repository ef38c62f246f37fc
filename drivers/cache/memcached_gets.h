/* The GETs of a batch that follow one another: they are asked together. */
#ifndef WEIR_CACHE_MEMCACHED_GETS_H
#define WEIR_CACHE_MEMCACHED_GETS_H

#include <stddef.h>

struct cache_conn;
struct cache_op;
struct memcached_get;
struct memcached_lookups;

struct memcached_gets {
	struct memcached_get *list; /* in the arena of the batch */
	size_t n;
};

/* Where the GETs from ops[from] on end: the next operation that is none. Those
 * of counters in between are passed over. */
size_t memcached_gets_end(struct cache_op *const *ops, size_t from, size_t n);

/* Takes the GETs of ops[from..to), and adds what they need to the look-ups. */
void memcached_gets_ask(struct cache_conn *conn, struct cache_op *const *ops,
    size_t from, size_t to, struct memcached_gets *gets,
    struct memcached_lookups *lookups);

/* When those have run: gives each its status and value. */
void memcached_gets_take(struct cache_conn *conn, struct memcached_gets *gets);

#endif
