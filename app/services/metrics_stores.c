#include "app/services/metrics_stores.h"

#include <stddef.h>

#include "app/base/clock.h"
#include "middleware/metric.h"
#include "middleware/request.h"
#include "middleware/stores.h"

#define STATS_MS 500

static const struct {
	const char *name;
	const char *type;
	const char *help;
	size_t offset; /* into struct cache_stats */
} families[] = {
	{ "weir_store_entries", "gauge", "Entries of the store.",
	    offsetof(struct cache_stats, items) },
	{ "weir_store_bytes", "gauge",
	    "What the store takes, of memory or disk.",
	    offsetof(struct cache_stats, bytes) },
	{ "weir_store_bytes_limit", "gauge",
	    "What it may take; a store without a limit has none.",
	    offsetof(struct cache_stats, bytes_limit) },
	{ "weir_store_evictions_total", "counter",
	    "Entries that made room for others before their time.",
	    offsetof(struct cache_stats, evictions) },
};

/* What each store of the process said. */
struct told {
	struct str name[STORE_SHARED_USES];
	struct cache_stats stats[STORE_SHARED_USES];
	size_t n;
};

static void
ask(struct request *req, struct store *store, struct told *told)
{
	struct cache_conn *conn = stores_conn(req->stores, store, NULL);
	int64_t until_ms = clock_boot_ms() + STATS_MS;

	if (conn == NULL || store->driver->stats(conn, &told->stats[told->n],
				until_ms, NULL) != ST_OK)
		return;
	told->name[told->n++] = str_of(store->driver->name);
}

static void
ask_all(struct request *req, struct told *told)
{
	const struct stores_shared *shared = req->stores->shared;

	told->n = 0;
	for (int use = 0; use < STORE_SHARED_USES; use++) {
		int same = 0;

		while (shared->store[same] != shared->store[use])
			same++;
		if (same == use)
			ask(req, shared->store[use], told);
	}
}

static int64_t
value_at(const struct cache_stats *stats, size_t offset)
{
	return *(const int64_t *)(const void *)((const char *)stats + offset);
}

void
metrics_stores(struct buf *b, struct request *req)
{
	struct told told;

	ask_all(req, &told);
	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		metric_head(
		    b, families[f].name, families[f].type, families[f].help);
		for (size_t i = 0; i < told.n; i++) {
			const struct metric_label name = { "name",
				told.name[i] };
			int64_t value =
			    value_at(&told.stats[i], families[f].offset);

			if (value >= 0)
				metric_put(b, families[f].name, &name, 1,
				    (uint64_t)value);
		}
	}
}
