#include "app/services/metrics.h"

#include "app/base/network.h"
#include "app/base/settings.h"
#include "app/services/metrics_answers.h"
#include "app/services/metrics_stores.h"
#include "middleware/meters.h"
#include "middleware/metric.h"
#include "middleware/page.h"
#include "middleware/principal.h"
#include "middleware/probes.h"
#include "middleware/readiness.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stores.h"

static void
put_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	metric_head(b, name, "gauge", help);
	metric_put(b, name, NULL, 0, value < 0 ? 0 : (uint64_t)value);
}

static void
put_dropped(struct buf *b, const struct meter_sum *sum)
{
	static const struct str names[LOGS] = { { "log", 3 }, { "access", 6 } };

	metric_head(b, "weir_log_dropped_total", "counter",
	    "Lines, or writes of several, that a log had no room for.");
	for (int i = 0; i < LOGS; i++) {
		const struct metric_label label = { "log", names[i] };

		metric_put(
		    b, "weir_log_dropped_total", &label, 1, sum->dropped[i]);
	}
}

static void
put_pools(struct buf *b, const int64_t *gauge)
{
	const struct metric_label taken = { "state", STR("taken") };
	const struct metric_label idle = { "state", STR("idle") };

	metric_head(b, "weir_pool_connections", "gauge",
	    "Connections to the databases of services.");
	metric_put(b, "weir_pool_connections", &taken, 1,
	    (uint64_t)gauge[GAUGE_POOL_TAKEN]);
	metric_put(b, "weir_pool_connections", &idle, 1,
	    (uint64_t)gauge[GAUGE_POOL_IDLE]);
	put_gauge(b, "weir_pool_connections_limit",
	    "How many of these there may be.", gauge[GAUGE_POOL_LIMIT]);
}

static void
put_state(struct buf *b, const struct request *req, const struct meter_sum *sum)
{
	int64_t age_ms = req->arrived.boot_ms - sum->oldest_snapshot_ms;
	const int64_t *gauge = sum->gauge;

	put_gauge(b, "weir_processes", "Processes that run on this host.",
	    gauge[GAUGE_PROCESSES]);
	put_gauge(b, "weir_workers", "Their workers.", gauge[GAUGE_WORKERS]);
	put_gauge(b, "weir_queue_requests", "Requests that wait for a worker.",
	    gauge[GAUGE_QUEUE]);
	put_gauge(b, "weir_queue_limit", "How many may wait.",
	    gauge[GAUGE_QUEUE_LIMIT]);
	put_pools(b, gauge);
	put_dropped(b, sum);
	metric_head(b, "weir_snapshot_age_seconds", "gauge",
	    "Since the records that serve were known to be those of the "
	    "system database, in the process where that is longest.");
	if (sum->oldest_snapshot_ms > 0)
		metric_put_seconds(b, "weir_snapshot_age_seconds", NULL, 0,
		    age_ms < 0 ? 0 : (uint64_t)age_ms * 1000);
}

static void
put_process(struct buf *b, struct request *req)
{
	const struct metric_label version = { "version", STR(PACKAGE_VERSION) };
	struct readiness_told told;

	metric_head(b, "weir_build_info", "gauge", "The version that answers.");
	metric_put(b, "weir_build_info", &version, 1, 1);
	if (readiness_ask(req, &told) != ST_OK)
		return;
	put_gauge(b, "weir_ready", "Whether /health/ready is 200.", told.ready);
	metric_head(b, PROBES_METRIC, "gauge",
	    "Whether the system database, a store, a service answers.");
	buf_put(b, told.up);
}

static bool
may_read(struct request *req)
{
	struct networks networks;
	struct address client;

	if (req->opens_page)
		return true;
	if (req->principal != NULL && principal_is_free(req->principal))
		return true;
	return networks_read(
		   req->arena, str_of(req->settings->metrics), &networks) &&
	       address_read(req->param[PARAM_REMOTE_ADDR], &client) &&
	       networks_hold(&networks, &client);
}

void
metrics_page(struct request *req)
{
	struct response *res = &req->response;
	struct meter_sum sum;
	struct error err = { 0 };

	if (!may_read(req)) {
		response_fail(req, 403,
		    "The metrics are for administrators, clients at the "
		    "addresses of METRICS, and who sends METRICS_KEY.");
		return;
	}
	if (req->stores->shared->meters == NULL) {
		response_fail(req, 404,
		    "METRICS was off when weir was started: start it anew.");
		return;
	}
	if (meters_sum(req->stores->shared->meters, req->arena, &sum, &err) !=
	    ST_OK) {
		response_busy(req, "%s", err.text);
		return;
	}
	res->build = buf_in(req->arena);
	metrics_answers(&res->build, req, &sum);
	put_state(&res->build, req, &sum);
	metrics_stores(&res->build, req);
	put_process(&res->build, req);
	page_answer(req, 200, buf_str(&res->build));
	res->type = METRIC_TYPE;
}
