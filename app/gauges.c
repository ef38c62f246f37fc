#include "app/gauges.h"

#include "app/queue.h"
#include "drivers/db/pool.h"
#include "middleware/meters.h"
#include "middleware/registry/registry.h"
#include "middleware/service.h"

#define PERIOD_MS 1000

/* Of all databases in one. */
static struct pool_state
pools_add_up(struct registry *registry)
{
	struct pool_state sum = { 0 };
	struct snapshot *cached = NULL;
	struct snapshot *snapshot = registry_pin(registry, &cached);
	size_t n;
	const struct service *all = snapshot_services(snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		struct pool_state one;

		if (all[i].instance == NULL || all[i].type->connections == NULL)
			continue;
		all[i].type->connections(all[i].instance, &one);
		sum.taken += one.taken;
		sum.idle += one.idle;
		sum.max += one.max;
	}
	snapshot_unref(snapshot);
	snapshot_unref(cached);
	return sum;
}

static void
tell_dropped(struct gauges *g)
{
	for (int which = 0; which < LOGS; which++) {
		uint64_t now = log_dropped((enum log_which)which);

		meters_dropped(
		    g->meters, (enum log_which)which, now - g->dropped[which]);
		g->dropped[which] = now;
	}
}

static void
tell(void *ctx)
{
	struct gauges *g = ctx;
	const struct pool_state pools = pools_add_up(g->registry);
	const struct {
		enum meter_gauge gauge;
		size_t value;
	} list[] = {
		{ GAUGE_PROCESSES, 1 },
		{ GAUGE_WORKERS, g->workers },
		{ GAUGE_QUEUE, queue_length(g->queue) },
		{ GAUGE_QUEUE_LIMIT, g->queue_limit },
		{ GAUGE_POOL_TAKEN, pools.taken },
		{ GAUGE_POOL_IDLE, pools.idle },
		{ GAUGE_POOL_LIMIT, pools.max },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		meters_gauge(g->meters, list[i].gauge, (int64_t)list[i].value);
	tell_dropped(g);
	meters_gauge(
	    g->meters, GAUGE_SNAPSHOT_MS, registry_checked_ms(g->registry));
}

void
gauges_init(struct gauges *g)
{
	*g = (struct gauges){ 0 };
	ticker_init(&g->ticker, tell, g, PERIOD_MS);
}

enum status
gauges_start(struct gauges *g, struct error *err)
{
	if (g->meters == NULL)
		return ST_OK;
	tell(g);
	return ticker_start(&g->ticker, err);
}

void
gauges_stop(struct gauges *g)
{
	ticker_close(&g->ticker);
}
