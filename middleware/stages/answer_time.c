#include "middleware/stages/answer_time.h"

#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/principal.h"
#include "middleware/request.h"
#include "middleware/verdict.h"

#define FIELDS_MAX (8 + PHASES)

/* "1.234": milliseconds. */
static void
put_ms(struct buf *b, int64_t us)
{
	buf_printf(
	    b, "%lld.%03lld", (long long)(us / 1000), (long long)(us % 1000));
}

void
answer_time_header(struct request *req)
{
	struct buf b = buf_in(req->arena);

	if (req->principal == NULL || !principal_is_free(req->principal) ||
	    req->response.shared)
		return;
	for (int p = 0; p < PHASES; p++) {
		if (req->timing.us[p] == 0)
			continue;
		buf_printf(&b, "%s;dur=", phase_names[p]);
		put_ms(&b, req->timing.us[p]);
		buf_put_lit(&b, ", ");
	}
	buf_put_lit(&b, "total;dur=");
	put_ms(&b, clock_boot_us() - req->arrived_us);
	response_header(&req->response, STR("Server-Timing"), buf_str(&b));
}

/* For programs; the words have the same. */
static size_t
fields_fill(struct log_field fields[FIELDS_MAX], const struct request *req,
    struct str path, int64_t took_us)
{
	size_t n = 0;

	if (req->trace.id.n > 0)
		fields[n++] =
		    (struct log_field){ "trace_id", req->trace.id, 0 };
	fields[n++] = (struct log_field){ "service",
		req->service_name.n > 0 ? req->service_name : STR(""), 0 };
	fields[n++] =
	    (struct log_field){ "method", method_name(req->method), 0 };
	fields[n++] =
	    (struct log_field){ "path", path.n > 0 ? path : STR(""), 0 };
	fields[n++] =
	    (struct log_field){ "status", STR_NULL, req->response.status };
	fields[n++] = (struct log_field){ "cache",
		cache_verdict_name(req->cache_verdict), 0 };
	fields[n++] = (struct log_field){ "limit",
		limit_verdict_name(req->limit_verdict), 0 };
	fields[n++] = (struct log_field){ "duration_us", STR_NULL, took_us };
	for (int p = 0; p < PHASES; p++) {
		struct str name =
		    arena_printf(req->arena, "%s_us", phase_names[p]);

		fields[n++] =
		    (struct log_field){ name.p, STR_NULL, req->timing.us[p] };
	}
	return n;
}

void
answer_time_log(const struct request *req, struct str path, int64_t took_us)
{
	int64_t slow_ms = req->settings->slow_request;
	struct str cache = cache_verdict_name(req->cache_verdict);
	struct buf b = buf_in(req->arena);
	struct log_field fields[FIELDS_MAX];
	size_t n;

	if (slow_ms == 0 || took_us < slow_ms * 1000)
		return;
	json_put_str(&b, path);
	buf_put_lit(&b, ": ");
	put_ms(&b, took_us);
	buf_put_lit(&b, " ms");
	for (int p = 0; p < PHASES; p++) {
		buf_printf(&b, ", %s ", phase_names[p]);
		put_ms(&b, req->timing.us[p]);
	}
	n = fields_fill(fields, req, path, took_us);
	log_line_with(LOG_WARNING, req->id, fields, n,
	    "slow: %.*s %.*s, status %d, cache %.*s",
	    STR_ARG(method_name(req->method)), STR_ARG(buf_str(&b)),
	    req->response.status, STR_ARG(cache));
}
