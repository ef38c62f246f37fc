#include "app/services/cache/answer.h"

#include "app/base/jsoncheck.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "app/base/log.h"
#include "app/services/cache/cache.h"
#include "middleware/accept.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/store.h"

void
cache_answer_json(struct request *req, int status)
{
	req->response.status = status;
	req->response.type = STR("application/json");
}

void
cache_put_key(struct buf *b, struct str key)
{
	buf_put_lit(b, "{\"key\":");
	json_put_str(b, key);
}

static bool
wants_bare(const struct request *req)
{
	const struct cache_service *service = req->service->instance;

	return service->bare_values || request_asks(req, "raw") ||
	       accept_wants_text(req->param[PARAM_ACCEPT]);
}

/* Others may write into a store: what is no JSON is not decoded. */
static bool
is_string(struct request *req, struct json value)
{
	return json_kind(value) == JSON_STRING &&
	       json_check(req->arena, value.text, 1, NULL) == ST_OK;
}

/* A string without its quotes, anything else as it is. */
static void
answer_bare(struct request *req, struct json value)
{
	struct response *res = &req->response;

	cache_answer_json(req, 200);
	res->body = value.text;
	if (!is_string(req, value))
		return;
	res->body = json_to_str(req->arena, value);
	res->type = STR("text/plain; charset=utf-8");
	/* What looks like a page is not one. */
	response_header(res, STR("X-Content-Type-Options"), STR("nosniff"));
}

void
cache_answer_value(struct request *req, struct str key, struct str value)
{
	struct buf *b = &req->response.build;

	if (wants_bare(req)) {
		answer_bare(req, (struct json){ value });
		return;
	}
	(void)buf_reserve(b, key.n + value.n + 32);
	cache_put_key(b, key);
	buf_put_lit(b, ",\"value\":");
	buf_put(b, value);
	buf_put_char(b, '}');
	cache_answer_json(req, 200);
}

void
cache_answer_truth(struct request *req, int status, struct str key,
    const char *name, bool truth)
{
	struct buf *b = &req->response.build;

	cache_put_key(b, key);
	json_put_name(b, str_of(name));
	json_put_bool(b, truth);
	buf_put_char(b, '}');
	cache_answer_json(req, status);
}

static struct str
outcome_of(enum status st)
{
	if (st == ST_OK)
		return STR(",\"success\":true}");
	if (st == ST_TIMEOUT)
		return STR(",\"success\":null}");
	return STR(",\"success\":false}");
}

void
cache_put_outcomes(struct buf *b, const struct cache_op *ops, size_t n)
{
	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		cache_put_key(b, ops[i].key);
		buf_put(b, outcome_of(ops[i].status));
	}
	buf_put_lit(b, "]}");
}

void
cache_answer_refuse(
    struct request *req, enum status st, const struct error *err)
{
	response_fail(req, response_status_of(st), "%s", err->text);
}

static const char *
words_for(enum status st)
{
	if (st == ST_TIMEOUT)
		return "did not answer in time";
	if (st == ST_FULL)
		return "is full";
	if (st == ST_TOO_BIG)
		return "takes no value of this size";
	return st == ST_UNAVAILABLE ? "cannot be reached now" : "failed";
}

static int
status_for(enum status st)
{
	if (st == ST_TOO_BIG)
		return 413;
	return st == ST_ERROR || st == ST_INVALID ? 500 : 503;
}

void
cache_answer_fault(struct request *req, const struct cache_fault *fault)
{
	bool doubtful = fault->st == ST_TIMEOUT && fault->doubt != NULL;
	int status = status_for(fault->st);
	struct str message =
	    arena_printf(req->arena, "The store of service '%.*s' %s%s%s.",
		STR_ARG(req->service->name), words_for(fault->st),
		doubtful ? ": " : "", doubtful ? fault->doubt : "");

	/* A store that is away has said so itself, once. */
	if (status == 500)
		log_line(LOG_ERROR, req->id, "service %.*s: store %s: %s",
		    STR_ARG(req->service->name), req->store->driver->name,
		    status_name(fault->st));
	response_fail_context(req, status, status, fault->context, message);
	if (status == 503)
		response_header(&req->response, STR("Retry-After"), STR("1"));
}
