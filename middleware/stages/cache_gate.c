#include "middleware/stages/cache_gate.h"

#include "app/base/arena.h"
#include "middleware/request.h"
#include "middleware/stages/cache_key.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_store.h"
#include "middleware/stores.h"

#define CLOSED_TTL 1 /* seconds from one query to the next */

void
cache_gate_flight(struct cache_slot *slot, struct request *req)
{
	if (str_is_null(slot->gate))
		slot->gate = arena_printf(
		    req->arena, "r%.*s", STR_ARG(str_skip(slot->key, 1)));
	cache_flight(slot->gate, &slot->versions, 0, req->flight);
	req->shareable = true;
	req->joins_early = true;
}

bool
cache_gate_stands(const struct cache_slot *slot, const struct request *req)
{
	return slot->lookup == LOOKUP_REFRESH && slot->tags_known &&
	       !slot->passed && !req->asks_anyway;
}

static void
fill(const struct cache_slot *slot, struct cache_op *op)
{
	cache_entry_op(slot, op);
	op->kind = CACHE_ADD;
	op->key = slot->gate;
	op->value = STR("1");
	op->ttl = CLOSED_TTL;
}

static enum flow
flow_of(struct cache_slot *slot, enum status st)
{
	slot->passed = st != ST_EXISTS;
	return slot->passed ? FLOW_NEXT : FLOW_WAIT;
}

void
cache_gate_plan(struct cache_slot *slot, struct request *req)
{
	slot->lease_op = request_plan_op(req, STORE_CACHE);
	fill(slot, slot->lease_op);
}

enum flow
cache_gate_planned(struct cache_slot *slot)
{
	return flow_of(slot, slot->lease_op->status);
}

enum flow
cache_gate_pass(struct cache_slot *slot, struct request *req)
{
	struct cache_op op = { 0 };
	struct cache_op *list[] = { &op };
	enum status st;

	fill(slot, &op);
	st = stores_exec(req, STORE_CACHE, list, 1);
	return flow_of(slot, st == ST_OK ? op.status : st);
}
