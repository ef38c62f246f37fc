#include "middleware/stages/cache_plan.h"

#include "app/base/settings.h"
#include "middleware/pending.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/cache_key.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_store.h"
#include "middleware/stores.h"

static struct cache_wishes
wishes_of(const struct request *req)
{
	struct cache_wishes wishes =
	    cache_wishes_read(req->param[PARAM_CACHE_CONTROL]);

	if (str_to_bool(request_query(req, STR("refresh"))))
		wishes.no_cache = true;
	return wishes;
}

static bool
is_cacheable(const struct request *req)
{
	const struct service *service = req->service;

	return request_reads(req) && !request_is_document(req) &&
	       !req->tunnelled && !req->has_body && service != NULL &&
	       req->role != NULL && service->cache_enabled &&
	       service->instance != NULL && service->type->cache_plan != NULL;
}

void
cache_plan_lookup(struct cache_slot *slot, struct request *req, bool entry)
{
	if (pending_any(
		req->stores->pending, slot->plan.tags, slot->plan.n_tags))
		slot->lookup = LOOKUP_SKIPPED;
	else if ((entry && !cache_plan_entry(slot, req)) ||
		 !cache_plan_tags(slot, req))
		slot->lookup = LOOKUP_BYPASSED; /* more than fit */
}

/* What the service says of the request; false: it is not cached. */
static bool
plan_key(struct cache_slot *slot, struct request *req)
{
	slot->plan.key = buf_in(req->arena);
	slot->planned = req->service->type->cache_plan(req, &slot->plan);
	return slot->planned == ST_OK && slot->plan.n_tags > 0;
}

void
cache_plan_request(struct cache_slot *slot, struct request *req)
{
	if (!is_cacheable(req))
		return;
	if (!plan_key(slot, req)) {
		slot->lookup = LOOKUP_BYPASSED;
		return;
	}
	if (slot->plan.fresh.ttl == 0)
		slot->plan.fresh.ttl = (uint32_t)req->service->cache_ttl;
	slot->wishes = wishes_of(req);
	if (slot->wishes.no_store && !slot->explains) {
		slot->lookup = LOOKUP_UNSTORED;
		return;
	}
	slot->text = buf_str(&slot->plan.key);
	slot->key = cache_key(req, &slot->plan);
	req->storable_bytes = (size_t)req->settings->cache_max_value;
	slot->lookup = LOOKUP_MISS;
	slot->versions.n = slot->plan.n_tags;
	if (slot->wishes.no_cache)
		slot->lookup = LOOKUP_REFRESH;
	cache_plan_lookup(
	    slot, req, slot->explains || slot->lookup != LOOKUP_REFRESH);
}

bool
cache_is_shared(const struct cache_slot *slot, const struct request *req)
{
	return slot->plan.fresh.shared && !req->service->filtered;
}
