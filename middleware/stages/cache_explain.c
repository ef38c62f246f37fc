#include "middleware/stages/cache_explain.h"

#include "app/base/arena.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/cache_found.h"
#include "middleware/stages/cache_report.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/cache_store.h"

#define UNCACHEABLE "uncacheable"

static void
decide(struct explanation *x, const char *verdict, struct str reason)
{
	x->verdict = verdict;
	x->reason = reason;
}

/* Why nothing is cached of such a call, in the order in which it is asked. */
static struct str
request_reason(const struct request *req)
{
	const struct service *service = req->service;

	if (service == NULL)
		return STR("The list of services is not cached.");
	if (!request_reads(req))
		return arena_printf(req->arena,
		    "%.*s is not cached: only GET and HEAD are.",
		    STR_ARG(method_name(req->method)));
	if (req->tunnelled || req->has_body)
		return STR("It was sent as POST or has a body, on which the "
			   "answer may depend.");
	if (service->type == NULL || service->type->cache_plan == NULL)
		return arena_printf(req->arena,
		    "Services of the type %.*s keep no answers.",
		    STR_ARG(service->type_name));
	if (!service->cache_enabled)
		return STR("The service has no cache_enabled.");
	if (service->instance == NULL)
		return STR("The service is not available now.");
	return req->role == NULL ? STR("Only what a role reads is cached.")
				 : STR_NULL;
}

/* The same of this one, of which the service has been asked. */
static struct str
plan_reason(const struct explanation *x, const struct cache_slot *slot)
{
	if (x->refusal.text[0] != '\0')
		return STR("The service would refuse the call.");
	if (!str_is_null(slot->plan.why))
		return slot->plan.why;
	if (slot->planned == ST_REFUSED)
		return STR("cache_ttl_by_table is 0 for a table that it "
			   "reads.");
	if (slot->planned == ST_TOO_BIG || slot->plan.n_tags > 0)
		return STR("It depends on more tables than an entry can "
			   "name.");
	return STR("The service does not cache this resource.");
}

static struct str
uncacheable_reason(const struct explanation *x, const struct cache_slot *slot,
    const struct request *req)
{
	struct str reason = request_reason(req);

	return str_is_null(reason) ? plan_reason(x, slot) : reason;
}

/* Tags of files name places, of which no client is told. */
static struct str
file_meaning(struct str name)
{
	if (name.p[0] == '*')
		return STR("the files of the service as a whole");
	return str_ends(name, STR("**")) ? STR("what lies below the folder")
					 : STR("what lies in the folder");
}

/* "the table 'books'" */
static struct str
tag_meaning(struct arena *arena, struct str tag)
{
	struct str name = str_skip(tag, 2);

	(void)str_cut(&name, ':');
	if (str_eq(name, STR("*")))
		return STR("the database as a whole");
	if (str_starts(name, STR("/")) || str_starts(name, STR("*/")))
		return file_meaning(name);
	if (str_eq(name, STR("?")))
		return STR("some table of the database");
	return arena_printf(arena, "the table '%.*s'", STR_ARG(name));
}

/* Nobody has read what depends on it since the last write. */
static struct str
missing_reason(const struct cache_slot *slot, const struct request *req)
{
	for (size_t i = 0; i < slot->plan.n_tags; i++) {
		if (slot->tag_ops[i]->status == ST_MISSING)
			return arena_printf(req->arena,
			    "Nothing is kept that depends on %.*s: it was "
			    "written or flushed, or never read.",
			    STR_ARG(
				tag_meaning(req->arena, slot->plan.tags[i])));
	}
	return STR("The servers of the store have changed.");
}

static struct str
outdated_reason(const struct cache_slot *slot, const struct tag_versions *made,
    const struct request *req)
{
	const struct tag_versions *now = &slot->versions;

	for (size_t i = 0; i < now->n; i++) {
		if (memcmp(now->version[i], made->version[i],
			TAG_VERSION_BYTES) != 0)
			return arena_printf(req->arena,
			    "What is kept is outdated by a write or a flush: "
			    "%.*s.",
			    STR_ARG(
				tag_meaning(req->arena, slot->plan.tags[i])));
	}
	return STR("The store has begun anew since the entry was made.");
}

/* It was made under the tags that stand. */
static void
judge(struct explanation *x, struct cache_slot *slot, const struct request *req)
{
	enum freshness_verdict verdict = cache_found_judge(slot, req);
	bool old = slot->at.age >= slot->at.ttl;

	if (verdict == FRESH_REQUEST)
		decide(x, "bypass",
		    STR("What is kept is good, but the call's Cache-Control "
			"wants a newer one."));
	else if (verdict == FRESH_STALE)
		decide(x, "stale", STR("What is kept is beyond its time."));
	else if (old && slot->outage)
		decide(x, "old",
		    STR("It is beyond its time, but the database fails."));
	else if (old)
		decide(x, "old",
		    STR("It is beyond its time, but may be served still."));
	else
		decide(x, "hit", STR("It is kept, and nothing has changed."));
}

/* What lies there, whatever has become of its tags. */
static bool
take_entry(struct explanation *x, struct cache_slot *slot,
    const struct request *req, struct tag_versions *made)
{
	const struct cache_op *op = slot->entry_op;

	x->found = op->status == ST_OK &&
		   entry_versions(op->value, slot->plan.n_tags, made) &&
		   entry_unpack(op->value, made, &slot->entry) == ENTRY_GOOD;
	if (x->found)
		(void)cache_found_judge(slot, req);
	return x->found;
}

static bool
is_outdated(const struct tag_versions *made, const struct tag_versions *now)
{
	return memcmp(made->incarnation, now->incarnation, INCARNATION_BYTES) !=
		   0 ||
	       memcmp(made->version, now->version,
		   now->n * TAG_VERSION_BYTES) != 0;
}

static struct str
absent_reason(const struct cache_slot *slot, const struct request *req)
{
	struct str why = slot->plan.why;

	return arena_printf(req->arena, "Nothing is kept under its key.%s%.*s",
	    str_is_null(why) ? "" : " ", STR_ARG(why));
}

static void
decide_found(
    struct explanation *x, struct cache_slot *slot, const struct request *req)
{
	struct tag_versions made;
	bool found = take_entry(x, slot, req, &made);

	x->tags_told = true;
	if (!tags_take(&slot->versions, slot->tag_ops)) {
		x->outdated = true;
		decide(x, "miss", missing_reason(slot, req));
	} else if (!found) {
		decide(x, "miss", absent_reason(slot, req));
	} else if (is_outdated(&made, &slot->versions)) {
		x->outdated = true;
		decide(x, "stale", outdated_reason(slot, &made, req));
	} else {
		judge(x, slot, req);
	}
}

/* Who wants no cached answer is not told of any. */
static void
decide_wishes(struct explanation *x, const struct cache_slot *slot,
    const struct request *req)
{
	if (slot->wishes.no_store)
		decide(x, "bypass",
		    STR("The call wants nothing to be kept: no-store."));
	else if (slot->wishes.no_cache && x->tags_told)
		decide(x, "bypass",
		    STR("The call asks for a newer answer: no-cache or "
			"refresh."));
	if (slot->wishes.only_if_cached && strcmp(x->verdict, "hit") != 0 &&
	    strcmp(x->verdict, "old") != 0)
		x->reason = arena_printf(req->arena,
		    "%.*s It wants no other than a cached one "
		    "(only-if-cached): 504.",
		    STR_ARG(x->reason));
}

static bool
is_looked_for(const struct cache_slot *slot)
{
	return slot->lookup != LOOKUP_NONE && slot->lookup != LOOKUP_BYPASSED;
}

static void
decide_lookup(
    struct explanation *x, struct cache_slot *slot, const struct request *req)
{
	if (!is_looked_for(slot))
		decide(x, UNCACHEABLE, uncacheable_reason(x, slot, req));
	else if (slot->lookup == LOOKUP_SKIPPED)
		decide(x, "bypass",
		    STR("A write could not tell the store of itself, and this "
			"process waits until it can."));
	else if (req->skip_store || cache_store_failed(slot))
		decide(x, "bypass", STR("The store does not answer."));
	else
		decide_found(x, slot, req);
	if (is_looked_for(slot))
		decide_wishes(x, slot, req);
}

static void
ask_service(struct explanation *x, struct request *req)
{
	const struct service *service = req->service;

	if (!request_reads(req) || request_is_document(req) || req->tunnelled ||
	    service == NULL || service->instance == NULL ||
	    service->type->explain == NULL)
		return;
	if (service->type->explain(req, &x->sql, &x->refusal) != ST_OK)
		x->sql.n = 0;
}

void
cache_explain(struct cache_slot *slot, struct request *req)
{
	struct explanation *x = arena_zalloc(req->arena, sizeof(*x));
	struct response *res = &req->response;

	ask_service(x, req);
	decide_lookup(x, slot, req);
	res->status = 200;
	res->type = format_type(FORMAT_JSON);
	cache_report(&res->build, x, slot, req);
}
