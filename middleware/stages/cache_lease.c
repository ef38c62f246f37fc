#include "middleware/stages/cache_lease.h"

#include "app/base/clock.h"
#include "middleware/request.h"
#include "middleware/stages/cache_found.h"
#include "middleware/stages/cache_gate.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_store.h"
#include "middleware/stores.h"

/* After so long another may have asked and stored: look before asking. */
#define FRESH_MS 10

static bool
is_renewal(const struct cache_slot *slot)
{
	return slot->lookup == LOOKUP_HIT;
}

static bool
take_entry(struct cache_slot *slot, const struct request *req, struct str bytes)
{
	return entry_unpack(bytes, &slot->versions, &slot->entry) ==
		   ENTRY_GOOD &&
	       cache_found_is_hit(cache_found_judge(slot, req)) &&
	       !slot->outage; /* else it is the old one, and no answer */
}

/* The answer has come since the lookup. It is as good as if it had been found
 * then: its tags have the versions that stood then. */
static bool
has_come(struct cache_slot *slot, struct request *req)
{
	struct cache_op op = { .kind = CACHE_GET };
	struct cache_op *list[] = { &op };
	struct cache_age at = slot->at;
	struct entry entry = slot->entry;
	bool bridges = slot->bridges;

	if (is_renewal(slot) || slot->claimed_ms - slot->looked_ms < FRESH_MS)
		return false;
	cache_entry_op(slot, &op);
	if (stores_exec(req, STORE_CACHE, list, 1) != ST_OK ||
	    op.status != ST_OK)
		return false;
	if (take_entry(slot, req, op.value))
		return true;
	slot->entry = entry;
	slot->at = at;
	slot->bridges = bridges;
	slot->outage = false;
	return false;
}

/* The waiters are given the same. */
static enum flow
join(struct cache_slot *slot, struct request *req)
{
	slot->joined = true;
	req->cache_verdict = CACHE_VERDICT_JOINED;
	cache_found_serve(slot, req);
	cache_result_keep(&slot->result, req);
	return FLOW_DONE;
}

static bool
may_claim(const struct cache_slot *slot, const struct request *req)
{
	return slot->tags_known && !req->asks_anyway && !slot->lease.held &&
	       slot->lookup != LOOKUP_REFRESH &&
	       (req->shareable || is_renewal(slot));
}

static void
name(struct cache_slot *slot, const struct request *req)
{
	lease_name(&slot->lease, req->flight, tag_shard(slot->plan.tags[0]));
}

bool
cache_lease_plan_claim(struct cache_slot *slot, struct request *req)
{
	const struct store *store = stores_of_request(req, STORE_CACHE);
	struct cache_op *op;

	if (store->driver->room == CACHE_INLINE)
		return false;
	if (cache_gate_stands(slot, req)) {
		cache_gate_plan(slot, req);
		slot->claims = true;
		return true;
	}
	/* A lease that was seen needs more than a claim. */
	if (!may_claim(slot, req) || slot->waits)
		return false;
	op = request_plan_op(req, STORE_CACHE);
	name(slot, req);
	lease_try(&slot->lease, op);
	slot->lease_op = op;
	slot->claims = true;
	return true;
}

static enum flow
take_claim(struct cache_slot *slot, struct request *req, enum lease_claim claim)
{
	slot->waits = claim == LEASE_WAIT;
	slot->claimed_ms = clock_boot_ms();
	req->asks_anyway |= claim == LEASE_ALONE;
	return slot->waits ? FLOW_WAIT : FLOW_NEXT;
}

enum flow
cache_lease_claimed(struct cache_slot *slot, struct request *req)
{
	slot->claims = false;
	if (slot->lookup == LOOKUP_REFRESH)
		return cache_gate_planned(slot);
	return take_claim(
	    slot, req, lease_claimed(req, &slot->lease, slot->lease_op));
}

enum flow
cache_lease_claim(struct cache_slot *slot, struct request *req)
{
	if (cache_gate_stands(slot, req))
		return cache_gate_pass(slot, req);
	if (may_claim(slot, req)) {
		name(slot, req);
		if (take_claim(slot, req, lease_claim(req, &slot->lease)) ==
		    FLOW_WAIT)
			return FLOW_WAIT;
	}
	if (!slot->lease.held || !has_come(slot, req))
		return FLOW_NEXT;
	cache_lease_end(slot, req);
	return join(slot, req);
}

void
cache_lease_plan(struct cache_slot *slot, struct request *req)
{
	slot->lease_op = slot->waits ? request_plan_op(req, STORE_CACHE) : NULL;
	if (slot->lease_op == NULL)
		return;
	slot->lease_op->kind = CACHE_GET;
	lease_op(&slot->lease, slot->lease_op);
}

static enum flow
fail(struct cache_slot *slot, struct request *req, struct str failure)
{
	struct cache_result result;

	if (!cache_result_unpack(failure, &result))
		return FLOW_NEXT;
	slot->joined = true;
	req->cache_verdict = CACHE_VERDICT_JOINED;
	cache_result_give(&result, req);
	cache_result_keep(&slot->result, req);
	return FLOW_DONE;
}

enum flow
cache_lease_look(struct cache_slot *slot, struct request *req)
{
	struct str failure;

	if (slot->lease_op == NULL || slot->lease_op->status != ST_OK)
		return FLOW_NEXT;
	switch (lease_see(&slot->lease.watch, slot->lease_op->value,
	    clock_boot_ms(), &failure)) {
	case LEASE_BUSY:
		return FLOW_WAIT;
	case LEASE_FAILED:
		return fail(slot, req, failure);
	case LEASE_DEAD:
		break;
	}
	return FLOW_NEXT;
}

void
cache_lease_end(struct cache_slot *slot, struct request *req)
{
	const struct cache_result *result = &slot->result;
	/* What was judged by the conditions of this request is for no other. */
	bool told = result->message.p != NULL &&
		    result->status != RESPONSE_GONE && !req->response.local &&
		    !req->response.judged;
	struct str failure = STR_NULL;
	struct cache_op op;
	struct cache_op *list[] = { &op };

	if (!req->may_block) {
		lease_give_up(req, &slot->lease);
		return;
	}
	if (told)
		failure = cache_result_pack(req->arena, result);
	lease_end(req, &slot->lease, failure, &op);
	/* Should it fail, the others find the lease dead. */
	(void)stores_exec(req, STORE_CACHE, list, 1);
}
