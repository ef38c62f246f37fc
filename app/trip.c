#include "app/trip.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/call.h"
#include "middleware/lane.h"

#define IDLE_MAX 8u /* of a pool */

/* Numbers of groups begin again behind this: two that are under way at the same
 * time are never so far apart. */
#define GROUPS_MAX 0x40000000u

struct trip *
trip_take(struct trip_pool *pool, int64_t timeout_ms)
{
	struct trip *trip = pool->idle;

	if (trip == NULL) {
		trip = malloc(sizeof(*trip));
		if (trip == NULL)
			abort();
	} else {
		pool->idle = trip->next;
		pool->n--;
	}
	trip->timeout_ms = timeout_ms;
	trip->n_ops = 0;
	trip->n_calls = 0;
	return trip;
}

void
trip_give(struct trip_pool *pool, struct trip *trip)
{
	if (pool->n >= IDLE_MAX) {
		free(trip);
		return;
	}
	trip->next = pool->idle;
	pool->idle = trip;
	pool->n++;
}

void
trip_list_free(struct trip *list)
{
	while (list != NULL) {
		struct trip *next = list->next;

		free(list);
		list = next;
	}
}

void
trip_pool_free(struct trip_pool *pool)
{
	trip_list_free(pool->idle);
	*pool = (struct trip_pool){ .n = 0 };
}

bool
trip_has_room(const struct trip *trip, size_t n)
{
	return trip->n_ops + n <= TRIP_OPS && trip->n_calls < TRIP_CALLS;
}

static void
take_part(struct trip *trip, struct call *call)
{
	if (trip->n_calls > 0 && trip->calls[trip->n_calls - 1] == call)
		return;
	trip->calls[trip->n_calls++] = call;
	call->rounds++;
}

/* Every request numbers its groups from 1. */
void
trip_add(
    struct trip *trip, struct call *call, struct batch *batch, uint32_t *group)
{
	uint32_t base = *group < GROUPS_MAX ? *group : 0;

	for (size_t i = 0; i < batch->n; i++) {
		struct cache_op *op = &batch->ops[i];

		op->arena = call->req.arena;
		if (op->group != 0) {
			op->group += base;
			*group = op->group;
		}
		trip->ops[trip->n_ops++] = op;
	}
	take_part(trip, call);
}

void
trip_send(struct trip *trip, struct lane *lane)
{
	trip->batch = (struct cache_batch){
		.ops = trip->ops,
		.n = trip->n_ops,
		.deadline_ms = clock_boot_ms() + trip->timeout_ms,
		.owner = trip,
	};
	lane_submit(lane, &trip->batch);
}
