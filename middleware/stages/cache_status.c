#include "middleware/stages/cache_status.h"

#include "middleware/stages/cache_slot.h"

void
cache_status_put(struct buf *b, const struct cache_slot *slot, int64_t now_ms)
{
	static const char *const forwarded[] = {
		[LOOKUP_MISS] = "fwd=miss",
		[LOOKUP_STALE] = "fwd=stale",
		[LOOKUP_REFRESH] = "fwd=request",
		[LOOKUP_SKIPPED] = "fwd=bypass; detail=store-unavailable",
		[LOOKUP_JOINED] = "fwd=miss; collapsed",
	};
	int64_t age = (now_ms - slot->entry.created_ms) / 1000;

	buf_put_lit(b, "Cache-Status: weir; ");
	if (slot->lookup == LOOKUP_HIT) {
		if (age < 0)
			age = 0;
		buf_put_lit(b, "hit; ttl=");
		buf_put_i64(b, (int64_t)slot->entry.ttl - age);
		buf_put_lit(b, "\r\nAge: ");
		buf_put_i64(b, age);
	} else {
		buf_put(b, str_of(forwarded[slot->lookup]));
		if (slot->stored)
			buf_put_lit(b, "; stored");
	}
	buf_put_lit(b, "\r\n");
}
