#include "app/services/cache/write.h"

#include "app/base/jsonout.h"
#include "app/base/utf8.h"
#include "app/services/cache/answer.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/call.h"
#include "app/services/cache/pair.h"
#include "app/services/cache/rights.h"
#include "app/services/cache/ttl.h"
#include "middleware/json.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* A call that stores. */
struct write {
	struct cache_call *call;
	struct pairs pairs;
	struct cache_op *ops; /* beside pairs.list */
	bool create;
};

static bool
is_utf8(struct str s)
{
	size_t n = 1;

	for (; s.n > 0 && n > 0; s = str_skip(s, n))
		n = utf8_first(s);
	return n > 0;
}

/* A text/plain body for a key is a string; it may be empty. */
static bool
is_text(const struct cache_call *c)
{
	return !str_is_null(c->key) &&
	       str_eq_nocase(request_media_type(c->req), STR("text/plain"));
}

static enum status
text_read(struct request *req, struct json *out)
{
	struct buf json = buf_in(req->arena);

	if (!is_utf8(req->body)) {
		response_fail(req, 400, "The text is not UTF-8.");
		return ST_INVALID;
	}
	json_put_str(&json, req->body);
	out->text = buf_str(&json);
	return ST_OK;
}

/* Does no member of the body have a meaning of its own? */
static bool
is_verbatim(const struct cache_call *c, bool text)
{
	return text || c->service->bare_values ||
	       request_asks(c->req, str_is_null(c->key) ? "map" : "raw");
}

/* ST_OK, or the response holds the refusal. */
static enum status
pairs_take(struct write *w)
{
	struct cache_call *c = w->call;
	struct request *req = c->req;
	bool text = is_text(c);
	struct pairs_source source = {
		.arena = req->arena,
		.key = c->key,
		.verbatim = is_verbatim(c, text),
		.default_ttl = c->service->default_ttl,
		.max_value = c->service->max_value,
	};
	struct error err = { .text = "" };
	struct json body;
	enum status st = text ? text_read(req, &body) : json_body(req, &body);

	if (st != ST_OK)
		return st;
	st = ttl_of_query(req, source.default_ttl, &source.ttl, &err);
	if (st == ST_OK)
		st = pairs_read(&source, body, &w->pairs, &err);
	if (st != ST_OK)
		cache_answer_refuse(req, st, &err);
	return st;
}

static void
ops_make(struct write *w)
{
	enum cache_kind kind = w->create ? CACHE_ADD : CACHE_SET;

	w->ops =
	    arena_alloc(w->call->req->arena, w->pairs.n * sizeof(w->ops[0]));
	for (size_t i = 0; i < w->pairs.n; i++) {
		const struct pair *pair = &w->pairs.list[i];

		w->ops[i] = cache_call_op(w->call, kind, pair->key);
		w->ops[i].value = pair->value;
		w->ops[i].ttl = pair->ttl;
	}
}

static size_t
count_status(const struct write *w, enum status st)
{
	size_t n = 0;

	for (size_t i = 0; i < w->pairs.n; i++)
		n += w->ops[i].status == st;
	return n;
}

/* The keys that exist, with commas between them. */
static struct str
names_of(const struct write *w)
{
	struct buf names = buf_in(w->call->req->arena);

	for (size_t i = 0; i < w->pairs.n; i++) {
		if (w->ops[i].status != ST_EXISTS)
			continue;
		if (names.n > 0)
			buf_put_char(&names, ',');
		buf_put(&names, w->ops[i].key);
	}
	return buf_str(&names);
}

static void
answer_exists(struct write *w)
{
	struct request *req = w->call->req;

	if (w->pairs.form == PAIRS_ONE)
		response_fail(req, 400,
		    "Key '%.*s' already exists in cache. Use PUT to update "
		    "existing key.",
		    STR_ARG(w->pairs.list[0].key));
	else
		response_fail(req, 400,
		    "Nothing was stored in cache. One or more key(s) already "
		    "exists (%.*s)",
		    STR_ARG(names_of(w)));
}

/* Some came to exist after they were looked for. */
static void
answer_some(struct write *w)
{
	struct request *req = w->call->req;
	struct buf context = buf_in(req->arena);
	struct str message = arena_printf(req->arena,
	    "One or more key(s) already exists (%.*s). The others were stored.",
	    STR_ARG(names_of(w)));

	cache_put_outcomes(&context, w->ops, w->pairs.n);
	response_fail_context(req, 400, 400, buf_str(&context), message);
}

static void
answer_fault(struct write *w, enum status st)
{
	struct request *req = w->call->req;
	struct buf context = buf_in(req->arena);
	struct cache_fault fault = { st, "the value may have been stored",
		STR_NULL };

	if (w->pairs.n > 1) {
		fault.doubt = "values may have been stored";
		cache_put_outcomes(&context, w->ops, w->pairs.n);
		fault.context = buf_str(&context);
	}
	cache_answer_fault(req, &fault);
}

static void
answer_done(struct write *w)
{
	struct request *req = w->call->req;
	int status = req->method == METHOD_POST ? 201 : 200;
	struct buf *b = &req->response.build;

	if (w->pairs.form == PAIRS_ONE) {
		cache_answer_truth(
		    req, status, w->pairs.list[0].key, "success", true);
		return;
	}
	if (w->pairs.form == PAIRS_MAP)
		buf_put_lit(b, "{\"success\":true}");
	else
		cache_put_outcomes(b, w->ops, w->pairs.n);
	cache_answer_json(req, status);
}

/*
 * Before several keys are created, so that as a rule all are or none: what was
 * added is not taken back when a key exists, since it may be another caller's
 * by then. False, and the response holds the refusal.
 */
static bool
none_exists(struct write *w)
{
	struct cache_call *c = w->call;
	size_t n = w->pairs.n;
	struct cache_op *gets = arena_alloc(c->req->arena, n * sizeof(gets[0]));
	struct cache_fault fault = { .doubt = NULL, .context = STR_NULL };

	for (size_t i = 0; i < n; i++)
		gets[i] = cache_call_op(c, CACHE_GET, w->pairs.list[i].key);
	fault.st = cache_call_run(c, gets, n);
	for (size_t i = 0; i < n; i++)
		w->ops[i].status =
		    gets[i].status == ST_OK ? ST_EXISTS : ST_MISSING;
	if (count_status(w, ST_EXISTS) > 0)
		answer_exists(w);
	else if (fault.st != ST_OK)
		cache_answer_fault(c->req, &fault);
	else
		return true;
	return false;
}

static void
store(struct write *w)
{
	enum status st;

	if (w->create && w->pairs.n > 1 && !none_exists(w))
		return;
	st = cache_call_run(w->call, w->ops, w->pairs.n);
	if (st != ST_OK)
		answer_fault(w, st);
	else if (count_status(w, ST_EXISTS) == 0)
		answer_done(w);
	else if (count_status(w, ST_OK) == 0)
		answer_exists(w);
	else
		answer_some(w);
}

void
write_values(struct cache_call *c)
{
	struct request *req = c->req;
	struct write w = { .call = c };

	w.create = req->method == METHOD_POST &&
		   (c->service->bare_values || request_asks(req, "create"));
	if (pairs_take(&w) != ST_OK)
		return;
	ops_make(&w);
	if (str_is_null(c->key) && !rights_allow(req, w.ops, w.pairs.n))
		rights_refuse(req);
	else
		store(&w);
}
