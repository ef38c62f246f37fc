#include "app/services/cache/read.h"

#include "app/base/jsonout.h"
#include "app/services/cache/answer.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/call.h"
#include "app/services/cache/key.h"
#include "app/services/cache/rights.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define MAY_BE_GONE "the value may have been deleted"

/* Is the value to be deleted as it is read? A HEAD changes nothing. */
static bool
clears(const struct request *req)
{
	return req->method == METHOD_GET &&
	       (request_asks(req, "clear") || request_asks(req, "pull"));
}

/* The JSON text that stands in for a missing value, or STR_NULL. */
static struct str
default_of(const struct request *req)
{
	struct str text = request_query(req, STR("default"));
	struct buf json = buf_in(req->arena);

	if (str_is_null(text))
		return STR_NULL;
	json_put_str(&json, text);
	return buf_str(&json);
}

static void
answer_missing(struct request *req, struct str key)
{
	struct str instead = default_of(req);

	if (str_is_null(instead))
		response_fail(
		    req, 404, "No value found for key '%.*s'.", STR_ARG(key));
	else
		cache_answer_value(req, key, instead);
}

static void
answer_op(struct request *req, const struct cache_op *op)
{
	const struct cache_fault fault = { .st = op->status,
		.doubt = op->kind == CACHE_PULL ? MAY_BE_GONE : NULL };
	bool found = op->status == ST_OK;

	if (!found && op->status != ST_MISSING)
		cache_answer_fault(req, &fault);
	else if (request_asks(req, "check_exist"))
		cache_answer_truth(req, 200, op->key, "exists", found);
	else if (found)
		cache_answer_value(req, op->key, op->value);
	else
		answer_missing(req, op->key);
}

bool
read_plan(struct request *req)
{
	const struct cache_service *service = req->service->instance;
	struct cache_op *op;
	struct str key;

	if (!request_reads(req) || req->has_body || clears(req) ||
	    rights_filtered(req) || key_of_path(req, &key, NULL) != ST_OK ||
	    str_is_null(key))
		return false;
	op = request_plan_op(req, STORE_SERVICE);
	if (op == NULL)
		return false;
	op->kind = CACHE_GET;
	op->space = &service->space;
	op->key = key;
	req->store = service->store;
	req->store_timeout = service->timeout_ms;
	return true;
}

bool
read_answer(struct request *req)
{
	answer_op(req, &req->batch[STORE_SERVICE].ops[0]);
	return true;
}

/* False, and the response holds the refusal. */
static bool
clear_check(struct request *req)
{
	if (!clears(req) || !request_asks(req, "check_exist"))
		return true;
	response_fail(req, 400,
	    "'check_exist' and 'clear' cannot be asked for together.");
	return false;
}

void
read_key(struct cache_call *c)
{
	struct request *req = c->req;
	bool clear = clears(req);
	struct cache_op op =
	    cache_call_op(c, clear ? CACHE_PULL : CACHE_GET, c->key);

	if (!clear_check(req))
		return;
	if (clear && !rights_allow(req, &op, 1)) {
		rights_refuse(req);
		return;
	}
	(void)cache_call_run(c, &op, 1); /* its status says it as well */
	req->response.once = clear;
	answer_op(req, &op);
}

/* What is deleted must all fit into the answer. False, and the response holds
 * the refusal. */
static bool
clear_fits(struct request *req, size_t n)
{
	const struct cache_service *service = req->service->instance;
	size_t max = CACHE_CHUNK_BYTES / service->max_value;

	if (!clears(req) || n <= max)
		return true;
	response_fail(req, 400,
	    "The request names %zu keys; with 'clear' at most %zu are allowed.",
	    n, max);
	return false;
}

static void
put_op(struct buf *b, const struct cache_op *op, struct str value)
{
	if (b->p[b->n - 1] != '[')
		buf_put_char(b, ',');
	cache_put_key(b, op->key);
	buf_put_lit(b, ",\"value\":");
	buf_put(b, value);
	buf_put_char(b, '}');
}

static void
put_exists(struct buf *b, const struct cache_op *op)
{
	if (b->p[b->n - 1] != '[')
		buf_put_char(b, ',');
	cache_put_key(b, op->key);
	buf_put(b, op->status == ST_OK ? STR(",\"exists\":true}")
				       : STR(",\"exists\":false}"));
}

static void
put_ops(
    struct buf *b, struct request *req, const struct cache_op *ops, size_t n)
{
	bool check = request_asks(req, "check_exist");
	struct str instead = default_of(req);

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (check)
			put_exists(b, &ops[i]);
		else if (ops[i].status == ST_OK)
			put_op(b, &ops[i], ops[i].value);
		else if (!str_is_null(instead))
			put_op(b, &ops[i], instead);
	}
	buf_put_lit(b, "]}");
}

/* Values that were deleted as they were read are not lost. */
static void
answer_ops_fault(
    struct request *req, enum status st, const struct cache_op *ops, size_t n)
{
	struct cache_fault fault = { .st = st, .context = STR_NULL };
	struct buf context = buf_in(req->arena);

	if (st == ST_REFUSED) {
		response_fail(req, 400,
		    "The values have more than %zu bytes together: ask for "
		    "fewer keys.",
		    CACHE_CALL_BYTES);
		return;
	}
	if (ops[0].kind == CACHE_PULL) {
		put_ops(&context, req, ops, n);
		fault.doubt = MAY_BE_GONE;
		fault.context = buf_str(&context);
	}
	cache_answer_fault(req, &fault);
}

static void
read_listed(struct cache_call *c, const struct str *keys, size_t n)
{
	struct request *req = c->req;
	enum cache_kind kind = clears(req) ? CACHE_PULL : CACHE_GET;
	struct cache_op *ops = arena_alloc(req->arena, n * sizeof(ops[0]));
	enum status st;

	for (size_t i = 0; i < n; i++)
		ops[i] = cache_call_op(c, kind, keys[i]);
	if (!rights_allow(req, ops, n)) {
		rights_refuse(req);
		return;
	}
	st = cache_call_run(c, ops, n);
	if (st != ST_OK) {
		answer_ops_fault(req, st, ops, n);
		return;
	}
	put_ops(&req->response.build, req, ops, n);
	req->response.once = kind == CACHE_PULL;
	cache_answer_json(req, 200);
}

bool
read_keys(struct cache_call *c)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct str *keys;
	size_t n;

	if (keys_of_query(req, &keys, &n, &err) != ST_OK)
		cache_answer_refuse(req, ST_INVALID, &err);
	else if (keys == NULL)
		return false;
	else if (clear_check(req) && clear_fits(req, n))
		read_listed(c, keys, n);
	return true;
}
