/*
 * Which server a name lies on: libmemcached's weighted ketama over the servers
 * as the settings name them, so that one server more or less moves few names.
 */
#ifndef WEIR_CACHE_MEMCACHED_RING_H
#define WEIR_CACHE_MEMCACHED_RING_H

#include <stddef.h>

#include "app/base/str.h"

struct memcached_hosts;
struct memcached_st;

/* A place for many threads: it is only read. NULL: no memory. */
struct memcached_st *memcached_ring_new(const struct memcached_hosts *hosts);
void memcached_ring_free(struct memcached_st *ring);

/*
 * The index of the server. With the turns 1, 2, ... that of others in an order
 * of its own for each name, some more than once: where it lies while the
 * earlier ones are away.
 */
size_t memcached_ring_find(
    const struct memcached_st *ring, struct str name, unsigned turn);

#endif
