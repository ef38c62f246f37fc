/* GET /system/statistics: what /metrics tells, for programs that read JSON. */
#include "app/base/jsonmember.h"
#include "app/services/system/handlers.h"
#include "app/services/user/account.h"
#include "middleware/meters.h"
#include "middleware/readiness.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stores.h"

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

static void
put_list(struct buf *b, const char *name)
{
	json_put_name(b, str_of(name));
	buf_put_char(b, '[');
}

static void
put_object(struct buf *b, const char *name)
{
	json_put_name(b, str_of(name));
	buf_put_char(b, '{');
}

static void
put_requests(
    struct buf *b, const struct request *req, const struct meter_sum *sum)
{
	put_list(b, "requests");
	for (size_t i = 0; i < sum->n_kinds; i++) {
		const struct meter_kind *kind = &sum->kinds[i];

		buf_put(b, i > 0 ? STR(",{") : STR("{"));
		put_text(b, "service", service_named(req, kind->service_id));
		put_text(b, "verb", method_name(meter_method(kind->code)));
		put_number(b, "status", meter_status(kind->code));
		put_number(b, "count", (int64_t)kind->count);
		buf_put_char(b, '}');
	}
	buf_put_char(b, ']');
	put_number(b, "requests_other", (int64_t)sum->other);
	put_number(b, "bytes", (int64_t)sum->bytes);
}

static void
put_routes(
    struct buf *b, const struct request *req, const struct meter_sum *sum)
{
	put_list(b, "routes");
	for (size_t i = 0; i < sum->n_routes; i++) {
		const struct meter_route_sum *route = &sum->routes[i];
		struct str service = service_named(req, route->service_id);

		if (service.n == 0) /* it is gone */
			continue;
		buf_put(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
		put_text(b, "service", service);
		put_text(b, "verb", method_name((enum method)route->method));
		put_text(b, "resource", route->name);
		put_number(b, "count", (int64_t)route->count);
		put_number(b, "misses", (int64_t)route->misses);
		put_number(b, "sum_us", (int64_t)route->sum_us);
		put_number(b, "max_us", (int64_t)route->max_us);
		buf_put_char(b, '}');
	}
	buf_put_char(b, ']');
}

static void
put_count(struct buf *b, struct str name, uint64_t count)
{
	json_put_name(b, name);
	buf_put_i64(b, (int64_t)count);
}

static void
put_verdicts(struct buf *b, const struct meter_sum *sum)
{
	put_object(b, "cache");
	for (size_t i = 0; i < CACHE_VERDICTS; i++)
		put_count(b, cache_verdict_name((enum cache_verdict)i),
		    sum->cache[i]);
	buf_put_char(b, '}');
	put_object(b, "limits");
	for (size_t i = 0; i < LIMIT_VERDICTS; i++)
		put_count(b, limit_verdict_name((enum limit_verdict)i),
		    sum->limit[i]);
	buf_put_char(b, '}');
}

static void
put_times(struct buf *b, const char *name, const struct meter_times *times)
{
	put_object(b, name);
	put_list(b, "counts");
	for (size_t i = 0; i < METER_BUCKETS; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		buf_put_i64(b, (int64_t)times->bucket[i]);
	}
	buf_put_char(b, ']');
	put_number(b, "sum_us", (int64_t)times->sum_us);
	buf_put_char(b, '}');
}

static void
put_durations(struct buf *b, const struct meter_sum *sum)
{
	put_list(b, "bounds_us");
	for (size_t i = 0; i < METER_BOUNDS; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		buf_put_i64(b, meter_bounds_us[i]);
	}
	buf_put_char(b, ']');
	put_times(b, "duration", &sum->whole);
	put_object(b, "stages");
	for (int p = 0; p < PHASES; p++)
		put_times(b, phase_names[p], &sum->phase[p]);
	buf_put_char(b, '}');
}

static void
put_state(struct buf *b, const struct meter_sum *sum)
{
	static const char *const names[METER_GAUGES] = {
		[GAUGE_PROCESSES] = "processes",
		[GAUGE_WORKERS] = "workers",
		[GAUGE_QUEUE] = "queue",
		[GAUGE_QUEUE_LIMIT] = "queue_limit",
		[GAUGE_POOL_TAKEN] = "connections_taken",
		[GAUGE_POOL_IDLE] = "connections_idle",
		[GAUGE_POOL_LIMIT] = "connections_limit",
	};

	for (int i = 0; i < METER_GAUGES; i++)
		if (names[i] != NULL)
			put_number(b, names[i], sum->gauge[i]);
}

/* What answers is told when it is known in time. */
static void
put_health(struct buf *b, struct request *req)
{
	struct readiness_told told;

	if (readiness_ask(req, &told) != ST_OK) {
		put_null(b, "ready");
		put_raw(b, "checks", STR("[]"));
		return;
	}
	put_bool(b, "ready", told.ready);
	put_raw(b, "checks", told.all);
}

static void
put_counts(struct buf *b, struct request *req, const struct meter_sum *sum)
{
	put_requests(b, req, sum);
	put_routes(b, req, sum);
	put_verdicts(b, sum);
	put_durations(b, sum);
	put_state(b, sum);
}

void
statistics_handle(struct account_call *c)
{
	struct request *req = c->req;
	struct meters *meters = req->stores->shared->meters;
	struct buf *b = &req->response.build;
	struct meter_sum sum;
	struct error err = { 0 };

	if (!account_allows(req, METHOD_GET))
		return;
	if (meters != NULL &&
	    meters_sum(meters, req->arena, &sum, &err) != ST_OK) {
		response_busy(req, "%s", err.text);
		return;
	}
	buf_put_char(b, '{');
	put_number(b, "time_ms", req->arrived.wall_ms);
	put_bool(b, "counted", meters != NULL);
	if (meters != NULL)
		put_counts(b, req, &sum);
	put_health(b, req);
	buf_put_char(b, '}');
	account_answer(c);
}
