/*
 * The counting of a batch, the same in every store: which operations count all
 * or none, and what becomes of their windows.
 */
#ifndef WEIR_CACHE_GROUP_H
#define WEIR_CACHE_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_window.h"

/* Operations that count all or none; one that is alone is a group of one. */
struct cache_group {
	struct cache_op *ops[CACHE_GROUP_MAX];
	size_t n;
};

/* A way through a batch, group by group. */
struct cache_groups {
	struct cache_op *const *ops;
	size_t n;
	size_t at;
	bool sorted; /* the numbers of the groups never fall */
};

struct cache_groups cache_groups_of(struct cache_op *const *ops, size_t n);

/*
 * The next group, in the order of the batch: COUNT operations, or one LOOK, or
 * one DEL of a counter. False after the last. Values are passed over; so is
 * what is not valid, with ST_INVALID for the whole group.
 */
bool cache_groups_next(struct cache_groups *groups, struct cache_group *out);

/*
 * Counts a group of COUNT operations, or looks for one LOOK. windows[i] is that
 * of ops[i], the same one where two name the same counter; now_ms is of the
 * clock of the windows. Sets status, count and reset_ms of each, as cache.h
 * tells. False: no window has changed.
 */
bool cache_group_count(const struct cache_group *group,
    struct cache_window *const *windows, int64_t now_ms);

#endif
