/*
 * One trip to a store: a batch, and the calls that have a part in it. Belongs
 * to one front; see round.h.
 */
#ifndef WEIR_TRIP_H
#define WEIR_TRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/cache/cache.h"

struct batch;
struct call;
struct lane;

#define TRIP_OPS   768u
#define TRIP_CALLS 256u

struct trip {
	struct cache_batch batch; /* its owner is this */
	int64_t timeout_ms;
	size_t n_ops;
	size_t n_calls;
	struct cache_op *ops[TRIP_OPS];
	struct call *calls[TRIP_CALLS];
	struct trip *next; /* in whichever list holds it */
};

/* Some that nobody uses, kept for the next turns. */
struct trip_pool {
	struct trip *idle;
	size_t n;
};

/* An empty trip of calls that wait so long. */
struct trip *trip_take(struct trip_pool *pool, int64_t timeout_ms);
void trip_give(struct trip_pool *pool, struct trip *trip);

void trip_pool_free(struct trip_pool *pool);

/* Frees a list of trips. */
void trip_list_free(struct trip *list);

/* Is there room for n more operations of one more call? */
bool trip_has_room(const struct trip *trip, size_t n);

/* Adds a call's operations, for which there is room. *group: the last number
 * given to a group of counters. */
void trip_add(
    struct trip *trip, struct call *call, struct batch *batch, uint32_t *group);

/* Sends it on its way. It comes back as the owner of the batch that
 * lane_reap() returns. */
void trip_send(struct trip *trip, struct lane *lane);

#endif
