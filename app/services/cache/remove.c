#include "app/services/cache/remove.h"

#include "app/base/clock.h"
#include "app/services/cache/answer.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/call.h"
#include "app/services/cache/key.h"
#include "app/services/cache/rights.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/store.h"

#define MAY_BE_GONE "the value may have been deleted"

/* Parameters that do not seem to say which keys are meant, or to ask for
 * anything but a flush. */
static const char *const harmless[] = { "api_key", "session_token", "method",
	"_method" };

static void
remove_key(struct cache_call *c)
{
	struct cache_op op = cache_call_op(c, CACHE_DEL, c->key);
	struct cache_fault fault = { .doubt = MAY_BE_GONE,
		.context = STR_NULL };

	fault.st = cache_call_run(c, &op, 1);
	if (fault.st != ST_OK) {
		cache_answer_fault(c->req, &fault);
		return;
	}
	buf_put(&c->req->response.build, op.status == ST_OK
					     ? STR("{\"success\":true}")
					     : STR("{\"success\":false}"));
	cache_answer_json(c->req, 200);
}

static void
remove_listed(struct cache_call *c, const struct str *keys, size_t n)
{
	struct request *req = c->req;
	struct cache_op *ops = arena_alloc(req->arena, n * sizeof(ops[0]));
	struct buf outcomes = buf_in(req->arena);
	struct cache_fault fault = { .doubt = MAY_BE_GONE };

	for (size_t i = 0; i < n; i++)
		ops[i] = cache_call_op(c, CACHE_DEL, keys[i]);
	if (!rights_allow(req, ops, n)) {
		rights_refuse(req);
		return;
	}
	fault.st = cache_call_run(c, ops, n);
	cache_put_outcomes(&outcomes, ops, n);
	if (fault.st != ST_OK) {
		fault.context = buf_str(&outcomes);
		cache_answer_fault(req, &fault);
		return;
	}
	req->response.build = outcomes;
	cache_answer_json(req, 200);
}

static bool
is_harmless(struct str name)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (str_eq(name, str_of(harmless[i])))
			return true;
	}
	return false;
}

/* Who meant some keys must not lose all. False, and the response holds the
 * refusal. */
static bool
flush_is_meant(struct request *req)
{
	for (size_t i = 0; i < req->query.n; i++) {
		struct str name = req->query.list[i].name;

		if (is_harmless(name))
			continue;
		if (key_fault(name) != NULL)
			name = STR("?");
		response_fail(req, 400,
		    "'%.*s' does not choose keys to delete, so nothing was "
		    "deleted. Name them with 'keys', separated by commas.",
		    STR_ARG(key_shown(req->arena, name)));
		return false;
	}
	if (req->body.n == 0)
		return true;
	response_fail(req, 400,
	    "A DELETE has no body, so nothing was deleted. Name the keys in "
	    "the path, or with 'keys' in the query.");
	return false;
}

/*
 * A flush may take longer than one call on a key. So that a store which is
 * away is told as soon as always, it is asked first whether it answers.
 */
static enum status
flush_run(struct cache_call *c)
{
	const struct cache_driver *driver = c->req->store->driver;
	struct cache_conn *conn = cache_call_conn(c, NULL);
	enum status st;

	if (conn == NULL)
		return ST_UNAVAILABLE;
	st = driver->ping(conn, c->deadline_ms, NULL);
	if (st != ST_OK)
		return st;
	gate_answered(&c->visit);
	return driver->flush(
	    conn, &c->service->space, c->req->deadline_ms, NULL);
}

static void
remove_all(struct cache_call *c)
{
	struct cache_fault fault = { .doubt = "values may have been deleted",
		.context = STR_NULL };

	if (!flush_is_meant(c->req))
		return;
	if (!gate_flush_begin(c->visit.gate)) {
		response_busy(c->req,
		    "Service '%.*s' is being emptied by another call.",
		    STR_ARG(c->req->service->name));
		return;
	}
	fault.st = flush_run(c);
	gate_flush_end(c->visit.gate);
	if (fault.st != ST_OK) {
		cache_answer_fault(c->req, &fault);
		return;
	}
	buf_put_lit(&c->req->response.build, "{\"success\":true}");
	cache_answer_json(c->req, 200);
}

void
remove_values(struct cache_call *c)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct str *keys;
	size_t n;

	if (!str_is_null(c->key))
		remove_key(c);
	else if (keys_of_query(req, &keys, &n, &err) != ST_OK)
		cache_answer_refuse(req, ST_INVALID, &err);
	else if (keys == NULL)
		remove_all(c);
	else
		remove_listed(c, keys, n);
}
