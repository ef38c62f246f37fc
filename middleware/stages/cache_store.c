#include "middleware/stages/cache_store.h"

#include "app/base/settings.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stores.h"

static struct cache_op *
plan_get(struct request *req)
{
	struct cache_op *op = request_plan_op(req, STORE_CACHE);

	if (op != NULL)
		op->kind = CACHE_GET;
	return op;
}

static void
entry_op(const struct cache_slot *slot, struct cache_op *op)
{
	op->space = &space_responses;
	op->key = slot->key;
	op->shard = tag_shard(slot->plan.tags[0]);
}

bool
cache_plan_entry(struct cache_slot *slot, struct request *req)
{
	slot->entry_op = plan_get(req);
	if (slot->entry_op == NULL)
		return false;
	entry_op(slot, slot->entry_op);
	return true;
}

bool
cache_plan_tags(struct cache_slot *slot, struct request *req)
{
	for (size_t i = 0; i < slot->plan.n_tags; i++) {
		slot->tag_ops[i] = plan_get(req);
		if (slot->tag_ops[i] == NULL)
			return false;
		tag_op(slot->tag_ops[i], slot->plan.tags[i]);
	}
	return true;
}

bool
cache_store_failed(const struct cache_slot *slot)
{
	const struct cache_op *entry = slot->entry_op;

	if (entry != NULL && entry->status != ST_OK &&
	    entry->status != ST_MISSING)
		return true;
	for (size_t i = 0; i < slot->versions.n; i++) {
		enum status st = slot->tag_ops[i]->status;

		if (st != ST_OK && st != ST_MISSING)
			return true;
	}
	return false;
}

void
cache_store(struct cache_slot *slot, struct request *req)
{
	struct cache_op op = { .kind = CACHE_SET };
	struct cache_op *list[] = { &op };

	slot->entry.created_ms = req->arrived.wall_ms;
	slot->entry.ttl = (uint32_t)req->service->cache_ttl;
	slot->entry.type = req->response.type;
	slot->entry.body = response_body(&req->response);
	if (slot->entry.body.n > (size_t)req->settings->cache_max_value)
		return;
	entry_op(slot, &op);
	op.ttl = slot->entry.ttl;
	op.value = entry_pack(req->arena, &slot->entry, &slot->versions);
	slot->stored = stores_exec(req, STORE_CACHE, list, 1) == ST_OK &&
		       op.status == ST_OK;
}
