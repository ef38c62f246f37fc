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
is_asked(const struct request *req, const char *name)
{
	return str_to_bool(request_query(req, str_of(name)));
}

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
	       is_asked(c->req, str_is_null(c->key) ? "map" : "raw");
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

static bool
is_allowed(const struct write *w)
{
	for (size_t i = 0; i < w->pairs.n; i++) {
		if (!rights_allow(w->call->req, w->pairs.list[i].key))
			return false;
	}
	return true;
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

/* Takes back what was added. The others keep their statuses; one that cannot
 * be taken back stays ST_OK, one that was is ST_MISSING. */
static void
take_back(struct write *w)
{
	struct cache_call *c = w->call;
	size_t n = w->pairs.n, added = 0;
	struct cache_op *undo = arena_alloc(c->req->arena, n * sizeof(undo[0]));

	for (size_t i = 0; i < n; i++) {
		if (w->ops[i].status == ST_OK)
			undo[added++] =
			    cache_call_op(c, CACHE_DEL, w->ops[i].key);
	}
	(void)cache_call_run(c, undo, added); /* each has its status */
	added = 0;
	for (size_t i = 0; i < n; i++) {
		if (w->ops[i].status != ST_OK)
			continue;
		if (undo[added].status == ST_OK ||
		    undo[added].status == ST_MISSING)
			w->ops[i].status = ST_MISSING;
		added++;
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

static void
answer_exists(struct write *w)
{
	struct request *req = w->call->req;
	struct buf names = buf_in(req->arena);

	if (w->pairs.form == PAIRS_ONE) {
		response_fail(req, 400,
		    "Key '%.*s' already exists in cache. Use PUT to update "
		    "existing key.",
		    STR_ARG(w->pairs.list[0].key));
		return;
	}
	for (size_t i = 0; i < w->pairs.n; i++) {
		if (w->ops[i].status != ST_EXISTS)
			continue;
		if (names.n > 0)
			buf_put_char(&names, ',');
		buf_put(&names, w->ops[i].key);
	}
	response_fail(req, 400,
	    "Nothing was stored in cache. One or more key(s) already exists "
	    "(%.*s)",
	    STR_ARG(buf_str(&names)));
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

static void
store(struct write *w)
{
	enum status st;

	ops_make(w);
	st = cache_call_run(w->call, w->ops, w->pairs.n);
	if (w->create && (st != ST_OK || count_status(w, ST_EXISTS) > 0))
		take_back(w);
	if (st != ST_OK)
		answer_fault(w, st);
	else if (count_status(w, ST_EXISTS) == 0)
		answer_done(w);
	else if (count_status(w, ST_OK) == 0)
		answer_exists(w);
	else
		answer_fault(w, ST_UNAVAILABLE); /* some are still there */
}

void
write_values(struct cache_call *c)
{
	struct request *req = c->req;
	struct write w = { .call = c };

	w.create = req->method == METHOD_POST &&
		   (c->service->bare_values || is_asked(req, "create"));
	if (pairs_take(&w) != ST_OK)
		return;
	if (str_is_null(c->key) && !is_allowed(&w))
		rights_refuse(req);
	else
		store(&w);
}
