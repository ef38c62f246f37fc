#include "drivers/cache/memcached_memory.h"

#include <stdint.h>
#include <stdlib.h>

static bool
is_too_much(struct memcached_memory *memory, size_t size)
{
	if (size > memory->most)
		memory->refused = true;
	return size > memory->most;
}

/* For nothing something is taken as well: NULL is a failure. */
static size_t
at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

static void *
take(const memcached_st *handle, size_t size, void *memory)
{
	(void)handle; /* all handles take from one heap */
	return is_too_much(memory, size) ? NULL : malloc(at_least_one(size));
}

static void *
take_again(const memcached_st *handle, void *p, size_t size, void *memory)
{
	(void)handle;
	return is_too_much(memory, size) ? NULL
					 : realloc(p, at_least_one(size));
}

static void *
take_zeroed(const memcached_st *handle, size_t n, size_t size, void *memory)
{
	size_t all = n > 0 && size > SIZE_MAX / n ? SIZE_MAX : n * size;

	(void)handle;
	return is_too_much(memory, all) ? NULL : calloc(1, at_least_one(all));
}

static void
give_back(const memcached_st *handle, void *p, void *memory)
{
	(void)handle;
	(void)memory;
	free(p);
}

memcached_return_t
memcached_memory_bind(struct memcached_memory *memory, memcached_st *handle)
{
	memory->refused = false;
	return memcached_set_memory_allocators(
	    handle, take, give_back, take_again, take_zeroed, memory);
}
