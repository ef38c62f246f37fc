#include "middleware/stages/cache_report.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "middleware/etag.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"
#include "middleware/request_lookup.h"
#include "middleware/stages/cache_plan.h"
#include "middleware/stages/cache_slot.h"
#include "middleware/stages/limit_choice.h"
#include "middleware/stages/limit_slot.h"
#include "middleware/stages/ratelimit.h"

/* A string, or null. */
static void
put_value(struct buf *b, struct str value)
{
	if (str_is_null(value))
		buf_put_lit(b, "null");
	else
		json_put_str(b, value);
}

static void
put_text(struct buf *b, struct str name, struct str value)
{
	json_put_name(b, name);
	put_value(b, value);
}

static void
put_i64(struct buf *b, struct str name, int64_t value)
{
	json_put_name(b, name);
	buf_put_i64(b, value);
}

static void
put_bool(struct buf *b, struct str name, bool value)
{
	json_put_name(b, name);
	json_put_bool(b, value);
}

/* Opens an object or array: a member, or another element. */
static void
put_open(struct buf *b, struct str name, char c)
{
	json_put_name(b, name);
	buf_put_char(b, c);
}

static void
element_open(struct buf *b)
{
	buf_put(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
}

static void
put_caller(struct buf *b, const struct request *req)
{
	const struct principal *who = req->principal;

	put_text(b, STR("app"), req->app == NULL ? STR_NULL : req->app->name);
	put_text(
	    b, STR("role"), req->role == NULL ? STR_NULL : req->role->name);
	put_text(b, STR("user"), who == NULL ? STR_NULL : who->email);
}

static void
put_call(struct buf *b, const struct request *req)
{
	const struct service *service = req->service;

	put_text(b, STR("method"), method_name(req->method));
	put_text(b, STR("service"), service == NULL ? STR_NULL : service->name);
	put_text(b, STR("resource"), req->resource);
	put_caller(b, req);
}

/* The first of what the role's filters look up that is the user's own. */
static struct str
own_lookup(const struct request *req)
{
	struct lookup_source source = request_lookups(req);
	const struct role *role = req->role;

	for (size_t i = 0; role != NULL && i < role->n_looked_up; i++) {
		struct str name = lookup_text_name(&source, role->looked_up[i]);

		if (request_lookup_is_own(req, name))
			return name;
	}
	return STR_NULL;
}

static void
put_scope(
    struct buf *b, const struct cache_slot *slot, const struct request *req)
{
	struct str own = own_lookup(req);
	struct str kind = STR("role");
	struct str reason = STR("It is shared by all whose roles have the "
				"same rights.");

	if (cache_is_shared(slot, req)) {
		kind = STR("public");
		reason = STR("The service's cache_scope is public: proxies may "
			     "give it to everybody, without a key.");
	} else if (req->is_open) {
		kind = STR("public");
		reason = STR("Everybody may call it, whatever the role.");
	} else if (!str_is_null(own)) {
		kind = STR("user");
		reason = arena_printf(req->arena,
		    "Row filters of the role look up {%.*s}: it is shared only "
		    "where that has the same value.",
		    STR_ARG(own));
	}
	put_open(b, STR("scope"), '{');
	put_text(b, STR("kind"), kind);
	put_text(b, STR("reason"), reason);
	if (slot->plan.fresh.shared && req->service->filtered)
		put_text(b, STR("note"),
		    STR("The service's cache_scope is public, which has no "
			"effect while a role has row filters for it."));
	buf_put_char(b, '}');
}

/* Those of the service's config may be secrets: their names do. */
static void
put_lookups(struct buf *b, struct request *req)
{
	struct lookup_source source = request_lookups(req);
	const struct lookups *of_service = &req->service->lookups;

	put_open(b, STR("lookups"), '{');
	for (size_t i = 0; i < req->role->n_looked_up; i++) {
		struct str name = req->role->looked_up[i];
		struct str value = STR_NULL;

		(void)lookup_text_value(req->arena, &source, name, &value);
		put_text(b, name, value);
	}
	buf_put_char(b, '}');
	put_open(b, STR("config_lookups"), '[');
	for (size_t i = 0; i < of_service->n; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		json_put_str(b, of_service->list[i].name);
	}
	buf_put_char(b, ']');
}

/* All that goes into the key (cache_key.h), but for the config, which has
 * secrets. */
static void
put_key(struct buf *b, const struct cache_slot *slot, struct request *req)
{
	char rights[2 * DIGEST_BYTES];

	if (str_is_null(slot->key)) {
		put_text(b, STR("key"), STR_NULL);
		return;
	}
	hex_encode(rights, req->role->fingerprint, DIGEST_BYTES);
	put_open(b, STR("key"), '{');
	put_text(b, STR("name"), slot->key);
	put_text(b, STR("request"), slot->text);
	put_text(b, STR("service"), req->service->name);
	put_text(b, STR("rights"), str_make(rights, sizeof(rights)));
	put_text(b, STR("format"),
	    format_is_verbatim(req) ? STR_NULL
				    : format_name(format_of(req)->format));
	put_lookups(b, req);
	buf_put_char(b, '}');
}

static void
put_tags(
    struct buf *b, const struct explanation *x, const struct cache_slot *slot)
{
	bool planned = !str_is_null(slot->key);

	put_open(b, STR("tags"), '[');
	for (size_t i = 0; planned && i < slot->plan.n_tags; i++) {
		struct str part = str_skip(slot->plan.tags[i], 2);

		(void)str_cut(&part, ':');
		element_open(b);
		put_text(b, STR("name"), slot->plan.tags[i]);
		put_text(b, STR("of"), part);
		if (x->tags_told)
			put_bool(b, STR("stands"),
			    slot->tag_ops[i]->status == ST_OK);
		else
			put_text(b, STR("stands"), STR_NULL);
		buf_put_char(b, '}');
	}
	buf_put_char(b, ']');
}

/* Seconds that an answer counts, and beyond that. */
static void
put_times(struct buf *b, const struct cache_slot *slot)
{
	const struct freshness *fresh = &slot->plan.fresh;

	if (str_is_null(slot->key)) {
		put_text(b, STR("times"), STR_NULL);
		return;
	}
	put_open(b, STR("times"), '{');
	put_i64(b, STR("ttl"), fresh->ttl);
	put_i64(b, STR("ttl_missing"), fresh->missing);
	put_i64(b, STR("stale_while_revalidate"), fresh->revalidate);
	put_i64(b, STR("stale_if_error"), fresh->on_error);
	put_i64(b, STR("client_ttl"), fresh->client);
	buf_put_char(b, '}');
}

static void
put_stored(
    struct buf *b, const struct explanation *x, const struct cache_slot *slot)
{
	const struct entry *entry = &slot->entry;
	char etag[ETAG_BYTES];

	if (!x->found) {
		put_text(b, STR("stored"), STR_NULL);
		return;
	}
	put_open(b, STR("stored"), '{');
	put_i64(b, STR("status"), entry->status);
	put_i64(b, STR("age"), slot->at.age);
	put_i64(b, STR("ttl"), slot->at.ttl - slot->at.age);
	put_bool(b, STR("outdated"), x->outdated);
	put_i64(b, STR("bytes"), (int64_t)entry->body.n);
	put_text(b, STR("etag"),
	    entry->status == 200 ? etag_write(entry->etag, etag) : STR_NULL);
	buf_put_char(b, '}');
}

static void
put_part(struct buf *text, const char *what, struct str name)
{
	buf_put(text, text->n == 0 ? STR("calls of ") : STR(", "));
	buf_put(text, str_of(what));
	buf_put(text, name);
}

/* "calls of app web, service shop": what the request is counted with. */
static struct str
counted(struct request *req, const struct limit *limit)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	struct buf text = buf_in(req->arena);

	if (scope->app)
		put_part(&text, "app ", req->app->name);
	if (scope->user || scope->each_user)
		put_part(&text, "user ", req->principal->email);
	if (scope->role)
		put_part(&text, "role ", req->role->name);
	if (scope->service)
		put_part(&text, "service ", req->service->name);
	if (scope->endpoint)
		put_part(&text, "resource ", limit->endpoint);
	if (scope->endpoint && limit->is_prefix)
		buf_put_char(&text, '*');
	return text.n == 0 ? STR("all calls") : buf_str(&text);
}

/* What stands in the counter, as the list of counters says it. */
static void
put_count(struct buf *b, const struct limit_applied *looked)
{
	if (looked == NULL) {
		put_text(b, STR("attempts"), STR_NULL);
		put_text(b, STR("remaining"), STR_NULL);
		return;
	}
	put_i64(b, STR("attempts"), looked->op->count);
	put_i64(b, STR("remaining"), limit_remaining(looked));
}

static void
put_limit(struct buf *b, struct request *req, const struct limit_hit *hit,
    const struct limit_applied *looked)
{
	const struct limit *limit = hit->limit;
	struct buf verbs = buf_in(req->arena);
	struct buf period = buf_in(req->arena);

	verbs_put(&verbs, limit->verb_mask);
	period_put(&period, limit->period);
	element_open(b);
	put_text(b, STR("name"), limit->name);
	put_text(b, STR("type"), limit_type_name(limit->type));
	put_i64(b, STR("rate"), limit->rate);
	put_text(b, STR("period"), buf_str(&period));
	put_text(b, STR("algorithm"), limit_algorithm_name(limit->algorithm));
	put_text(
	    b, STR("verb"), limit->verb_mask == 0 ? STR_NULL : buf_str(&verbs));
	put_text(b, STR("counts"), counted(req, limit));
	put_bool(b, STR("refuses"), !hit->yields && !limit->dry_run);
	put_count(b, looked);
	buf_put_char(b, '}');
}

static void
put_limits(struct buf *b, struct request *req)
{
	struct limit_choice choice;

	ratelimit_choose(req, &choice);
	put_bool(b, STR("limits_exempt"),
	    req->principal != NULL && principal_is_free(req->principal));
	put_open(b, STR("limits"), '[');
	for (size_t i = 0; i < choice.n; i++)
		put_limit(b, req, &choice.hits[i], ratelimit_looked(req, i));
	buf_put_char(b, ']');
}

static void
put_sql(struct buf *b, const struct sql_list *sql)
{
	put_open(b, STR("sql"), '[');
	for (size_t i = 0; i < sql->n; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		json_put_str(b, sql->text[i]);
	}
	buf_put_char(b, ']');
}

void
cache_report(struct buf *b, const struct explanation *x,
    const struct cache_slot *slot, struct request *req)
{
	bool refuses = x->refusal.text[0] != '\0';

	buf_put_char(b, '{');
	put_text(b, STR("verdict"), str_of(x->verdict));
	put_text(b, STR("reason"), x->reason);
	put_text(
	    b, STR("refusal"), refuses ? str_of(x->refusal.text) : STR_NULL);
	put_call(b, req);
	put_scope(b, slot, req);
	put_key(b, slot, req);
	put_tags(b, x, slot);
	put_times(b, slot);
	put_stored(b, x, slot);
	put_limits(b, req);
	put_sql(b, &x->sql);
	buf_put_char(b, '}');
}
