/*
 * Is the answer here already? Follows the tag protocol of architecture.md:
 * entry and tags are read in one batch; the entry counts only if it was made
 * under the very tag versions that stand now. What a miss will store carries
 * the versions read before its query, so a write in between makes it useless.
 */
#include "app/base/settings.h"
#include "middleware/pending.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/cache_key.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_status.h"
#include "middleware/stages/cache_store.h"
#include "middleware/stages/conditional.h"
#include "middleware/stages/stages.h"
#include "middleware/stores.h"

static bool
wants_fresh(const struct request *req)
{
	return str_to_bool(request_query(req, STR("refresh"))) ||
	       cache_control_has(req->param[PARAM_CACHE_CONTROL], "no-cache");
}

static bool
is_cacheable(const struct request *req)
{
	const struct service *service = req->service;

	return request_reads(req) && !req->tunnelled && !req->has_body &&
	       service != NULL && req->role != NULL && service->cache_enabled &&
	       service->instance != NULL && service->type->cache_plan != NULL &&
	       !cache_control_has(req->param[PARAM_CACHE_CONTROL], "no-store");
}

static enum flow
cache_plan(void *state, struct request *req)
{
	struct cache_slot *slot = arena_zalloc(req->arena, sizeof(*slot));

	(void)state;
	req->slot[STAGE_CACHE] = slot;
	slot->plan.key = buf_in(req->arena);
	if (!is_cacheable(req) ||
	    req->service->type->cache_plan(req, &slot->plan) != ST_OK ||
	    slot->plan.n_tags == 0)
		return FLOW_NEXT;
	slot->key = cache_key(req, &slot->plan);
	req->storable_bytes = (size_t)req->settings->cache_max_value;
	slot->lookup = LOOKUP_MISS;
	slot->versions.n = slot->plan.n_tags;
	if (pending_any(
		req->stores->pending, slot->plan.tags, slot->plan.n_tags)) {
		slot->lookup = LOOKUP_SKIPPED;
		return FLOW_NEXT;
	}
	if (wants_fresh(req))
		slot->lookup = LOOKUP_REFRESH;
	if ((slot->lookup != LOOKUP_REFRESH && !cache_plan_entry(slot, req)) ||
	    !cache_plan_tags(slot, req))
		slot->lookup = LOOKUP_NONE; /* more than fit */
	return FLOW_NEXT;
}

static enum flow
serve_hit(struct cache_slot *slot, struct request *req)
{
	slot->lookup = LOOKUP_HIT;
	req->cache_verdict = CACHE_VERDICT_HIT;
	req->response.status = 200;
	req->response.type = slot->entry.type;
	req->response.body = slot->entry.body;
	return FLOW_DONE;
}

static enum flow
skip_store(struct cache_slot *slot, struct request *req)
{
	slot->lookup = LOOKUP_SKIPPED;
	req->skip_store = true;
	req->cache_verdict = CACHE_VERDICT_BYPASS;
	return FLOW_NEXT;
}

/* Callers that know the same n versions may wait for one of them. */
static void
share_flight(const struct cache_slot *slot, size_t n, struct request *req)
{
	cache_flight(slot->key, &slot->versions, n, req->flight);
	req->shareable = true;
}

static enum flow
go_on_missing(struct cache_slot *slot, struct request *req)
{
	slot->tags_known = true;
	if (slot->lookup == LOOKUP_REFRESH) {
		req->cache_verdict = CACHE_VERDICT_BYPASS;
		return FLOW_NEXT; /* a query of its own */
	}
	req->cache_verdict = slot->lookup == LOOKUP_STALE ? CACHE_VERDICT_STALE
							  : CACHE_VERDICT_MISS;
	share_flight(slot, slot->versions.n, req);
	return FLOW_NEXT;
}

static enum flow
cache_enter(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];
	enum entry_check check = ENTRY_DAMAGED;

	(void)state;
	req->shareable = false;
	if (slot->lookup == LOOKUP_NONE)
		return FLOW_NEXT;
	if (slot->lookup == LOOKUP_SKIPPED || req->skip_store ||
	    cache_store_failed(slot))
		return skip_store(slot, req);
	if (!tags_take(&slot->versions, slot->tag_ops)) {
		if (!req->may_block) {
			share_flight(slot, 0, req);
			return FLOW_BACK;
		}
		if (!tags_mint(req, slot->plan.tags, &slot->versions))
			return skip_store(slot, req);
		return go_on_missing(slot, req);
	}
	if (slot->entry_op != NULL && slot->entry_op->status == ST_OK)
		check = entry_unpack(
		    slot->entry_op->value, &slot->versions, &slot->entry);
	if (check == ENTRY_GOOD)
		return serve_hit(slot, req);
	if (check == ENTRY_STALE)
		slot->lookup = LOOKUP_STALE;
	return go_on_missing(slot, req);
}

static void
cache_share(void *state, const struct request *from, struct request *to)
{
	const struct cache_slot *theirs = from->slot[STAGE_CACHE];
	struct cache_slot *slot = to->slot[STAGE_CACHE];

	(void)state;
	slot->lookup = LOOKUP_JOINED;
	memcpy(slot->entry.etag, theirs->entry.etag, DIGEST_BYTES);
	to->cache_verdict = CACHE_VERDICT_JOINED;
	cache_result_give(&theirs->result, to);
}

/* The request ran its own query: its result may serve others. One of another
 * instance than the key was made by is not stored: were the schema changed
 * back, it would be found under the key of a catalogue that it is not of. */
static void
keep_and_store(struct cache_slot *slot, struct request *req, bool good)
{
	if (good)
		digest(response_body(&req->response), slot->entry.etag);
	cache_result_keep(&slot->result, req);
	if (good && slot->tags_known && req->n_later == 0)
		cache_store(slot, req);
}

static void
cache_leave(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];
	struct response *res = &req->response;
	bool good = res->status == 200 && !res->is_error && !res->streamed &&
		    request_reads(req);

	(void)state;
	if (slot->lookup != LOOKUP_HIT && slot->lookup != LOOKUP_JOINED)
		keep_and_store(slot, req, good);
	if (slot->lookup != LOOKUP_NONE)
		cache_status_put(&res->head, slot, req->arrived.wall_ms);
	if (good && !res->once)
		conditional_answer(req, slot->entry.etag);
	else
		response_header(res, STR("Cache-Control"), STR("no-store"));
}

const struct stage stage_cache = {
	.name = "cache",
	.plan = cache_plan,
	.enter = cache_enter,
	.share = cache_share,
	.leave = cache_leave,
};
