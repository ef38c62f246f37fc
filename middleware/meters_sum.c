#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "app/base/arena.h"
#include "middleware/meters.h"
#include "middleware/meters_file.h"

static uint64_t
read_count(const _Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

static void
times_add(struct meter_times *sum, const struct meter_histogram *h)
{
	for (size_t i = 0; i < METER_BUCKETS; i++)
		sum->bucket[i] += read_count(&h->bucket[i]);
	sum->sum_us += read_count(&h->sum_us);
}

static size_t
places_taken(const struct meter *m)
{
	size_t n = 0;

	for (size_t i = 0; i < METER_PLACES; i++)
		n += atomic_load(&m->places[i].code) > METER_TAKEN;
	return n;
}

/* At most `room`: others may have taken more meanwhile. */
static void
kinds_add(struct meter_sum *sum, const struct meter *m, size_t room)
{
	for (size_t i = 0; i < METER_PLACES && room > 0; i++) {
		const struct meter_place *place = &m->places[i];
		uint32_t code = atomic_load(&place->code);

		if (code <= METER_TAKEN)
			continue;
		room--;
		sum->kinds[sum->n_kinds++] = (struct meter_kind){
			.service_id = atomic_load(&place->service_id),
			.code = code,
			.count = read_count(&place->count),
		};
	}
}

static void
counts_add(struct meter_sum *sum, const struct meter *m)
{
	for (size_t i = 0; i < CACHE_VERDICTS; i++)
		sum->cache[i] += read_count(&m->cache[i]);
	for (size_t i = 0; i < LIMIT_VERDICTS; i++)
		sum->limit[i] += read_count(&m->limit[i]);
	sum->other += read_count(&m->other);
	sum->bytes += read_count(&m->bytes);
	for (size_t i = 0; i < LOGS; i++)
		sum->dropped[i] += read_count(&m->dropped[i]);
	times_add(&sum->whole, &m->whole);
	for (int p = 0; p < PHASES; p++)
		times_add(&sum->phase[p], &m->phase[p]);
}

static void
gauges_add(struct meter_sum *sum, const struct meter *m)
{
	int64_t seen = atomic_load(&m->gauge[GAUGE_SNAPSHOT_MS]);

	for (int g = 0; g < METER_GAUGES; g++)
		sum->gauge[g] += atomic_load(&m->gauge[g]);
	if (seen > 0 &&
	    (sum->oldest_snapshot_ms == 0 || seen < sum->oldest_snapshot_ms))
		sum->oldest_snapshot_ms = seen;
}

/* Does a process that runs count there? One's own lock is in nobody's way. */
static bool
is_in_use(const struct meters *m, size_t i)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(i * SHEET_BYTES),
		.l_len = 1 };

	if (i < m->next && m->mine[i] != NULL)
		return true;
	return fcntl(m->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int
kind_order(const void *a, const void *b)
{
	const struct meter_kind *x = a, *y = b;

	if (x->service_id != y->service_id)
		return x->service_id < y->service_id ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

void
meter_kinds_merge(struct meter_sum *sum)
{
	size_t n = 0;

	if (sum->n_kinds == 0)
		return;
	qsort(sum->kinds, sum->n_kinds, sizeof(sum->kinds[0]), kind_order);
	for (size_t i = 1; i < sum->n_kinds; i++) {
		if (kind_order(&sum->kinds[n], &sum->kinds[i]) == 0)
			sum->kinds[n].count += sum->kinds[i].count;
		else
			sum->kinds[++n] = sum->kinds[i];
	}
	sum->n_kinds = n + 1;
}

static const struct meter *
sheet_at(const char *all, size_t i)
{
	return (const struct meter *)(const void *)(all + i * SHEET_BYTES);
}

/* The sheets are unmapped before the sum is used: names are copied. */
static void
routes_add(
    struct arena *arena, const char *all, size_t n, struct meter_sum *out)
{
	struct meter_route_sum *routes =
	    calloc(n, METER_ROUTES * sizeof(*routes));
	struct meter_route_sum *end = routes;

	if (routes == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		end = meter_routes_read(sheet_at(all, i)->routes, end);
	out->n_routes = meter_routes_merge(routes, (size_t)(end - routes));
	out->routes = arena_alloc(arena, out->n_routes * sizeof(*routes));
	for (size_t i = 0; i < out->n_routes; i++) {
		out->routes[i] = routes[i];
		out->routes[i].name = arena_dup(arena, routes[i].name);
	}
	free(routes);
}

static void
sheets_add(struct meters *m, struct arena *arena, const char *all, size_t n,
    struct meter_sum *out)
{
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += places_taken(sheet_at(all, i));
	out->kinds = arena_alloc(arena, room * sizeof(out->kinds[0]));
	for (size_t i = 0; i < n; i++) {
		const struct meter *sheet = sheet_at(all, i);

		kinds_add(out, sheet, room - out->n_kinds);
		counts_add(out, sheet);
		if (is_in_use(m, i))
			gauges_add(out, sheet);
	}
	meter_kinds_merge(out);
	routes_add(arena, all, n, out);
}

enum status
meters_sum(struct meters *m, struct arena *arena, struct meter_sum *out,
    struct error *err)
{
	struct stat st;
	void *all = MAP_FAILED;
	size_t n = 0;

	*out = (struct meter_sum){ 0 };
	if (fstat(m->fd, &st) == 0) {
		n = (size_t)st.st_size / SHEET_BYTES;
		all = mmap(
		    NULL, n * SHEET_BYTES, PROT_READ, MAP_SHARED, m->fd, 0);
	}
	if (all == MAP_FAILED)
		return error_set(err, ST_UNAVAILABLE,
		    "the metrics cannot be read: %s", strerror(errno));
	(void)pthread_mutex_lock(&m->lock);
	sheets_add(m, arena, all, n, out);
	(void)pthread_mutex_unlock(&m->lock);
	(void)munmap(all, n * SHEET_BYTES);
	return ST_OK;
}
