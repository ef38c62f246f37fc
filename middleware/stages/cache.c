/*
 * Is the answer here already? Follows the tag protocol of architecture.md:
 * entry and tags are read in one batch; the entry counts only if it was made
 * under the very tag versions that stand now. What a miss will store carries
 * the versions read before its query, so a write in between makes it useless.
 */
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/entry.h"
#include "middleware/pending.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/request_lookup.h"
#include "middleware/service.h"
#include "middleware/stages/conditional.h"
#include "middleware/stages/stages.h"
#include "middleware/stores.h"

/* "e:" and the digest of the entry's name in hexadecimal. */
#define ENTRY_KEY_BYTES (2 + 2 * DIGEST_BYTES)

enum lookup {
	LOOKUP_NONE, /* this request is not cacheable */
	LOOKUP_HIT,
	LOOKUP_MISS,
	LOOKUP_STALE,   /* found, but a tag changed since */
	LOOKUP_REFRESH, /* the client wants a new one */
	LOOKUP_SKIPPED, /* the store did not answer */
	LOOKUP_JOINED   /* answered by the query of another request */
};

/* What the query gave, before the request's own headers and conditions. */
struct result {
	int status;
	struct str type;
	struct str head;
	struct str body;
	/* of an error, whose envelope names its own request */
	struct str message;
	struct str context;
	int code;
};

struct cache_slot {
	struct cache_plan plan;
	struct str key;
	struct cache_op *entry_op; /* NULL: the entry is not wanted */
	struct cache_op *tag_ops[TAGS_MAX];
	struct tag_versions versions;
	enum lookup lookup;
	bool tags_known;
	bool stored;
	struct entry entry; /* of a hit, or as it was stored */
	struct result result;
};

static bool
wants_fresh(const struct request *req)
{
	return str_to_bool(request_query(req, STR("refresh"))) ||
	       cache_control_has(req->param[PARAM_CACHE_CONTROL], "no-cache");
}

/*
 * The entry's name: all that can change the answer. A caller's rights stand
 * in it as the fingerprint of its role and the values of what its row filters
 * look up, so that two callers share an entry only when the answer must be the
 * same.
 */
static struct str
entry_key(struct request *req, struct cache_plan *plan)
{
	const struct service *service = req->service;
	struct buf *text = &plan->key;
	uint8_t name[DIGEST_BYTES];
	char *key = arena_alloc(req->arena, ENTRY_KEY_BYTES);

	buf_put_char(text, '\n');
	buf_put(text, service->name);
	buf_put_char(text, '\n');
	buf_put(text, service->config);
	buf_put_char(text, '\n');
	buf_put(
	    text, str_make((const char *)req->role->fingerprint, DIGEST_BYTES));
	if (format_of(req)->format != FORMAT_JSON) {
		buf_put_char(text, '\n');
		buf_put(text, format_name(format_of(req)->format));
	}
	request_lookups_put(text, req);
	digest(buf_str(text), name);
	key[0] = 'e';
	key[1] = ':';
	hex_encode(key + 2, name, DIGEST_BYTES);
	return str_make(key, ENTRY_KEY_BYTES);
}

static struct cache_op *
plan_get(struct request *req)
{
	struct cache_op *op = request_plan_op(req, STORE_CACHE);

	if (op != NULL)
		op->kind = CACHE_GET;
	return op;
}

/* The entry lies with its tags. */
static void
entry_op(const struct cache_slot *slot, struct cache_op *op)
{
	op->space = &space_responses;
	op->key = slot->key;
	op->shard = tag_shard(slot->plan.tags[0]);
}

static bool
plan_entry(struct cache_slot *slot, struct request *req)
{
	slot->entry_op = plan_get(req);
	if (slot->entry_op == NULL)
		return false;
	entry_op(slot, slot->entry_op);
	return true;
}

static bool
plan_tags(struct cache_slot *slot, struct request *req)
{
	for (size_t i = 0; i < slot->plan.n_tags; i++) {
		slot->tag_ops[i] = plan_get(req);
		if (slot->tag_ops[i] == NULL)
			return false;
		tag_op(slot->tag_ops[i], slot->plan.tags[i]);
	}
	return true;
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
	slot->key = entry_key(req, &slot->plan);
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
	if ((slot->lookup != LOOKUP_REFRESH && !plan_entry(slot, req)) ||
	    !plan_tags(slot, req))
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

/* An operation without an answer. */
static bool
store_failed(const struct cache_slot *slot)
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
name_flight(const struct cache_slot *slot, size_t n, struct request *req)
{
	char text[ENTRY_KEY_BYTES + TAGS_MAX * TAG_VERSION_BYTES];
	size_t tags = n * TAG_VERSION_BYTES;

	_Static_assert(FLIGHT_NAME_BYTES == DIGEST_BYTES, "a digest names it");
	memcpy(text, slot->key.p, slot->key.n);
	memcpy(text + slot->key.n, slot->versions.version, tags);
	digest(str_make(text, slot->key.n + tags), req->flight);
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
	name_flight(slot, slot->versions.n, req);
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
	    store_failed(slot))
		return skip_store(slot, req);
	if (!tags_take(&slot->versions, slot->tag_ops)) {
		if (!req->may_block) {
			name_flight(slot, 0, req);
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
store(struct cache_slot *slot, struct request *req)
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

static void
keep_result(struct cache_slot *slot, const struct request *req)
{
	const struct response *res = &req->response;

	slot->result = (struct result){
		.status = res->status,
		.type = res->type,
		.head = buf_str(&res->head),
		.body = response_body(res),
		.message = res->message,
		.context = res->context,
		.code = res->code,
	};
}

static void
cache_share(void *state, const struct request *from, struct request *to)
{
	const struct cache_slot *theirs = from->slot[STAGE_CACHE];
	struct cache_slot *slot = to->slot[STAGE_CACHE];
	const struct result *result = &theirs->result;

	(void)state;
	slot->lookup = LOOKUP_JOINED;
	memcpy(slot->entry.etag, theirs->entry.etag, DIGEST_BYTES);
	to->cache_verdict = CACHE_VERDICT_JOINED;
	if (result->message.p != NULL) {
		response_fail_context(to, result->status, result->code,
		    result->context, arena_dup(to->arena, result->message));
	} else {
		to->response.status = result->status;
		to->response.type = result->type;
		/* Copied: the waiter's answer may outlive the leader's. */
		to->response.body = arena_dup(to->arena, result->body);
	}
	buf_put(&to->response.head, result->head);
}

static void
put_cache_status(const struct cache_slot *slot, struct request *req)
{
	static const char *const forwarded[] = {
		[LOOKUP_MISS] = "fwd=miss",
		[LOOKUP_STALE] = "fwd=stale",
		[LOOKUP_REFRESH] = "fwd=request",
		[LOOKUP_SKIPPED] = "fwd=bypass; detail=store-unavailable",
		[LOOKUP_JOINED] = "fwd=miss; collapsed",
	};
	struct buf *b = &req->response.head;
	int64_t age = (req->arrived.wall_ms - slot->entry.created_ms) / 1000;

	buf_put_lit(b, "Cache-Status: weir; ");
	if (slot->lookup == LOOKUP_HIT) {
		if (age < 0)
			age = 0;
		buf_put_lit(b, "hit; ttl=");
		buf_put_i64(b, (int64_t)slot->entry.ttl - age);
		buf_put_lit(b, "\r\nAge: ");
		buf_put_i64(b, age);
	} else {
		buf_put(b, str_of(forwarded[slot->lookup]));
		if (slot->stored)
			buf_put_lit(b, "; stored");
	}
	buf_put_lit(b, "\r\n");
}

/* The request ran its own query: its result may serve others. One of another
 * instance than the key was made by is not stored: were the schema changed
 * back, it would be found under the key of a catalogue that it is not of. */
static void
keep_and_store(struct cache_slot *slot, struct request *req, bool good)
{
	if (good)
		digest(response_body(&req->response), slot->entry.etag);
	keep_result(slot, req);
	if (good && slot->tags_known && req->n_later == 0)
		store(slot, req);
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
		put_cache_status(slot, req);
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
