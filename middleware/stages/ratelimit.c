/*
 * Are the caller's limits used up? Every limit that applies is one COUNT of
 * the request's batch, all in one group: a call that one limit refuses
 * advances no other. (contract.md section 5)
 */
#include <assert.h>
#include <stdlib.h>

#include "app/base/settings.h"
#include "middleware/explain.h"
#include "middleware/limit_count.h"
#include "middleware/principal.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/session.h"
#include "middleware/stages/limit_choice.h"
#include "middleware/stages/limit_crowd.h"
#include "middleware/stages/limit_headers.h"
#include "middleware/stages/limit_refusal.h"
#include "middleware/stages/limit_slot.h"
#include "middleware/stages/limit_trial.h"
#include "middleware/stages/limit_trouble.h"
#include "middleware/stages/ratelimit.h"
#include "middleware/stages/stages.h"

#define COUNT_GROUP 1

struct ratelimit {
	struct limit_trial *trial;
	struct limit_trouble *trouble;
	struct limit_crowd crowd;
};

static struct limit_asked
asked_of(const struct request *req)
{
	return (struct limit_asked){
		.app_id = req->app->id,
		.user_id = req->principal == NULL ? 0 : req->principal->id,
		.role_id = req->role == NULL ? 0 : req->role->id,
		.service_id = req->service == NULL ? 0 : req->service->id,
		.resource = req->resource,
		.verb = req->method == METHOD_HEAD ? METHOD_GET
						   : (unsigned)req->method,
	};
}

void
ratelimit_choose(const struct request *req, struct limit_choice *out)
{
	struct limit_asked asked;

	out->n = 0;
	out->rest_n = 0;
	if (req->app == NULL)
		return;
	asked = asked_of(req);
	limit_choose(snapshot_limits(req->snapshot), &asked, req->arena, out);
}

const struct limit_applied *
ratelimit_looked(const struct request *req, size_t i)
{
	const struct limit_slot *slot = req->slot[STAGE_RATELIMIT];

	return slot != NULL && slot->looked && i < slot->n &&
		       slot->list[i].op->status == ST_OK
		   ? &slot->list[i]
		   : NULL;
}

static void
plan_counts(struct limit_slot *slot, struct request *req,
    const struct limit_choice *choice, const struct limit_asked *asked)
{
	for (; slot->n < choice->n; slot->n++) {
		const struct limit_hit *hit = &choice->hits[slot->n];
		struct cache_op *op = request_plan_op(req, STORE_LIMIT);

		assert(op != NULL); /* nobody else plans for this store */
		op->kind = slot->looked ? CACHE_LOOK : CACHE_COUNT;
		op->group = slot->looked ? 0 : COUNT_GROUP;
		op->soft = !slot->looked && limit_hit_is_soft(hit);
		limit_count_fill(op, hit->limit, asked, req->arena);
		slot->list[slot->n] =
		    (struct limit_applied){ hit->limit, op, hit->yields };
	}
}

/* dreamfactory.md 4.1. */
static bool
is_exempt(const struct request *req)
{
	return req->principal != NULL && principal_is_free(req->principal);
}

static enum flow
ratelimit_plan(void *opened, struct request *req)
{
	struct ratelimit *state = opened;
	struct limit_choice choice;
	struct limit_asked asked;
	struct limit_slot *slot;

	bool looks = explain_asked(req);

	if (req->app == NULL || req->page != PAGE_NONE ||
	    (is_exempt(req) && !looks))
		return FLOW_NEXT;
	if (req->slot[STAGE_RATELIMIT] != NULL)
		return FLOW_NEXT; /* counted as whom it was thought to be */
	asked = asked_of(req);
	limit_choose(
	    snapshot_limits(req->snapshot), &asked, req->arena, &choice);
	if (choice.n == 0)
		return FLOW_NEXT;
	if (choice.rest_n > 0 && !looks &&
	    !limit_crowd_passes(&state->crowd, req, &choice))
		return FLOW_DONE;
	slot = arena_zalloc(req->arena, sizeof(*slot));
	slot->looked = looks;
	plan_counts(slot, req, &choice, &asked);
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

/* The counts are true: passes, with that verdict, or refuses by them. */
static enum flow
decide(struct ratelimit *state, struct limit_slot *slot, struct request *req,
    enum limit_verdict passes)
{
	slot->counted = true;
	for (size_t i = 0; i < slot->n; i++) {
		const struct cache_op *op = slot->list[i].op;

		if (op->status != ST_REFUSED || op->soft)
			continue;
		limit_refuse(req, slot);
		req->limit_verdict = LIMIT_VERDICT_REFUSED;
		return FLOW_DONE;
	}
	if (limit_trial_judge(state->trial, slot, req))
		passes = LIMIT_VERDICT_DRY_RUN;
	req->limit_verdict = passes;
	return FLOW_NEXT;
}

/* LIMIT_ON_ERROR rules: the store's trouble is never a 429 by itself. */
static enum flow
without_store(
    struct ratelimit *state, struct limit_slot *slot, struct request *req)
{
	struct cache_op *ops[LIMIT_HITS_MAX];

	for (size_t i = 0; i < slot->n; i++)
		ops[i] = slot->list[i].op;
	switch (limit_trouble_rule(
	    state->trouble, req, ops, slot->n, req->arrived.boot_ms)) {
	case ON_ERROR_LOCAL:
		return decide(state, slot, req, LIMIT_VERDICT_LOCAL);
	case ON_ERROR_ALLOW:
		return FLOW_NEXT;
	case ON_ERROR_DENY:
		break;
	}
	return FLOW_DONE;
}

static enum flow
judge(struct ratelimit *state, struct limit_slot *slot, struct request *req)
{
	if (slot == NULL || slot->looked)
		return FLOW_NEXT;
	if (store_failed(slot))
		return without_store(state, slot, req);
	limit_trouble_over(state->trouble, req->arrived.boot_ms);
	return decide(state, slot, req, LIMIT_VERDICT_PASS);
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

/* Of what shared caches keep, others would read the caller's counters. The
 * stages behind have left by now: that of the cache says which it is. */
static void
ratelimit_leave(void *state, struct request *req)
{
	const struct limit_slot *slot = req->slot[STAGE_RATELIMIT];

	(void)state;
	if (slot != NULL && slot->counted && !req->response.shared)
		limit_headers_put(
		    &req->response, slot, req->arrived.wall_ms / 1000);
}

static enum status
ratelimit_open(const struct settings *settings, void **out, struct error *err)
{
	struct ratelimit *state = calloc(1, sizeof(*state));

	(void)settings;
	(void)err;
	if (state == NULL)
		abort();
	state->trial = limit_trial_new();
	state->trouble = limit_trouble_new();
	*out = state;
	return ST_OK;
}

static void
ratelimit_close(void *closing)
{
	struct ratelimit *state = closing;

	limit_trouble_free(state->trouble);
	limit_trial_free(state->trial);
	free(state);
}

const struct stage stage_ratelimit = {
	.name = "ratelimit",
	.open = ratelimit_open,
	.close = ratelimit_close,
	.plan = ratelimit_plan,
	.enter = ratelimit_enter,
	.leave = ratelimit_leave,
};
