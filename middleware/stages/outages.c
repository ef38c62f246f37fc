#include "middleware/stages/outages.h"

#include <stddef.h>

#define LEAST_MS 1000

static size_t
place_of(int64_t service_id)
{
	return (size_t)((uint64_t)service_id % OUTAGES_PLACES);
}

void
outage_note(
    struct outages *o, int64_t service_id, int64_t began_ms, int64_t now_ms)
{
	int64_t took_ms = now_ms - began_ms;

	atomic_store_explicit(&o->until_ms[place_of(service_id)],
	    now_ms + (took_ms > LEAST_MS ? took_ms : LEAST_MS),
	    memory_order_relaxed);
}

/* The usual case writes nothing that other threads read. */
void
outage_end(struct outages *o, int64_t service_id)
{
	_Atomic int64_t *until = &o->until_ms[place_of(service_id)];

	if (atomic_load_explicit(until, memory_order_relaxed) != 0)
		atomic_store_explicit(until, 0, memory_order_relaxed);
}

bool
outage_lasts(const struct outages *o, int64_t service_id, int64_t now_ms)
{
	return atomic_load_explicit(&o->until_ms[place_of(service_id)],
		   memory_order_relaxed) > now_ms;
}
