/* The limits that apply to one request, and what their counts came to: the
 * rate limit stage's slot. */
#ifndef WEIR_LIMIT_SLOT_H
#define WEIR_LIMIT_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "middleware/registry/limit_index.h"

struct cache_op;

struct limit_applied {
	const struct limit *limit;
	struct cache_op *op; /* its COUNT; soft: it refuses nobody */
	bool yields;         /* see limit_index.h */
};

struct limit_slot {
	struct limit_applied list[LIMIT_HITS_MAX];
	size_t n;
	bool counted; /* the counts of the operations are true */
	bool looked;  /* they are for an explanation alone, each a LOOK */
};

/* How many more it lets pass now. */
uint32_t limit_remaining(const struct limit_applied *a);

/* Whole seconds until it lets more pass, at least 1. */
int64_t limit_reset_seconds(const struct limit_applied *a);

/* Has it no room for this request? A call that another one refuses is not
 * counted by those that had. */
bool limit_is_used_up(const struct limit_applied *a);

/* Of those that may refuse, the one nearest to exhaustion; of those used up the
 * last to reopen. NULL: there is none that may refuse. */
const struct limit_applied *limit_nearest(const struct limit_slot *slot);

#endif
