/* Writing in the place of what was read, if nobody else did meanwhile. */
#ifndef WEIR_CACHE_MEMCACHED_SWAP_H
#define WEIR_CACHE_MEMCACHED_SWAP_H

#include <stdint.h>
#include <time.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct memcached_lookup;

/*
 * By "cas" where the look-up has found an item, by "add" where it has not.
 * expiry is memcached's (memcached_item.h). ST_STALE: others were faster, and
 * it must be read again; ST_FULL: there is no room; else as the link failed,
 * and then it is not certain whether it was written.
 */
enum status memcached_swap(const struct memcached_lookup *read, struct str item,
    uint32_t form, time_t expiry);

/* Between two attempts, of which `attempt` have failed: longer each time, so
 * that others get done. */
void memcached_swap_pause(unsigned attempt);

#endif
