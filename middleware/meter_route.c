#include "middleware/meter_route.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/meter.h"

#define CLAIMED 1u

/* So many places are looked at for a route: what finds none is not counted, at
 * a price that stays small. */
#define LOOKS 16

/* FNV-1a: as good as any for a table that nobody can make long. */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t
mix(const struct meter_answer *a)
{
	uint64_t h = FNV_BASIS ^ (uint64_t)a->service_id;

	h = (h ^ (uint64_t)a->method) * FNV_PRIME;
	for (size_t i = 0; i < a->route.n; i++)
		h = (h ^ (unsigned char)a->route.p[i]) * FNV_PRIME;
	return h ^ h >> 32;
}

static uint32_t
code_of(const struct meter_answer *a)
{
	return METER_TAKEN | (uint32_t)a->method;
}

static bool
claim(struct meter_route *route, const struct meter_answer *a)
{
	uint32_t none = 0;

	if (!atomic_compare_exchange_strong(&route->code, &none, CLAIMED))
		return false;
	route->service_id = a->service_id;
	route->name_bytes = (uint32_t)a->route.n;
	memcpy(route->name, a->route.p, a->route.n);
	atomic_store_explicit(&route->code, code_of(a), memory_order_release);
	return true;
}

static struct str
name_of(const struct meter_route *route)
{
	return str_make(route->name, route->name_bytes);
}

/* One that another thread is taking just now is passed by: the sums make one
 * of two places. */
static bool
is_of(struct meter_route *route, const struct meter_answer *a)
{
	uint32_t code =
	    atomic_load_explicit(&route->code, memory_order_acquire);

	if (code == 0)
		return claim(route, a);
	return code == code_of(a) && route->service_id == a->service_id &&
	       str_eq(name_of(route), a->route);
}

static struct meter_route *
route_find(
    struct meter_route routes[METER_ROUTES], const struct meter_answer *a)
{
	size_t at = (size_t)mix(a) % METER_ROUTES;

	for (int i = 0; i < LOOKS; i++, at = (at + 1) % METER_ROUTES)
		if (is_of(&routes[at], a))
			return &routes[at];
	return NULL;
}

static void
add(_Atomic uint64_t *sum, uint64_t n)
{
	(void)atomic_fetch_add_explicit(sum, n, memory_order_relaxed);
}

/* Mostly one thread writes it; of two at once the later may stay. */
static void
raise_to(_Atomic uint64_t *most, uint64_t n)
{
	if (atomic_load_explicit(most, memory_order_relaxed) < n)
		atomic_store_explicit(most, n, memory_order_relaxed);
}

void
meter_route_count(
    struct meter_route routes[METER_ROUTES], const struct meter_answer *a)
{
	uint64_t us = a->whole_us < 0 ? 0 : (uint64_t)a->whole_us;
	struct meter_route *route;

	if (a->route.p == NULL || a->route.n > METER_ROUTE_BYTES)
		return;
	route = route_find(routes, a);
	if (route == NULL)
		return;
	add(&route->count, 1);
	if (a->cache == CACHE_VERDICT_MISS || a->cache == CACHE_VERDICT_STALE)
		add(&route->misses, 1);
	add(&route->sum_us, us);
	raise_to(&route->max_us, us);
}

struct meter_route_sum *
meter_routes_read(
    const struct meter_route routes[METER_ROUTES], struct meter_route_sum *out)
{
	for (size_t i = 0; i < METER_ROUTES; i++) {
		const struct meter_route *r = &routes[i];
		uint32_t code =
		    atomic_load_explicit(&r->code, memory_order_acquire);

		if (code < METER_TAKEN || r->name_bytes > METER_ROUTE_BYTES)
			continue;
		*out++ = (struct meter_route_sum){
			.service_id = r->service_id,
			.method = code & ~METER_TAKEN,
			.name = name_of(r),
			.count = atomic_load(&r->count),
			.misses = atomic_load(&r->misses),
			.sum_us = atomic_load(&r->sum_us),
			.max_us = atomic_load(&r->max_us),
		};
	}
	return out;
}

static int
route_order(const void *a, const void *b)
{
	const struct meter_route_sum *x = a, *y = b;

	if (x->service_id != y->service_id)
		return x->service_id < y->service_id ? -1 : 1;
	if (x->method != y->method)
		return x->method < y->method ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static void
route_add(struct meter_route_sum *to, const struct meter_route_sum *r)
{
	to->count += r->count;
	to->misses += r->misses;
	to->sum_us += r->sum_us;
	if (r->max_us > to->max_us)
		to->max_us = r->max_us;
}

size_t
meter_routes_merge(struct meter_route_sum *routes, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(routes, n, sizeof(routes[0]), route_order);
	for (size_t i = 1; i < n; i++) {
		if (route_order(&routes[kept], &routes[i]) == 0)
			route_add(&routes[kept], &routes[i]);
		else
			routes[++kept] = routes[i];
	}
	return kept + 1;
}
