#include "middleware/request.h"

#include "app/base/settings.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"

static const char *const param_names[PARAM_COUNT] = {
	[PARAM_METHOD] = "REQUEST_METHOD",
	[PARAM_URI] = "REQUEST_URI",
	[PARAM_QUERY] = "QUERY_STRING",
	[PARAM_SERVER_SOFTWARE] = "SERVER_SOFTWARE",
	[PARAM_REMOTE_ADDR] = "REMOTE_ADDR",
	[PARAM_X_FORWARDED_FOR] = "HTTP_X_FORWARDED_FOR",
	[PARAM_CONTENT_TYPE] = "CONTENT_TYPE",
	[PARAM_CONTENT_LENGTH] = "CONTENT_LENGTH",
	[PARAM_REQUEST_ID] = "REQUEST_ID",
	[PARAM_X_REQUEST_ID] = "HTTP_X_REQUEST_ID",
	[PARAM_API_KEY] = "HTTP_X_DREAMFACTORY_API_KEY",
	[PARAM_API_KEY_ALIAS] = "HTTP_X_API_KEY",
	[PARAM_AUTHORIZATION] = "HTTP_AUTHORIZATION",
	[PARAM_SESSION_TOKEN] = "HTTP_X_DREAMFACTORY_SESSION_TOKEN",
	[PARAM_ACCEPT] = "HTTP_ACCEPT",
	[PARAM_CACHE_CONTROL] = "HTTP_CACHE_CONTROL",
	[PARAM_IF_NONE_MATCH] = "HTTP_IF_NONE_MATCH",
	[PARAM_IF_MATCH] = "HTTP_IF_MATCH",
	[PARAM_IF_MODIFIED_SINCE] = "HTTP_IF_MODIFIED_SINCE",
	[PARAM_IF_UNMODIFIED_SINCE] = "HTTP_IF_UNMODIFIED_SINCE",
	[PARAM_IF_RANGE] = "HTTP_IF_RANGE",
	[PARAM_RANGE] = "HTTP_RANGE",
	[PARAM_X_HTTP_METHOD] = "HTTP_X_HTTP_METHOD",
	[PARAM_X_METHOD_OVERRIDE] = "HTTP_X_METHOD_OVERRIDE",
	[PARAM_X_HTTP_METHOD_OVERRIDE] = "HTTP_X_HTTP_METHOD_OVERRIDE",
	[PARAM_HOST] = "HTTP_HOST",
	[PARAM_ORIGIN] = "HTTP_ORIGIN",
	[PARAM_PREFLIGHT_METHOD] = "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
	[PARAM_PREFLIGHT_HEADERS] = "HTTP_ACCESS_CONTROL_REQUEST_HEADERS",
	[PARAM_WRAP] = "HTTP_WRAP",
	[PARAM_EXPLAIN] = "HTTP_X_WEIR_EXPLAIN",
	[PARAM_TRACEPARENT] = "HTTP_TRACEPARENT",
	[PARAM_FILE_NAME] = "HTTP_X_FILE_NAME",
	[PARAM_FOLDER_NAME] = "HTTP_X_FOLDER_NAME",
};

/* The first row of a method has the name it is known by. */
static const struct {
	enum method method;
	const char *name;
} methods[] = {
	{ METHOD_GET, "GET" },
	{ METHOD_POST, "POST" },
	{ METHOD_PUT, "PUT" },
	{ METHOD_PATCH, "PATCH" },
	{ METHOD_DELETE, "DELETE" },
	{ METHOD_OPTIONS, "OPTIONS" },
	{ METHOD_HEAD, "HEAD" },
	{ METHOD_PATCH, "MERGE" },
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

void
request_init(
    struct request *req, struct arena *arena, struct snapshot *snapshot)
{
	memset(req, 0, offsetof(struct request, batch));
	for (int use = 0; use < STORE_USES; use++)
		req->batch[use].n = 0;
	req->arena = arena;
	req->snapshot = snapshot;
	req->settings = snapshot_settings(snapshot);
	req->arrived_us = clock_boot_us();
	req->arrived = clock_moment(req->arrived_us);
	req->deadline_ms =
	    req->arrived.boot_ms + req->settings->request_timeout;
	req->body_limit.bytes = req->settings->max_body;
	req->body_limit.name = "MAX_BODY";
	req->response.head = buf_in(arena);
	req->response.build = buf_in(arena);
}

struct str
request_param_name(enum request_param p)
{
	return str_of(param_names[p]);
}

enum status
request_check_body(struct request *req, bool whole)
{
	struct str text = req->param[PARAM_CONTENT_LENGTH];
	uint64_t max = (uint64_t)req->body_limit.bytes;
	uint64_t announced = req->body.n;

	if (text.n > 0 && !str_to_u64(text, &announced)) {
		response_fail(req, 400, "Content-Length is not a number.");
		return ST_INVALID;
	}
	if (announced > max || req->body.n > max) {
		response_fail(req, 413,
		    "The request body is larger than %s (%llu bytes).",
		    req->body_limit.name, (unsigned long long)max);
		return ST_TOO_BIG;
	}
	if (whole && announced != req->body.n) {
		response_fail(req, 400,
		    "The request body has %zu bytes, Content-Length says %llu.",
		    req->body.n, (unsigned long long)announced);
		return ST_INVALID;
	}
	return ST_OK;
}

bool
request_reads(const struct request *req)
{
	return req->method == METHOD_GET || req->method == METHOD_HEAD;
}

bool
request_is_document(const struct request *req)
{
	return request_reads(req) &&
	       str_eq(req->resource, STR(ACCESS_DOCUMENT));
}

struct str
request_media_type(const struct request *req)
{
	struct str rest = req->param[PARAM_CONTENT_TYPE];

	return str_trim(str_cut(&rest, ';'));
}

struct cache_op *
request_plan_op(struct request *req, enum store_use use)
{
	struct batch *batch = &req->batch[use];
	struct cache_op *op;

	if (batch->n == BATCH_OPS_MAX)
		return NULL;
	op = &batch->ops[batch->n++];
	*op = (struct cache_op){ 0 };
	return op;
}

struct str
request_query(const struct request *req, struct str name)
{
	return params_get(&req->query, name);
}

bool
request_asks(const struct request *req, const char *name)
{
	return str_to_bool(request_query(req, str_of(name)));
}

struct str
method_name(enum method m)
{
	for (size_t i = 0; i < METHODS; i++) {
		if (methods[i].method == m)
			return str_of(methods[i].name);
	}
	return STR("");
}

enum method
method_parse(struct str name)
{
	for (size_t i = 0; i < METHODS; i++) {
		if (str_eq_nocase(str_of(methods[i].name), name))
			return methods[i].method;
	}
	return METHOD_NONE;
}
