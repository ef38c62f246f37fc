#include "middleware/stages/cache_found.h"

#include "app/base/clock.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/outages.h"

/* By the service as it is now: a shorter time counts at once. */
static struct cache_age
age_of(const struct entry *entry, uint32_t ttl, int64_t now_ms)
{
	int64_t age = (now_ms - entry->created_ms) / 1000;

	return (struct cache_age){
		.age = age > 0 ? age : 0,
		.ttl = entry->ttl < ttl ? entry->ttl : ttl,
	};
}

enum freshness_verdict
cache_found_judge(struct cache_slot *slot, const struct request *req)
{
	struct freshness policy = slot->plan.fresh;
	enum freshness_verdict verdict;

	if (slot->entry.status != 200)
		policy = (struct freshness){ .ttl = policy.missing };
	slot->at = age_of(&slot->entry, policy.ttl, req->arrived.wall_ms);
	verdict = freshness_judge(&policy, &slot->wishes, &slot->at);
	slot->bridges =
	    verdict == FRESH_STALE && freshness_bridges(&policy, &slot->at);
	slot->outage =
	    slot->bridges &&
	    outage_lasts(slot->outages, req->service->id, req->arrived.boot_ms);
	return slot->outage ? FRESH_HIT_RENEW : verdict;
}

bool
cache_found_is_hit(enum freshness_verdict verdict)
{
	return verdict == FRESH_HIT || verdict == FRESH_HIT_RENEW;
}

void
cache_found_serve(struct cache_slot *slot, struct request *req)
{
	const struct entry *entry = &slot->entry;
	struct response *res = &req->response;

	if (entry->status != 200) {
		response_fail_context(
		    req, entry->status, entry->code, STR_NULL, entry->body);
		return;
	}
	res->status = entry->status;
	res->is_error = false;
	res->message = STR_NULL;
	res->context = STR_NULL;
	res->type = entry->type;
	res->content = entry->content;
	buf_put(&res->head, entry->head);
	res->body = entry->body;
}

/* Those of which RFC 5861 section 4 speaks. */
static bool
is_failure(const struct response *res)
{
	return res->is_error && (res->status == 500 || res->status == 502 ||
				    res->status == 503 || res->status == 504);
}

void
cache_found_learn(const struct cache_slot *slot, const struct request *req)
{
	const struct response *res = &req->response;

	if (is_failure(res) && !res->local)
		outage_note(slot->outages, req->service->id,
		    req->arrived.boot_ms, clock_boot_ms());
	else if (!res->is_error)
		outage_end(slot->outages, req->service->id);
}

/* The head of the failure stays as it is: others may be given it. */
void
cache_found_bridge(struct cache_slot *slot, struct request *req)
{
	if (!slot->bridges || !is_failure(&req->response) || req->response.cut)
		return;
	slot->failure = req->response.status;
	req->response.head = buf_in(req->arena);
	cache_found_serve(slot, req);
	req->cache_verdict = CACHE_VERDICT_OLD;
}
