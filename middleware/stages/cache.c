/*
 * Is the answer here already? Follows the tag protocol of architecture.md:
 * entry and tags are read in one batch; the entry counts only if it was made
 * under the very tag versions that stand now. What a miss will store carries
 * the versions read before its query, so a write in between makes it useless.
 */
#include <stdlib.h>

#include "app/base/clock.h"
#include "middleware/etag.h"
#include "middleware/explain.h"
#include "middleware/request.h"
#include "middleware/stages/cache_explain.h"
#include "middleware/stages/cache_found.h"
#include "middleware/stages/cache_gate.h"
#include "middleware/stages/cache_key.h"
#include "middleware/stages/cache_lease.h"
#include "middleware/stages/cache_plan.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_status.h"
#include "middleware/stages/cache_store.h"
#include "middleware/stages/cache_tally.h"
#include "middleware/stages/conditional.h"
#include "middleware/stages/outages.h"
#include "middleware/stages/stages.h"

static enum flow
cache_plan(void *state, struct request *req)
{
	struct cache_slot *slot = arena_zalloc(req->arena, sizeof(*slot));

	req->slot[STAGE_CACHE] = slot;
	slot->outages = state;
	slot->explains = explain_asked(req);
	cache_plan_request(slot, req);
	return FLOW_NEXT;
}

/* The entry's time is nearly over: its turn may have come. */
static bool
is_early(const struct cache_slot *slot, const struct request *req)
{
	const struct entry *entry = &slot->entry;
	int64_t left_ms =
	    entry->created_ms + slot->at.ttl * 1000 - req->arrived.wall_ms;
	uint32_t random;

	if (entry->status != 200 ||
	    left_ms > (int64_t)entry->cost_ms * FRESHNESS_EARLY_MAX)
		return false;
	secret_random(&random, sizeof(random));
	return freshness_early(left_ms, entry->cost_ms, random);
}

/* The tags are known, so that what is read now may be stored. */
static void
renew_behind(struct cache_slot *slot, struct request *req)
{
	slot->tags_known = true;
	cache_flight(slot->key, &slot->versions, slot->versions.n, req->flight);
	req->renews = true;
}

/* Not for the entry: each look would take memory for it, and an old one may
 * lie there all the time. It is looked at once the lease is gone. */
static void
cache_look(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];

	(void)state;
	slot->entry_op = NULL;
	cache_plan_lookup(slot, req, false);
	cache_lease_plan(slot, req);
}

static enum flow
serve_hit(struct cache_slot *slot, struct request *req)
{
	slot->lookup = LOOKUP_HIT;
	req->cache_verdict =
	    slot->at.age < slot->at.ttl ? CACHE_VERDICT_HIT : CACHE_VERDICT_OLD;
	cache_found_serve(slot, req);
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

/* What was found of other versions is of no use any more. */
static void
waiting_ends(struct cache_slot *slot)
{
	slot->waits = false;
	slot->bridges = false;
	slot->lookup = LOOKUP_MISS;
}

static enum flow
go_on_missing(struct cache_slot *slot, struct request *req)
{
	slot->tags_known = true;
	if (!slot->waits)
		slot->looked_ms = clock_boot_ms();
	if (slot->lookup == LOOKUP_REFRESH) {
		req->cache_verdict = CACHE_VERDICT_BYPASS;
		cache_gate_flight(slot, req);
		return FLOW_NEXT;
	}
	req->cache_verdict = slot->lookup == LOOKUP_STALE ? CACHE_VERDICT_STALE
							  : CACHE_VERDICT_MISS;
	share_flight(slot, slot->versions.n, req);
	if (slot->waits && !lease_is_named(&slot->lease, req->flight))
		waiting_ends(slot);
	return slot->waits ? cache_lease_look(slot, req) : FLOW_NEXT;
}

/* The entry is there, and the tags are known. */
static enum flow
use_entry(struct cache_slot *slot, struct request *req)
{
	enum entry_check check =
	    entry_unpack(slot->entry_op->value, &slot->versions, &slot->entry);
	enum freshness_verdict verdict;

	if (check == ENTRY_DAMAGED)
		return go_on_missing(slot, req);
	verdict =
	    check == ENTRY_STALE ? FRESH_STALE : cache_found_judge(slot, req);
	if (verdict == FRESH_HIT_RENEW ||
	    (verdict == FRESH_HIT && is_early(slot, req)))
		renew_behind(slot, req);
	if (cache_found_is_hit(verdict))
		return serve_hit(slot, req);
	slot->lookup = verdict == FRESH_STALE ? LOOKUP_STALE : LOOKUP_REFRESH;
	return go_on_missing(slot, req);
}

static enum flow
look(struct cache_slot *slot, struct request *req)
{
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
		return use_entry(slot, req);
	return go_on_missing(slot, req);
}

static enum flow
refuse_query(struct cache_slot *slot, struct request *req)
{
	slot->lookup = LOOKUP_REFUSED;
	slot->bridges = false;
	response_fail(req, 504,
	    "Cache-Control: only-if-cached: no answer to this is cached.");
	return FLOW_DONE;
}

static enum flow
cache_enter(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];
	enum flow flow = FLOW_NEXT;

	(void)state;
	if (slot->explains) {
		cache_explain(slot, req);
		return FLOW_DONE;
	}
	if (slot->claims)
		return cache_lease_claimed(slot, req);
	req->shareable = false;
	req->joins_early = false;
	if (slot->lookup == LOOKUP_NONE || slot->lookup == LOOKUP_BYPASSED)
		return FLOW_NEXT;
	if (slot->lookup != LOOKUP_UNSTORED)
		flow = look(slot, req);
	if (flow != FLOW_DONE && slot->wishes.only_if_cached)
		return refuse_query(slot, req);
	return flow;
}

/* A whole answer of which there may be a copy. */
static bool
is_good(const struct request *req)
{
	const struct response *res = &req->response;

	return res->status == 200 && !res->is_error && !res->streamed &&
	       !res->file.is_open && request_reads(req);
}

/* The tag of a good answer, or of what its service says it is. */
static void
take_tag(struct cache_slot *slot, const struct request *req)
{
	const struct response *res = &req->response;

	if (res->content.has_tag)
		memcpy(slot->entry.etag, res->content.tag, DIGEST_BYTES);
	else if (is_good(req))
		etag_digest(response_body(res), slot->entry.etag);
}

/* Of what has been judged, the client may keep what it is given. */
static bool
may_be_kept(const struct request *req)
{
	const struct response *res = &req->response;

	return (res->status == 200 || res->status == 206 ||
		   res->status == 304) &&
	       !res->is_error && !res->streamed && !res->once &&
	       request_reads(req);
}

/* There is no such record, in words that any request may be told. */
static bool
is_missing(const struct cache_slot *slot, const struct request *req)
{
	const struct response *res = &req->response;

	return res->status == 404 && res->is_error &&
	       slot->plan.fresh.missing > 0 && str_is_null(res->context);
}

/* The request ran its own query: its result may serve others. One of another
 * instance than the key was made by is not stored: were the schema changed
 * back, it would be found under the key of a catalogue that it is not of. */
static void
keep_and_store(struct cache_slot *slot, struct request *req)
{
	bool storable;

	if (slot->tags_known && slot->asked &&
	    req->response.status != RESPONSE_GONE)
		cache_found_learn(slot, req);
	take_tag(slot, req);
	cache_result_keep(&slot->result, req);
	slot->too_big = slot->tags_known &&
			(req->response.streamed || req->response.file.is_open);
	storable = slot->tags_known && (is_good(req) || is_missing(slot, req));
	slot->unkept = storable && (req->n_later > 0 || req->response.unkept);
	if (storable && !slot->unkept)
		cache_store(slot, req);
	if (slot->lease.held)
		cache_lease_end(slot, req);
}

static void
cache_renewed(void *state, struct request *req)
{
	(void)state;
	keep_and_store(req->slot[STAGE_CACHE], req);
}

static bool
cache_plan_claim(void *state, struct request *req)
{
	(void)state;
	return cache_lease_plan_claim(req->slot[STAGE_CACHE], req);
}

static enum flow
cache_claim(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];
	enum flow flow = cache_lease_claim(slot, req);

	(void)state;
	slot->asked = flow == FLOW_NEXT;
	return flow;
}

static void
cache_share(void *state, const struct request *from, struct request *to)
{
	const struct cache_slot *theirs = from->slot[STAGE_CACHE];
	struct cache_slot *slot = to->slot[STAGE_CACHE];

	(void)state;
	slot->joined = true;
	if (str_is_null(theirs->result.message))
		memcpy(slot->entry.etag, theirs->entry.etag, DIGEST_BYTES);
	to->cache_verdict = CACHE_VERDICT_JOINED;
	cache_result_give(&theirs->result, to);
}

/* Nothing that is too old here is for the client to keep. */
static struct keeping
keeping_of(const struct cache_slot *slot, const struct request *req)
{
	bool found = slot->lookup == LOOKUP_HIT || slot->failure != 0;
	bool old = found && slot->at.age >= slot->at.ttl;

	return (struct keeping){
		.client_ttl = old ? 0 : slot->plan.fresh.client,
		.shared = cache_is_shared(slot, req),
	};
}

static void
cache_leave(void *state, struct request *req)
{
	struct cache_slot *slot = req->slot[STAGE_CACHE];
	struct response *res = &req->response;
	struct keeping keeping;

	(void)state;
	if (slot->explains) {
		response_header(res, STR("Cache-Control"), STR("no-store"));
		return;
	}
	if (slot->lookup != LOOKUP_HIT && !slot->joined)
		keep_and_store(slot, req);
	cache_found_bridge(slot, req);
	if (slot->lookup != LOOKUP_NONE) {
		cache_status_put(&res->head, slot);
		cache_tally(slot, req);
	}
	keeping = keeping_of(slot, req);
	if (is_good(req) && !res->once)
		conditional_judge(req, slot->entry.etag);
	if (may_be_kept(req))
		conditional_answer(req, slot->entry.etag, &keeping);
	else
		response_header(res, STR("Cache-Control"), STR("no-store"));
}

static enum status
cache_open(const struct settings *settings, void **state, struct error *err)
{
	(void)settings;
	(void)err;
	*state = calloc(1, sizeof(struct outages));
	if (*state == NULL)
		abort();
	return ST_OK;
}

const struct stage stage_cache = {
	.name = "cache",
	.open = cache_open,
	.close = free,
	.plan = cache_plan,
	.enter = cache_enter,
	.plan_claim = cache_plan_claim,
	.claim = cache_claim,
	.look = cache_look,
	.share = cache_share,
	.leave = cache_leave,
	.renewed = cache_renewed,
};
