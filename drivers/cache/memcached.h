/*
 * Values in memcached, on one server or several. Which server a key lies on
 * follows from the list of them (MEMCACHED_HOST, weighted ketama). Keys of a
 * space that is not open never move: while their server is away their
 * operations fail, and nothing old comes back with it. Keys of open spaces lie
 * elsewhere meanwhile, those of that server and no others; what they had there
 * before may be read again when it returns.
 *
 * What memcached is missing is made up for: keys of any length and bytes
 * (memcached_name.h), spaces that can be flushed (memcached_generation.h),
 * counters with windows (memcached_counters.h), a PULL that is atomic, a ttl of
 * any length. Groups of counters are not atomic (memcached_counters.h), and it
 * cannot list keys. A value must fit into an item (memcached's -I): one that
 * does not is ST_TOO_BIG, and ping() says how large they may be.
 *
 * The incarnation is constant. A server that restarts has nothing of before,
 * the versions of tags are random, and no replica takes over: a value that is
 * found was not deleted since it was stored.
 */
#ifndef WEIR_CACHE_MEMCACHED_H
#define WEIR_CACHE_MEMCACHED_H

#include "drivers/cache/cache.h"

extern const struct cache_driver memcached_driver;

#endif
