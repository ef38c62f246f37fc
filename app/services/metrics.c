#include "app/services/metrics.h"

#include <stdio.h>

#include "app/base/network.h"
#include "app/base/settings.h"
#include "middleware/meters.h"
#include "middleware/metric.h"
#include "middleware/page.h"
#include "middleware/principal.h"
#include "middleware/probes.h"
#include "middleware/readiness.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stores.h"

#define STATUS_BYTES 16

/* The services that answers were counted of, by id; "" once they are gone. */
static struct str
service_named(const struct request *req, int64_t id)
{
	size_t n;
	const struct service *all = snapshot_services(req->snapshot, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i].id == id)
			return all[i].name;
	return STR("");
}

/* Services that are gone are counted with what was of none. */
static void
kinds_rename(const struct request *req, struct meter_sum *sum)
{
	int64_t last = 0;
	bool known = false;

	for (size_t i = 0; i < sum->n_kinds; i++) {
		struct meter_kind *kind = &sum->kinds[i];

		if (i == 0 || kind->service_id != last) {
			last = kind->service_id;
			known = service_named(req, last).n > 0;
		}
		if (!known)
			kind->service_id = 0;
	}
	meter_kinds_merge(sum);
}

static void
put_request_kind(
    struct buf *b, const struct request *req, const struct meter_kind *kind)
{
	char status[STATUS_BYTES];
	int n =
	    snprintf(status, sizeof(status), "%d", meter_status(kind->code));
	const struct metric_label labels[] = {
		{ "service", service_named(req, kind->service_id) },
		{ "verb", method_name(meter_method(kind->code)) },
		{ "status", str_make(status, (size_t)n) },
	};

	metric_put(b, "weir_requests_total", labels, 3, kind->count);
}

static void
put_requests(struct buf *b, const struct request *req, struct meter_sum *sum)
{
	kinds_rename(req, sum);
	metric_head(b, "weir_requests_total", "counter",
	    "Answers, by service, verb as sent and status.");
	for (size_t i = 0; i < sum->n_kinds; i++)
		put_request_kind(b, req, &sum->kinds[i]);
	metric_head(b, "weir_requests_other_total", "counter",
	    "Answers of kinds that were too many to be told apart.");
	metric_put(b, "weir_requests_other_total", NULL, 0, sum->other);
	metric_head(b, "weir_response_bytes_total", "counter",
	    "Bytes of the bodies of all answers.");
	metric_put(b, "weir_response_bytes_total", NULL, 0, sum->bytes);
}

static void
put_verdicts(struct buf *b, const struct meter_sum *sum)
{
	metric_head(b, "weir_cache_verdicts_total", "counter",
	    "Answers by what the cache said, as in the access log.");
	for (size_t i = 0; i < CACHE_VERDICTS; i++) {
		const struct metric_label label = { "verdict",
			cache_verdict_name((enum cache_verdict)i) };

		metric_put(
		    b, "weir_cache_verdicts_total", &label, 1, sum->cache[i]);
	}
	metric_head(b, "weir_limit_verdicts_total", "counter",
	    "Answers by what the rate limits said, as in the access log.");
	for (size_t i = 0; i < LIMIT_VERDICTS; i++) {
		const struct metric_label label = { "verdict",
			limit_verdict_name((enum limit_verdict)i) };

		metric_put(
		    b, "weir_limit_verdicts_total", &label, 1, sum->limit[i]);
	}
}

static void
put_times(struct buf *b, const struct meter_sum *sum)
{
	metric_head(b, "weir_request_duration_seconds", "histogram",
	    "From the arrival of a request to its answer.");
	metric_put_times(b, "weir_request_duration_seconds", NULL, &sum->whole);
	metric_head(b, "weir_stage_duration_seconds", "histogram",
	    "Of these, where a request was; see weir-api(7).");
	for (int p = 0; p < PHASES; p++) {
		const struct metric_label label = { "stage",
			str_of(phase_names[p]) };

		metric_put_times(
		    b, "weir_stage_duration_seconds", &label, &sum->phase[p]);
	}
}

static void
put_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	metric_head(b, name, "gauge", help);
	metric_put(b, name, NULL, 0, value < 0 ? 0 : (uint64_t)value);
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
		    "The metrics are for administrators, and clients at the "
		    "addresses of METRICS.");
		return;
	}
	if (meters_sum(req->stores->shared->meters, req->arena, &sum, &err) !=
	    ST_OK) {
		response_busy(req, "%s", err.text);
		return;
	}
	res->build = buf_in(req->arena);
	put_requests(&res->build, req, &sum);
	put_verdicts(&res->build, &sum);
	put_times(&res->build, &sum);
	put_state(&res->build, req, &sum);
	put_process(&res->build, req);
	page_answer(req, 200, buf_str(&res->build));
	res->type = METRIC_TYPE;
}
