#include "app/services/metrics_answers.h"

#include <stdio.h>
#include <string.h>

#include "middleware/meters.h"
#include "middleware/metric.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

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

/* Services that are gone are counted with what was of none; all are in order
 * of their services then. */
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

/* Whatever the cache said: that is told of the service as a whole. */
static void
put_request_kinds(
    struct buf *b, const struct request *req, const struct meter_sum *sum)
{
	struct meter_sum plain = { .n_kinds = sum->n_kinds };

	plain.kinds =
	    arena_alloc(req->arena, sum->n_kinds * sizeof(plain.kinds[0]));
	for (size_t i = 0; i < sum->n_kinds; i++) {
		uint32_t code = sum->kinds[i].code;

		plain.kinds[i] = sum->kinds[i];
		plain.kinds[i].code = meter_code(
		    CACHE_VERDICT_NONE, meter_method(code), meter_status(code));
	}
	meter_kinds_merge(&plain);
	for (size_t i = 0; i < plain.n_kinds; i++)
		put_request_kind(b, req, &plain.kinds[i]);
}

static void
put_requests(struct buf *b, const struct request *req, struct meter_sum *sum)
{
	metric_head(b, "weir_requests_total", "counter",
	    "Answers, by service, verb as sent and status.");
	put_request_kinds(b, req, sum);
	metric_head(b, "weir_requests_other_total", "counter",
	    "Answers of kinds that were too many to be told apart.");
	metric_put(b, "weir_requests_other_total", NULL, 0, sum->other);
	metric_head(b, "weir_response_bytes_total", "counter",
	    "Bytes of the bodies of all answers.");
	metric_put(b, "weir_response_bytes_total", NULL, 0, sum->bytes);
}

/* Of one service; what it never said is not told. */
static void
put_cache_verdicts(
    struct buf *b, struct str service, const uint64_t count[CACHE_VERDICTS])
{
	for (size_t i = 0; i < CACHE_VERDICTS; i++) {
		const struct metric_label labels[] = { { "service", service },
			{ "verdict",
			    cache_verdict_name((enum cache_verdict)i) } };

		if (count[i] > 0)
			metric_put(b, "weir_cache_verdicts_total", labels, 2,
			    count[i]);
	}
}

/* What is of no service, or of too many kinds, makes up the sum. */
static void
put_cache(struct buf *b, const struct request *req, const struct meter_sum *sum)
{
	uint64_t rest[CACHE_VERDICTS];
	size_t i = 0;

	metric_head(b, "weir_cache_verdicts_total", "counter",
	    "Answers by what the cache said, as in the access log.");
	memcpy(rest, sum->cache, sizeof(rest));
	while (i < sum->n_kinds) {
		uint64_t count[CACHE_VERDICTS] = { 0 };
		int64_t id = sum->kinds[i].service_id;

		for (; i < sum->n_kinds && sum->kinds[i].service_id == id; i++)
			count[meter_verdict(sum->kinds[i].code)] +=
			    sum->kinds[i].count;
		if (id == 0)
			continue;
		for (size_t v = 0; v < CACHE_VERDICTS; v++)
			rest[v] -= count[v] < rest[v] ? count[v] : rest[v];
		put_cache_verdicts(b, service_named(req, id), count);
	}
	put_cache_verdicts(b, STR(""), rest);
}

static void
put_limits(struct buf *b, const struct meter_sum *sum)
{
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

void
metrics_answers(struct buf *b, const struct request *req, struct meter_sum *sum)
{
	kinds_rename(req, sum);
	put_requests(b, req, sum);
	put_cache(b, req, sum);
	put_limits(b, sum);
	put_times(b, sum);
}
