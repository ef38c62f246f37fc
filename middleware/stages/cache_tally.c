#include "middleware/stages/cache_tally.h"

#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stores.h"
#include "middleware/tallies.h"

/* TALLIES: it came to nothing that counts. */
static enum tally
kind_of(const struct cache_slot *slot, const struct request *req)
{
	if (slot->lookup == LOOKUP_UNSTORED)
		return TALLY_BYPASSED;
	switch (req->cache_verdict) {
	case CACHE_VERDICT_HIT:
		return TALLY_HITS;
	case CACHE_VERDICT_OLD:
		return TALLY_STALE;
	case CACHE_VERDICT_MISS:
	case CACHE_VERDICT_STALE:
		return TALLY_MISSES;
	case CACHE_VERDICT_JOINED:
		return TALLY_COLLAPSED;
	case CACHE_VERDICT_BYPASS:
		return TALLY_BYPASSED;
	case CACHE_VERDICT_NONE:
		break;
	}
	return TALLIES;
}

static struct tally_sheet *
sheet_of(struct stores *stores)
{
	if (stores->sheet == NULL)
		stores->sheet = tallies_sheet(stores->shared->tallies);
	return stores->sheet;
}

void
cache_tally(const struct cache_slot *slot, const struct request *req)
{
	struct tally_mark mark = { .kind = kind_of(slot, req) };

	if (mark.kind == TALLIES)
		return;
	if (mark.kind == TALLY_HITS || mark.kind == TALLY_STALE) {
		mark.bytes = slot->entry.body.n;
		mark.saved_ms = slot->entry.cost_ms;
	}
	tally_sheet_add(sheet_of(req->stores), req->service->id, &mark);
}
