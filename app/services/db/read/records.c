/* Reading records: a page of a table, or one record; see also listed.c. */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/read/find.h"
#include "app/services/db/read/listed.h"
#include "app/services/db/read/meta.h"
#include "app/services/db/read/rows.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/preload.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"
#include "middleware/json.h"
#include "middleware/request.h"

#define ANSWER_FIRST 4096u
/* Records of a list that is held until it is known whether it goes out bare. */
#define BARE_HELD_MAX 1000

static enum status
take_count(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *count = ctx;

	if (n == 1)
		*count = v[0].i;
	return ST_OK;
}

static enum status
count_read(struct table_call *c, const struct query *q, int64_t *count,
    struct error *err)
{
	struct statement s = table_call_statement(c);

	select_count(&s, q, c->role);
	return table_call_run(c, &s, take_count, count, NULL, err);
}

struct page {
	bool counts; /* how many there are is told */
	bool looks;  /* a row behind the last one would bring meta */
	bool held;   /* what it is made of, or whether it is wrapped, shows only
		      * behind its rows */
	int64_t count;
};

/*
 * A list that is to go out bare goes out wrapped when it is not whole, so that
 * meta can say so. Where that may be long, it is asked before.
 */
static enum status
page_plan(struct table_call *c, const struct query *q, struct page *page,
    struct error *err)
{
	enum status st = ST_OK;

	*page = (struct page){
		.counts = q->include_count,
		.looks = q->limit_implied && !q->include_count,
	};
	page->held = q->n_related > 0 ||
		     (q->bare && page->looks && q->limit <= BARE_HELD_MAX);
	if (!q->bare || q->include_schema || !page->looks || page->held)
		return ST_OK;
	st = count_read(c, q, &page->count, err);
	page->counts = page->count - q->limit > q->offset;
	page->looks = false;
	return st;
}

/* Without anything around it, as it is known before its rows. */
static bool
is_bare(const struct query *q, const struct page *page)
{
	return q->bare && !page->counts && !q->include_schema && !page->held;
}

/* A list without records has no names, which CSV begins with. */
static void
name_columns(struct table_call *c, const struct query *q)
{
	struct response *res = &c->req->response;
	struct buf names = buf_in(c->req->arena);

	if (format_of(c->req)->format != FORMAT_CSV ||
	    !str_ends(buf_str(&res->build), STR("[]")))
		return;
	res->columns = STR("[\"resource\"]");
	if (q->as_list)
		return;
	buf_put_char(&names, '[');
	for (size_t i = 0; i < q->n_fields; i++) {
		if (i > 0)
			buf_put_char(&names, ',');
		json_put_str(&names, q->fields[i]->name);
	}
	for (size_t i = 0; i < q->n_related; i++) {
		buf_put_char(&names, ',');
		json_put_str(&names, q->related[i]->relation->name);
	}
	buf_put_char(&names, ']');
	res->columns = buf_str(&names);
}

/* One row more than fits tells whether the implied limit cut anything off. */
static enum status
page_rows(struct table_call *c, const struct query *q, struct page *page,
    struct error *err)
{
	struct buf *out = &c->req->response.build;
	struct statement s = table_call_statement(c);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, out, q, q->limit);
	if (!page->held)
		rows.call = c;
	select_page(&s, q, c->role, page->looks ? q->limit + 1 : q->limit);
	buf_put(out, is_bare(q, page) ? STR("[") : STR("{\"resource\":["));
	if (q->n_related > 0)
		st = preload_page(c, q, &s, out, &rows.more, err);
	else
		st = table_call_run(c, &s, rows_take, &rows, NULL, err);
	if (st != ST_OK)
		return st;
	buf_put_char(out, ']');
	name_columns(c, q);
	page->counts = page->counts || rows.more;
	return ST_OK;
}

static enum status
page_end(struct table_call *c, const struct query *q, struct page *page,
    struct error *err)
{
	struct buf *out = &c->req->response.build;
	enum status st = ST_OK;
	bool has_meta;

	if (page->counts && page->count == 0)
		st = count_read(c, q, &page->count, err);
	if (st != ST_OK)
		return st;
	has_meta = meta_put(out, c->req, q, page->counts ? &page->count : NULL);
	if (!is_bare(q, page))
		buf_put_char(out, '}');
	if (page->held)
		answer_list(c->req, q->bare, has_meta);
	return ST_OK;
}

static enum status
page_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct page page;
	enum status st = page_plan(c, q, &page, err);

	(void)buf_reserve(&c->req->response.build, ANSWER_FIRST);
	answer_json(c->req); /* before the first rows leave */
	c->lasting = !page.held;
	if (st == ST_OK)
		st = page_rows(c, q, &page, err);
	return st == ST_OK ? page_end(c, q, &page, err) : st;
}

static enum status
count_only_read(struct table_call *c, const struct query *q, struct error *err)
{
	int64_t count = 0;
	enum status st = count_read(c, q, &count, err);

	buf_put_i64(&c->req->response.build, count);
	answer_json(c->req);
	return st;
}

static enum status
one_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct identifier id;
	enum status st = table_call_identifier(c, &q->by, &id, err);

	if (st == ST_OK)
		st = find_one(c, q, &id, &c->req->response.build, err);
	if (st == ST_OK)
		answer_json(c->req);
	return st;
}

static enum status
query_run(struct table_call *c, const struct query *q, struct error *err)
{
	if (!str_is_null(c->id))
		return one_read(c, q, err);
	if (q->count_only)
		return count_only_read(c, q, err);
	return q->n_ids > 0 ? listed_read(c, q, err) : page_read(c, q, err);
}

static bool
needs_snapshot(const struct table_call *c, const struct query *q)
{
	if (q->count_only || q->n_ids > 0)
		return false;
	if (q->n_related > 0)
		return true;
	if (!str_is_null(c->id))
		return false;
	return q->include_count || q->limit_implied;
}

/* When more than one statement may run, all of them see the same rows. */
static enum status
snapshot_run(struct table_call *c, const struct query *q, struct error *err)
{
	const struct db_driver *driver = c->service->driver;
	enum status st;

	if (!needs_snapshot(c, q))
		return query_run(c, q, err);
	st = driver->begin_read(c->conn, c->deadline_ms, err);
	if (st != ST_OK)
		return st;
	st = query_run(c, q, err);
	driver->rollback(c->conn);
	return st;
}

/* Records in the body of a read sent as POST name those to read. */
static enum status
records_named(struct table_call *c, struct json body, struct query *q)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct records records;
	enum status st = ST_OK;

	if (!str_is_null(c->id) || q->n_ids > 0 || q->filter != NULL ||
	    q->count_only) {
		response_fail(req, 400,
		    "Records in the body name what to read: nothing else "
		    "may.");
		return ST_INVALID;
	}
	if (json_records(
		req, body, (size_t)c->service->max_records, &records) != ST_OK)
		return ST_INVALID;
	q->ids = arena_alloc(req->arena, records.n * sizeof(q->ids[0]));
	for (size_t i = 0; i < records.n && st == ST_OK; i++)
		st = identifier_of_record(req->arena, &q->by, records.list[i],
		    &q->ids[q->n_ids++], &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	return st;
}

static bool
holds_records(const struct table_call *c, struct json body)
{
	struct json list = json_get(c->req->arena, body, STR("resource"));

	return json_kind(body) == JSON_ARRAY || json_kind(list) != JSON_NONE;
}

/* A read sent as POST has its options in the body. */
static enum status
query_read(struct table_call *c, struct query *q)
{
	struct error err = { .text = "" };
	struct json body;
	enum status st = json_body(c->req, &body);

	if (st != ST_OK)
		return st;
	st = table_call_query(c, body, q, &err);
	if (st != ST_OK)
		answer_refuse(c->req, st, &err);
	else if (holds_records(c, body))
		st = records_named(c, body, q);
	return st;
}

static enum status
query_ask(struct table_call *c, const struct query *q, struct error *err)
{
	enum status st = table_call_take(c, err);

	if (st == ST_OK)
		st = snapshot_run(c, q, err);
	table_call_give(c, st);
	return st;
}

enum status
records_read_one(struct table_call *c, struct error *err)
{
	struct query q;
	enum status st =
	    table_call_query(c, (struct json){ STR_NULL }, &q, err);

	return st == ST_OK ? one_read(c, &q, err) : st;
}

void
records_read(struct table_call *c)
{
	struct error err = { .text = "" };
	struct response before;
	struct query q;
	enum status st;

	if (query_read(c, &q) != ST_OK)
		return;
	before = c->req->response;
	st = query_ask(c, &q, &err);
	if (table_call_turn(c, st)) {
		c->req->response = before;
		err.text[0] = '\0';
		st = query_ask(c, &q, &err);
	}
	if (st == ST_MISSING || st == ST_INVALID)
		answer_refuse(c->req, st, &err);
	else if (st != ST_OK)
		answer_fault(c, "retrieve", st, &err);
}
