/*
 * Counters that slide, pace or lock out: an item with all of the window
 * (memcached_state.h), read and written back by compare and swap.
 *
 * Whoever counts goes by his own clock, but by that of the last who wrote where
 * it is ahead by no more than MEMCACHED_SKEW_MS: time never runs backwards in a
 * counter, or it would forget a little with each turn. A clock that is further
 * ahead was set back since, and what it wrote is settled (cache_window.h).
 */
#ifndef WEIR_CACHE_MEMCACHED_WIDE_H
#define WEIR_CACHE_MEMCACHED_WIDE_H

#include "drivers/cache/memcached_count.h"

extern const struct memcached_way memcached_wide;

#endif
