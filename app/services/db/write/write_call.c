/*
 * What a call that writes is about: new records, records that carry their
 * identifiers, identifiers with one record for all of them, or a filter.
 */
#include "app/services/db/answer.h"
#include "app/services/db/relation/nested.h"
#include "app/services/db/role_filter.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/sweep.h"
#include "middleware/csv.h"
#include "middleware/request.h"

#define READ_METHODS "GET, HEAD, OPTIONS"

static const struct {
	enum method method;
	const char *verb;
	const char *done;
	bulk_item_f *item;
} kinds[] = {
	{ METHOD_POST, "create", "created", item_create },
	{ METHOD_PUT, "update", "updated", item_change },
	{ METHOD_PATCH, "update", "patched", item_change },
	{ METHOD_DELETE, "delete", "deleted", item_delete },
};

static void
kind_set(struct bulk *b)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].method != b->call->req->method)
			continue;
		b->verb = kinds[i].verb;
		b->done = kinds[i].done;
		b->item = kinds[i].item;
	}
}

static bool
deletes(const struct bulk *b)
{
	return b->item == item_delete;
}

/* A delete needs no record. */
static enum status
records_take(struct bulk *b, struct json body)
{
	struct request *req = b->call->req;
	size_t max = (size_t)b->call->service->max_records;
	struct json list = json_get(req->arena, body, STR("resource"));

	if (deletes(b) && (b->single || (json_kind(body) != JSON_ARRAY &&
					    json_kind(list) == JSON_NONE)))
		return ST_OK;
	return json_records(req, body, max, &b->records);
}

/* A record that is the whole body has no options beside it: its members are
 * columns, whatever they are called. */
static bool
holds_options(const struct bulk *b)
{
	return b->records.n == 0 || b->records.form == RECORDS_RESOURCE;
}

/* One record is meant for all that ids or a filter name. */
static enum status
shared_check(const struct bulk *b, struct error *err)
{
	bool named = b->query.n_ids > 0 || b->query.filter != NULL;

	if (!named || b->records.n == (deletes(b) ? 0 : 1))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    deletes(b) ? "Records to delete are named by 'ids', a filter or "
			 "the body: one of them."
		       : "One record is needed for all that the path, 'ids' or "
			 "'filter' name.");
}

static enum status
path_take(struct bulk *b, struct error *err)
{
	struct identifier *id = arena_alloc(b->call->req->arena, sizeof(*id));
	enum status st = table_call_identifier(b->call, &b->query.by, id, err);

	b->query.ids = id;
	b->query.n_ids = 1;
	return st;
}

static enum status
items_take(struct bulk *b, struct error *err)
{
	struct table_call *c = b->call;
	enum status st = b->single ? path_take(b, err) : ST_OK;

	if (st == ST_OK)
		st = shared_check(b, err);
	b->n = b->query.n_ids > 0 ? b->query.n_ids : b->records.n;
	if (st == ST_OK && !deletes(b))
		st = nested_prepare(c, &b->records, &b->nests, err);
	if (st == ST_OK && b->nests && b->query.filter != NULL)
		return error_set(err, ST_INVALID,
		    "Related records cannot be written with a filter.");
	if (st == ST_OK && b->query.n_ids > 0 && !deletes(b))
		st = draft_members(c->req->arena, c->table, b->records.list[0],
		    DRAFT_CHANGE, &b->draft, err);
	if (st == ST_OK && b->query.n_ids > 0 && !deletes(b) && !b->nests &&
	    !item_may_keep(b, 0))
		st = draft_check(c->table, &b->draft, DRAFT_CHANGE, err);
	return st;
}

/* What it shows or compares beyond keys and what was sent is read. */
static bool
reads_too(const struct bulk *b)
{
	const struct query *q = &b->query;

	if (b->item == item_create)
		return false;
	if (q->filter != NULL || q->n_related > 0 || !identity_is_key(&q->by))
		return true;
	for (size_t i = 0; i < q->n_fields; i++) {
		if (q->fields[i]->key_part == 0)
			return true;
	}
	return false;
}

/* Who may change rows that it may not read learns nothing of them. */
static enum status
role_narrow(struct bulk *b, struct error *err)
{
	struct table_call *c = b->call;

	if (!reads_too(b))
		return ST_OK;
	return role_filter_read_too(c->req, c->table, &c->role, err);
}

/* ST_OK, or the response holds the refusal. */
static enum status
call_read(struct bulk *b)
{
	struct table_call *c = b->call;
	struct json none = { STR_NULL };
	struct error err = { .text = "" };
	struct json body;
	enum status st;

	if (csv_or_json_body(c->req, &body) != ST_OK ||
	    records_take(b, body) != ST_OK)
		return ST_INVALID;
	st = table_call_query(
	    c, holds_options(b) ? body : none, &b->query, &err);
	if (st == ST_OK)
		st = role_narrow(b, &err);
	if (st == ST_OK)
		st = items_take(b, &err);
	if (st != ST_OK)
		answer_refuse(c->req, st, &err);
	return st;
}

static void
records_change(struct table_call *c)
{
	struct bulk b = { .call = c, .single = !str_is_null(c->id) };

	kind_set(&b);
	if (!b.single && !str_is_null(c->req->param[PARAM_IF_MATCH])) {
		response_fail(c->req, 400,
		    "If-Match is understood where the path names one record "
		    "by its identifier.");
		return;
	}
	if (call_read(&b) != ST_OK)
		return;
	if (b.n == 0 && b.query.filter == NULL && b.query.force)
		sweep_clear(c);
	else if (b.n == 0 && b.query.filter == NULL)
		response_fail(c->req, 400,
		    "No filter or records given for delete request.");
	else if (b.query.filter == NULL)
		bulk_run(&b);
	else if (deletes(&b))
		sweep_delete(c, &b.query);
	else
		sweep_change(c, &b.query, b.records.list[0]);
}

void
records_write(struct table_call *c)
{
	struct request *req = c->req;

	if (c->service->config.read_only)
		answer_not_allowed(
		    req, "This service is read-only.", READ_METHODS);
	else if (c->table->is_view)
		answer_not_allowed(req, "A view is read-only.", READ_METHODS);
	else if (!str_is_null(c->id) && req->method == METHOD_POST)
		response_fail(req, 400,
		    "Create record by identifier not currently supported.");
	else
		records_change(c);
}
