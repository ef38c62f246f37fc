#include "middleware/stages/limit_slot.h"

#include "drivers/cache/cache.h"

#define MS_PER_S 1000

uint32_t
limit_remaining(const struct limit_applied *a)
{
	uint32_t quota = cache_op_quota(a->op);

	return a->op->count >= quota ? 0 : quota - a->op->count;
}

int64_t
limit_reset_seconds(const struct limit_applied *a)
{
	int64_t s = (a->op->reset_ms + MS_PER_S - 1) / MS_PER_S;

	return s < 1 ? 1 : s;
}

bool
limit_is_used_up(const struct limit_applied *a)
{
	return a->op->status == ST_REFUSED && limit_remaining(a) == 0;
}

static bool
is_nearer(const struct limit_applied *a, const struct limit_applied *b)
{
	uint32_t left = limit_remaining(a), than = limit_remaining(b);

	return left < than ||
	       (left == than && a->op->reset_ms > b->op->reset_ms);
}

const struct limit_applied *
limit_nearest(const struct limit_slot *slot)
{
	const struct limit_applied *best = NULL;

	for (size_t i = 0; i < slot->n; i++) {
		const struct limit_applied *a = &slot->list[i];

		if (!a->op->soft && (best == NULL || is_nearer(a, best)))
			best = a;
	}
	return best;
}
