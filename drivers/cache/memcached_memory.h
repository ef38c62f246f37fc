/*
 * Memory for a handle, with a bound: libmemcached would take what a server says
 * that a value is long, before a byte of it has come.
 */
#ifndef WEIR_CACHE_MEMCACHED_MEMORY_H
#define WEIR_CACHE_MEMCACHED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <libmemcached/memcached.h>

struct memcached_memory {
	size_t most;  /* bytes of one piece */
	bool refused; /* one that was larger: the handle is of no use */
};

/* From now on the handle takes its memory so; it must outlive the handle. */
memcached_return_t memcached_memory_bind(
    struct memcached_memory *memory, memcached_st *handle);

#endif
