#include "middleware/meter.h"

#include <stddef.h>

#define CODE_CLAIMED 1u

/* So often a claim of another thread is waited for; one that died in it would
 * never end it. */
#define CLAIM_LOOKS 1000

/* Fibonacci hashing: Knuth, The Art of Computer Programming 6.4. */
#define MIX UINT64_C(0x9E3779B97F4A7C15)

const int64_t meter_bounds_us[METER_BOUNDS] = { 50, 100, 250, 500, 1000, 2500,
	5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
	5000000, 10000000 };

static void
add(_Atomic uint64_t *count, uint64_t n)
{
	(void)atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

static void
observe(struct meter_histogram *h, int64_t us)
{
	size_t i = 0;

	while (i < METER_BOUNDS && us > meter_bounds_us[i])
		i++;
	add(&h->bucket[i], 1);
	add(&h->sum_us, us < 0 ? 0 : (uint64_t)us);
}

/* Its code once it has one; 0: it is free, 1: whoever took it has died. */
static uint32_t
settled_code(const struct meter_place *place)
{
	uint32_t code = CODE_CLAIMED;

	for (int i = 0; i < CLAIM_LOOKS && code == CODE_CLAIMED; i++)
		code = atomic_load_explicit(&place->code, memory_order_acquire);
	return code;
}

static bool
claim(struct meter_place *place, int64_t service_id, uint32_t code)
{
	uint32_t none = 0;

	if (!atomic_compare_exchange_strong(&place->code, &none, CODE_CLAIMED))
		return false;
	atomic_store_explicit(
	    &place->service_id, service_id, memory_order_relaxed);
	atomic_store_explicit(&place->code, code, memory_order_release);
	return true;
}

static bool
is_of(struct meter_place *place, int64_t service_id, uint32_t code)
{
	uint32_t there = settled_code(place);

	if (there == 0 && claim(place, service_id, code))
		return true;
	if (there == 0) /* another thread was faster */
		there = settled_code(place);
	return there == code && atomic_load_explicit(&place->service_id,
				    memory_order_relaxed) == service_id;
}

/* NULL: all are taken. */
static struct meter_place *
place_of(struct meter *m, int64_t service_id, uint32_t code)
{
	uint64_t mixed = ((uint64_t)service_id * MIX + code) * MIX;
	size_t at = (size_t)(mixed >> 32) % METER_PLACES;

	for (size_t i = 0; i < METER_PLACES; i++, at = (at + 1) % METER_PLACES)
		if (is_of(&m->places[at], service_id, code))
			return &m->places[at];
	return NULL;
}

void
meter_count(struct meter *m, const struct meter_answer *a)
{
	struct meter_place *place = place_of(
	    m, a->service_id, meter_code(a->cache, a->method, a->status));

	add(place == NULL ? &m->other : &place->count, 1);
	add(&m->cache[a->cache], 1);
	add(&m->limit[a->limit], 1);
	add(&m->bytes, a->bytes);
	observe(&m->whole, a->whole_us);
	for (int p = 0; p < PHASES; p++)
		if (a->timing->us[p] > 0)
			observe(&m->phase[p], a->timing->us[p]);
	meter_route_count(m->routes, a);
}
