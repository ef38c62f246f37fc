#include "middleware/stages/cache_status.h"

#include "middleware/stages/cache_slot.h"

static void
put_ttl(struct buf *b, const struct cache_age *at)
{
	buf_put_lit(b, "; ttl=");
	buf_put_i64(b, at->ttl - at->age);
}

static void
put_forward(struct buf *b, const struct cache_slot *slot)
{
	static const char *const reasons[] = {
		[LOOKUP_BYPASSED] = "; fwd=bypass",
		[LOOKUP_MISS] = "; fwd=miss",
		[LOOKUP_STALE] = "; fwd=stale",
		[LOOKUP_REFRESH] = "; fwd=request",
		[LOOKUP_UNSTORED] = "; fwd=request; detail=no-store",
		[LOOKUP_SKIPPED] = "; fwd=bypass; detail=store-unavailable",
		[LOOKUP_REFUSED] = "; detail=only-if-cached",
	};

	buf_put(b, str_of(reasons[slot->lookup]));
	if (slot->failure != 0) {
		buf_put_lit(b, "; fwd-status=");
		buf_put_i64(b, slot->failure);
		put_ttl(b, &slot->at);
	}
	if (slot->joined)
		buf_put_lit(b, "; collapsed");
	if (slot->stored)
		buf_put_lit(b, "; stored");
	if (slot->failure != 0)
		buf_put_lit(b, "; detail=stale-if-error");
	else if (slot->unkept)
		buf_put_lit(b, "; detail=not-kept");
	else if (slot->too_big)
		buf_put_lit(b, "; detail=too-large");
}

void
cache_status_put(struct buf *b, const struct cache_slot *slot)
{
	bool hit = slot->lookup == LOOKUP_HIT;

	buf_put_lit(b, "Cache-Status: weir");
	if (hit) {
		buf_put_lit(b, "; hit");
		put_ttl(b, &slot->at);
		if (slot->outage)
			buf_put_lit(b, "; detail=stale-if-error");
	} else {
		put_forward(b, slot);
	}
	if (hit || slot->failure != 0) {
		buf_put_lit(b, "\r\nAge: ");
		buf_put_i64(b, slot->at.age);
	}
	buf_put_lit(b, "\r\n");
}
