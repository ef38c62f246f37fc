/*
 * Are the caller's limits used up? Every limit that applies is one COUNT of
 * the request's batch, all in one group: a call that one limit refuses
 * advances no other. (contract.md section 5)
 */
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/fallback.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/session.h"
#include "middleware/stages/stages.h"
#include "middleware/stores.h"

#define LIMITS_MAX  12 /* that can apply to one request */
#define COUNT_GROUP 1

struct applied {
	const struct limit *limit;
	struct cache_op *op;
};

struct limit_slot {
	struct applied list[LIMITS_MAX];
	size_t n;
	bool counted; /* the counts of the operations are true */
};

static bool
same_or_any(int64_t wanted, int64_t actual)
{
	return wanted == 0 || wanted == actual;
}

static int64_t
user_of(const struct request *req)
{
	return req->principal == NULL ? 0 : req->principal->id;
}

static bool
is_at(const struct limit *limit, struct str resource)
{
	if (limit->is_prefix)
		resource.n = resource.n < limit->endpoint.n ? resource.n
							    : limit->endpoint.n;
	return str_eq_nocase(limit->endpoint, resource);
}

static bool
applies(const struct limit *limit, const struct request *req)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	unsigned verb =
	    req->method == METHOD_HEAD ? METHOD_GET : (unsigned)req->method;

	if (limit->verb_mask != 0 && (limit->verb_mask & verb) == 0)
		return false;
	if ((scope->user || scope->each_user) && user_of(req) == 0)
		return false;
	if ((scope->role && req->role == NULL) ||
	    (scope->service && req->service == NULL))
		return false;
	return (!scope->app || same_or_any(limit->app_id, req->app->id)) &&
	       (!scope->user || limit->user_id == user_of(req)) &&
	       (!scope->role || same_or_any(limit->role_id, req->role->id)) &&
	       (!scope->service ||
		   same_or_any(limit->service_id, req->service->id)) &&
	       (!scope->endpoint || is_at(limit, req->resource));
}

static void
each_put(struct buf *key, char kind, int64_t id)
{
	buf_put_char(key, ':');
	buf_put_char(key, kind);
	buf_put_i64(key, id);
}

/* A limit on each user counts each on its own, and so on. */
static struct str
counter_key(const struct limit *limit, struct request *req)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	struct buf key = buf_in(req->arena);

	buf_put(&key, limit->key);
	if (scope->app && limit->app_id == 0)
		each_put(&key, 'a', req->app->id);
	if (scope->each_user)
		each_put(&key, 'u', user_of(req));
	if (scope->role && limit->role_id == 0)
		each_put(&key, 'r', req->role->id);
	if (scope->service && limit->service_id == 0)
		each_put(&key, 's', req->service->id);
	return buf_str(&key);
}

static bool
plan_count(
    struct limit_slot *slot, const struct limit *limit, struct request *req)
{
	struct cache_op *op =
	    slot->n < LIMITS_MAX ? request_plan_op(req, STORE_LIMIT) : NULL;

	if (op == NULL)
		return false;
	op->kind = CACHE_COUNT;
	op->space = &space_limits;
	op->shard = SHARD_LIMITS;
	op->key = counter_key(limit, req);
	op->ttl = limit->period;
	op->limit = limit->rate;
	op->group = COUNT_GROUP;
	slot->list[slot->n++] = (struct applied){ limit, op };
	return true;
}

/* dreamfactory.md 4.1. */
static bool
is_exempt(const struct request *req)
{
	return req->principal != NULL && principal_is_free(req->principal);
}

static enum flow
ratelimit_plan(void *state, struct request *req)
{
	const struct limit *limits;
	struct limit_slot *slot;
	size_t n;

	(void)state;
	limits = snapshot_limits(req->snapshot, &n);
	if (req->app == NULL || n == 0 || is_exempt(req))
		return FLOW_NEXT;
	if (req->slot[STAGE_RATELIMIT] != NULL)
		return FLOW_NEXT; /* counted as whom it was thought to be */
	slot = arena_zalloc(req->arena, sizeof(*slot));
	for (size_t i = 0; i < n; i++) {
		if (!applies(&limits[i], req))
			continue;
		if (!plan_count(slot, &limits[i], req)) {
			response_fail(req, 500,
			    "More than %d limits apply to this request.",
			    LIMITS_MAX);
			return FLOW_DONE;
		}
	}
	if (slot->n > 0)
		req->slot[STAGE_RATELIMIT] = slot;
	return FLOW_NEXT;
}

static bool
store_failed(const struct limit_slot *slot)
{
	for (size_t i = 0; i < slot->n; i++) {
		enum status st = slot->list[i].op->status;

		if (st != ST_OK && st != ST_REFUSED)
			return true;
	}
	return false;
}

static uint32_t
remaining(const struct applied *a)
{
	return a->op->count >= a->op->limit ? 0 : a->op->limit - a->op->count;
}

/* Whole seconds until the window ends, at least 1. */
static int64_t
reset_seconds(const struct applied *a)
{
	int64_t s = (a->op->reset_ms + 999) / 1000;

	return s < 1 ? 1 : s;
}

static bool
is_used_up(const struct applied *a)
{
	return a->op->status == ST_REFUSED && remaining(a) == 0;
}

/* The limit nearest to exhaustion; of those used up, the last to reopen. */
static const struct applied *
nearest(const struct limit_slot *slot)
{
	const struct applied *best = &slot->list[0];

	for (size_t i = 1; i < slot->n; i++) {
		const struct applied *a = &slot->list[i];

		if (remaining(a) < remaining(best) ||
		    (remaining(a) == remaining(best) &&
			a->op->reset_ms > best->op->reset_ms))
			best = a;
	}
	return best;
}

static enum flow
refuse(struct limit_slot *slot, struct request *req)
{
	struct buf context = buf_in(req->arena);

	buf_put_char(&context, '[');
	for (size_t i = 0; i < slot->n; i++) {
		if (!is_used_up(&slot->list[i]))
			continue;
		buf_put(&context, context.n > 1 ? STR(",{") : STR("{"));
		json_put_name(&context, STR("id"));
		buf_put_i64(&context, slot->list[i].limit->id);
		json_put_name(&context, STR("name"));
		json_put_str(&context, slot->list[i].limit->name);
		buf_put_char(&context, '}');
	}
	buf_put_char(&context, ']');
	response_fail_context(
	    req, 429, 429, buf_str(&context), STR("API limit(s) exceeded. "));
	response_header_i64(
	    &req->response, STR("Retry-After"), reset_seconds(nearest(slot)));
	req->limit_verdict = LIMIT_VERDICT_REFUSED;
	return FLOW_DONE;
}

/* The counts are true: passes or refuses by them. */
static enum flow
decide(struct limit_slot *slot, struct request *req)
{
	slot->counted = true;
	req->limit_verdict = LIMIT_VERDICT_PASS;
	for (size_t i = 0; i < slot->n; i++) {
		if (slot->list[i].op->status == ST_REFUSED)
			return refuse(slot, req);
	}
	return FLOW_NEXT;
}

static enum flow
count_here(
    struct fallback *fallback, struct limit_slot *slot, struct request *req)
{
	struct cache_op *ops[LIMITS_MAX];

	for (size_t i = 0; i < slot->n; i++)
		ops[i] = slot->list[i].op;
	fallback_count(fallback, ops, slot->n, req->arrived.boot_ms);
	return decide(slot, req);
}

/* LIMIT_ON_ERROR rules: the store's trouble is never a 429 by itself. */
static enum flow
without_store(
    struct fallback *fallback, struct limit_slot *slot, struct request *req)
{
	log_line(LOG_WARNING, req->id,
	    "the limit store does not answer: LIMIT_ON_ERROR decides");
	if (req->settings->limit_on_error == ON_ERROR_LOCAL)
		return count_here(fallback, slot, req);
	req->limit_verdict = LIMIT_VERDICT_SKIPPED;
	if (req->settings->limit_on_error == ON_ERROR_ALLOW)
		return FLOW_NEXT;
	response_busy(req, "The rate limit store cannot be reached.");
	return FLOW_DONE;
}

static enum flow
judge(struct fallback *fallback, struct limit_slot *slot, struct request *req)
{
	if (slot == NULL)
		return FLOW_NEXT;
	if (store_failed(slot))
		return without_store(fallback, slot, req);
	return decide(slot, req);
}

/* Who shows a token of a session that has ended has been counted by now
 * (contract.md section 5). */
static enum flow
ratelimit_enter(void *state, struct request *req)
{
	enum flow flow = judge(state, req->slot[STAGE_RATELIMIT], req);

	if (flow != FLOW_NEXT || !req->session_ended)
		return flow;
	session_refuse(req);
	return FLOW_DONE;
}

/* A structured-field string (RFC 9651); names are checked when made. */
static void
put_name(struct buf *b, struct str name)
{
	buf_put_char(b, '"');
	buf_put(b, name);
	buf_put_char(b, '"');
}

static void
put_policies(struct response *res, const struct limit_slot *slot)
{
	struct buf *b = &res->head;

	buf_put_lit(b, "RateLimit-Policy: ");
	for (size_t i = 0; i < slot->n; i++) {
		if (i > 0)
			buf_put_lit(b, ", ");
		put_name(b, slot->list[i].limit->name);
		buf_put_lit(b, ";q=");
		buf_put_u64(b, slot->list[i].limit->rate);
		buf_put_lit(b, ";w=");
		buf_put_u64(b, slot->list[i].limit->period);
	}
	buf_put_lit(b, "\r\n");
}

static void
ratelimit_leave(void *state, struct request *req)
{
	const struct limit_slot *slot = req->slot[STAGE_RATELIMIT];
	struct response *res = &req->response;
	const struct applied *a;

	(void)state;
	if (slot == NULL || !slot->counted)
		return;
	a = nearest(slot);
	response_header_i64(res, STR("X-RateLimit-Limit"), a->limit->rate);
	response_header_i64(res, STR("X-RateLimit-Remaining"), remaining(a));
	response_header_i64(res, STR("X-RateLimit-Reset"),
	    req->arrived.wall_ms / 1000 + reset_seconds(a));
	put_policies(res, slot);
	buf_put_lit(&res->head, "RateLimit: ");
	put_name(&res->head, a->limit->name);
	buf_put_lit(&res->head, ";r=");
	buf_put_u64(&res->head, remaining(a));
	buf_put_lit(&res->head, ";t=");
	buf_put_i64(&res->head, reset_seconds(a));
	buf_put_lit(&res->head, "\r\n");
}

static enum status
ratelimit_open(const struct settings *settings, void **state, struct error *err)
{
	(void)settings;
	(void)err;
	*state = fallback_new();
	return ST_OK;
}

static void
ratelimit_close(void *state)
{
	fallback_free(state);
}

const struct stage stage_ratelimit = {
	.name = "ratelimit",
	.open = ratelimit_open,
	.close = ratelimit_close,
	.plan = ratelimit_plan,
	.enter = ratelimit_enter,
	.leave = ratelimit_leave,
};
