#include "middleware/guard.h"

#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/failures.h"
#include "middleware/people.h"
#include "middleware/request.h"

#define TOLD_SECONDS 60 /* one line in so long an address */

/* Is it the first who asks, of all processes, in TOLD_SECONDS? */
static bool
is_to_be_told(struct request *req, struct str place)
{
	struct cache_op op = failures_op(req, CACHE_COUNT,
	    failures_name(req->arena, "told", place), TOLD_SECONDS);

	op.limit = 1;
	failures_count(req->people->failures, req, &op, 1);
	return op.status == ST_OK;
}

static void
refuse_wait(struct request *req, struct str place, int64_t wait)
{
	if (is_to_be_told(req, place))
		log_line(LOG_WARNING, req->id,
		    "%.*s has failed to prove who it is more often than "
		    "AUTH_FAILURES: further failures are answered 429 for "
		    "%lld seconds",
		    STR_ARG(req->param[PARAM_REMOTE_ADDR]), (long long)wait);
	req->limit_verdict = LIMIT_VERDICT_GUARD;
	response_fail(req, 429,
	    "Too many credentials from this address were wrong. Try again in "
	    "%lld seconds.",
	    (long long)wait);
	response_header_i64(&req->response, STR("Retry-After"), wait);
}

/* 0, or the seconds until the next failure is one of few again. */
static int64_t
wait_of(struct request *req, struct str place)
{
	struct cache_op op = failures_op(req, CACHE_COUNT,
	    failures_name(req->arena, "auth", place),
	    (uint32_t)req->settings->auth_failures_time);

	op.limit = (uint32_t)req->settings->auth_failures;
	failures_count(req->people->failures, req, &op, 1);
	if (op.status != ST_REFUSED)
		return 0;
	return op.reset_ms > 1000 ? (op.reset_ms + 999) / 1000 : 1;
}

bool
guard_allows(struct request *req)
{
	struct str place;
	int64_t wait;

	if (req->settings->auth_failures <= 0 || req->by_operator ||
	    req->is_failure)
		return true;
	req->is_failure = true;
	place = failures_place(req);
	wait = wait_of(req, place);
	if (wait > 0)
		refuse_wait(req, place, wait);
	return wait == 0;
}

void
guard_refuse(struct request *req, const char *message)
{
	if (guard_allows(req))
		response_unauthorized(req, message);
}
