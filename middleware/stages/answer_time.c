#include "middleware/stages/answer_time.h"

#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/principal.h"
#include "middleware/request.h"
#include "middleware/verdict.h"

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

	if (req->principal == NULL || !principal_is_free(req->principal))
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

void
answer_time_log(const struct request *req, struct str path, int64_t took_us)
{
	int64_t slow_ms = req->settings->slow_request;
	struct str cache = cache_verdict_name(req->cache_verdict);
	struct buf b = buf_in(req->arena);

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
	log_line(LOG_WARNING, req->id, "slow: %.*s %.*s, status %d, cache %.*s",
	    STR_ARG(method_name(req->method)), STR_ARG(buf_str(&b)),
	    req->response.status, STR_ARG(cache));
}
