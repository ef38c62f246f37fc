/*
 * Cached answers are dropped by deleting the tags that they depend on, as a
 * write does. Sessions, limits and the keys of cache services stay.
 */
#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/system/cached.h"
#include "app/services/system/handlers.h"
#include "app/services/system/records.h"
#include "app/services/user/account.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/tags.h"

enum segment { SEGMENT_CACHE, SEGMENT_SERVICE, SEGMENT_TABLE, SEGMENTS };

/* False: the response says why it was not done. */
static bool
tags_drop(struct request *req, const struct str *tags, size_t n)
{
	size_t found;
	enum status st = tags_delete(req->stores, tags, n,
	    clock_boot_ms() + req->settings->store_timeout, &found);

	if (st == ST_OK)
		return true;
	log_line(LOG_ERROR, req->id, "cache store: %s", status_name(st));
	response_busy(req,
	    "The cache store cannot be reached: not everything was flushed.");
	return false;
}

/* A service that is not open has answered nobody. */
static bool
service_flush(struct request *req, const struct service *s)
{
	struct str tags[TAGS_MAX];

	if (!cached_is_kept(s) || s->instance == NULL)
		return true;
	return tags_drop(req, tags,
	    s->type->flush_tags(s->instance, req->arena, tags, TAGS_MAX));
}

static bool
all_flush(struct request *req)
{
	size_t n;
	const struct service *all = snapshot_services(req->snapshot, &n);
	bool done = true;

	for (size_t i = 0; i < n && done; i++)
		done = service_flush(req, &all[i]);
	return done;
}

static bool
table_flush(struct request *req, const struct service *s, struct str table)
{
	struct str tags[TAGS_MAX];
	size_t n;

	if (s->type->part_tags == NULL || s->instance == NULL)
		return service_flush(req, s);
	n = s->type->part_tags(s->instance, req->arena, table, tags, TAGS_MAX);
	if (n > 0)
		return tags_drop(req, tags, n);
	response_fail(req, 404,
	    "Table \"%.*s\" does not exist in the database.", STR_ARG(table));
	return false;
}

/* NULL: the response says why. */
static const struct service *
service_named(struct request *req)
{
	struct str name = req->segment[SEGMENT_SERVICE];
	size_t n;
	const struct service *all = snapshot_services(req->snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(all[i].name, name))
			continue;
		if (cached_is_kept(&all[i]))
			return &all[i];
		response_fail(req, 501,
		    "Service does not implement API controlled cache.");
		return NULL;
	}
	response_fail(
	    req, 404, "Could not find a service for %.*s", STR_ARG(name));
	return NULL;
}

static bool
named_flush(struct request *req)
{
	const struct service *s = service_named(req);

	if (s == NULL)
		return false;
	return req->n_segments > SEGMENT_TABLE
		   ? table_flush(req, s, req->segment[SEGMENT_TABLE])
		   : service_flush(req, s);
}

static void
named_show(struct account_call *c)
{
	const struct service *s = service_named(c->req);

	if (s != NULL)
		cached_show(c, s);
}

/* What was flushed is audited: "*" is all. False: the response says that it
 * cannot be, and who tries again flushes again. */
static bool
flush_audit(struct account_call *c)
{
	const struct request *req = c->req;
	struct buf b = buf_in(req->arena);
	struct error err = { 0 };
	struct system_db db;
	struct audit_note note = { .kind = AUDIT_CACHE };
	enum status st;

	buf_put_char(&b, '{');
	put_text(&b, "service",
	    req->n_segments > SEGMENT_SERVICE ? req->segment[SEGMENT_SERVICE]
					      : STR("*"));
	if (req->n_segments > SEGMENT_TABLE)
		put_text(&b, "table", req->segment[SEGMENT_TABLE]);
	buf_put_char(&b, '}');
	note.before = buf_str(&b);
	if (!account_db_take(c, &db))
		return false;
	st = audit_note_alone(&db, &note, &err);
	account_db_give(c, &db);
	if (st != ST_OK)
		account_fault(c, st, &err);
	return st == ST_OK;
}

void
cache_handle(struct account_call *c)
{
	struct request *req = c->req;
	bool named = req->n_segments > SEGMENT_SERVICE;

	if (req->n_segments > SEGMENTS) {
		records_unknown(req);
		return;
	}
	if (!account_allows(req, req->n_segments > SEGMENT_TABLE
				     ? METHOD_DELETE
				     : METHOD_GET | METHOD_DELETE))
		return;
	if (request_reads(req) && named)
		named_show(c);
	else if (request_reads(req))
		cached_list(c);
	else if ((named ? named_flush(req) : all_flush(req)) && flush_audit(c))
		account_succeed(c, NULL);
}

void
nothing_handle(struct account_call *c)
{
	if (!account_allows(c->req, METHOD_GET))
		return;
	buf_put(&c->req->response.build,
	    request_asks(c->req, "include_count")
		? STR("{\"resource\":[],\"meta\":{\"count\":0}}")
		: STR("{\"resource\":[]}"));
	account_answer(c);
}
