/* Counters of fixed windows: an item with a number, in which memcached's "incr"
 * counts (memcached_window.h). */
#ifndef WEIR_CACHE_MEMCACHED_FIXED_H
#define WEIR_CACHE_MEMCACHED_FIXED_H

#include "drivers/cache/memcached_count.h"

extern const struct memcached_way memcached_fixed;

#endif
