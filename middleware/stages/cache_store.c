#include "middleware/stages/cache_store.h"

#include "app/base/clock.h"
#include "app/base/secret.h"
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

void
cache_entry_op(const struct cache_slot *slot, struct cache_op *op)
{
	op->space = &space_responses;
	op->key = slot->key;
	op->shard = tag_shard(slot->plan.tags[0]);
}

static uint32_t
random_u32(void)
{
	uint32_t random;

	secret_random(&random, sizeof(random));
	return random;
}

static uint32_t
cost_of(const struct request *req)
{
	int64_t us = clock_boot_us() - req->arrived_us;

	return us > 0 && us / 1000 < UINT32_MAX ? (uint32_t)(us / 1000) : 0;
}

bool
cache_plan_entry(struct cache_slot *slot, struct request *req)
{
	slot->entry_op = plan_get(req);
	if (slot->entry_op == NULL)
		return false;
	cache_entry_op(slot, slot->entry_op);
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

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Its age is that of what was read at the earliest. */
static void
entry_make(struct cache_slot *slot, const struct request *req)
{
	const struct response *res = &req->response;
	struct entry *entry = &slot->entry;
	uint32_t ttl = slot->plan.fresh.ttl;

	entry->created_ms = req->arrived.wall_ms;
	entry->cost_ms = cost_of(req);
	entry->status = res->status;
	entry->code = res->code;
	entry->ttl = freshness_jitter(
	    res->status == 200 ? ttl : least(ttl, slot->plan.fresh.missing),
	    random_u32());
	entry->content = res->content;
	entry->head = res->is_error ? STR_NULL : buf_str(&res->head);
	entry->type = res->is_error ? STR_NULL : res->type;
	entry->body = res->is_error ? res->message : response_body(res);
}

void
cache_store(struct cache_slot *slot, struct request *req)
{
	struct cache_op op = { .kind = CACHE_SET };
	struct cache_op end;
	struct cache_op *list[] = { &op, &end };
	bool leads = slot->lease.held;

	entry_make(slot, req);
	slot->too_big =
	    slot->entry.body.n > (size_t)req->settings->cache_max_value;
	if (slot->too_big)
		return;
	cache_entry_op(slot, &op);
	op.ttl = slot->entry.status == 200
		     ? freshness_kept(&slot->plan.fresh, slot->entry.ttl)
		     : slot->entry.ttl;
	op.value = entry_pack(req->arena, &slot->entry, &slot->versions);
	if (leads)
		lease_end(req, &slot->lease, STR_NULL, &end);
	slot->stored =
	    stores_exec(req, STORE_CACHE, list, leads ? 2 : 1) == ST_OK &&
	    op.status == ST_OK;
}
