/*
 * The operations of a group of which one counts upon a whole window, and what
 * else is asked of such a counter; see cache.h.
 */
#ifndef WEIR_CACHE_LOCAL_GROUP_H
#define WEIR_CACHE_LOCAL_GROUP_H

#include <stdint.h>

struct cache_group;
struct local_state;

/*
 * Sets what the operations put out. Waits, until deadline_ms, for others at the
 * same time in the same bucket (some arithmetic), as local_counters_run() does;
 * ST_TIMEOUT or ST_UNAVAILABLE is the status of all of them.
 */
void local_group_run(struct local_state *state, const struct cache_group *group,
    int64_t now_ms, int64_t deadline_ms);

#endif
