/* Reading records: a page of a table, records by identifier, one record. */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/options.h"
#include "app/services/db/results.h"
#include "app/services/db/rows.h"
#include "app/services/db/select.h"
#include "middleware/json.h"
#include "middleware/request.h"

#define ANSWER_FIRST 4096u

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

static void
put_meta(struct buf *out, const struct query *q, int64_t count)
{
	buf_put_lit(out, ",\"meta\":{\"count\":");
	buf_put_i64(out, count);
	if (q->n_ids == 0 && count - q->limit > q->offset) {
		buf_put_lit(out, ",\"next\":");
		buf_put_i64(out, q->offset + q->limit);
	}
	buf_put_char(out, '}');
}

/* One row more than fits tells whether the implied limit cut anything off. */
static enum status
page_rows(struct table_call *c, const struct query *q, struct buf *out,
    bool *more, struct error *err)
{
	bool looks = q->limit_implied && !q->include_count;
	struct statement s = table_call_statement(c);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, out, q->fields, q->n_fields, q->limit);
	select_page(&s, q, c->role, looks ? q->limit + 1 : q->limit);
	buf_put_lit(out, "{\"resource\":[");
	st = table_call_run(c, &s, rows_take, &rows, NULL, err);
	buf_put_char(out, ']');
	*more = rows.more;
	return st;
}

static enum status
page_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct buf *out = &c->req->response.build;
	int64_t count = 0;
	bool more = false;
	enum status st;

	(void)buf_reserve(out, ANSWER_FIRST);
	st = page_rows(c, q, out, &more, err);
	if (st == ST_OK && (more || q->include_count)) {
		st = count_read(c, q, &count, err);
		put_meta(out, q, count);
	}
	buf_put_char(out, '}');
	return st;
}

static enum status
count_only_read(struct table_call *c, const struct query *q, struct error *err)
{
	int64_t count = 0;
	enum status st = count_read(c, q, &count, err);

	buf_put_i64(&c->req->response.build, count);
	return st;
}

/* ST_MISSING when no row has the identifier. */
static enum status
record_read(struct table_call *c, const struct query *q,
    const struct identifier *id, struct buf *out, struct error *err)
{
	struct statement s = table_call_statement(c);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, out, q->fields, q->n_fields, 1);
	select_record(&s, q, id->parts, c->role);
	st = table_call_run(c, &s, rows_take, &rows, NULL, err);
	if (st == ST_OK && rows.count == 0)
		return answer_missing(id->text, err);
	return st;
}

/* In the order asked for; stops at the first that is missing unless told to
 * go on. */
static enum status
ids_rows(struct table_call *c, const struct query *q, struct results *results,
    struct error *err)
{
	for (size_t i = 0; i < q->n_ids; i++) {
		struct error why = { .text = "" };
		struct buf row = buf_in(c->req->arena);
		enum status st = record_read(c, q, &q->ids[i], &row, &why);

		if (results->list.n + row.n > ROWS_BYTES_MAX)
			st = ST_TOO_BIG;
		if (st == ST_MISSING)
			results_fail(results, st, &why);
		else if (st != ST_OK)
			return error_set(err, st, "%s", why.text);
		else
			buf_put(results_next(results), buf_str(&row));
		if (st == ST_MISSING && !q->go_on)
			break;
	}
	return ST_OK;
}

static enum status
ids_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct buf *out = &c->req->response.build;
	struct results results;
	enum status st;

	results_open(&results, c->req->arena);
	st = ids_rows(c, q, &results, err);
	if (st != ST_OK)
		return st;
	if (results.n_failed > 0) {
		results_refuse(c->req, &results, "retrieved", false);
		return ST_OK;
	}
	buf_put_lit(out, "{\"resource\":[");
	buf_put(out, buf_str(&results.list));
	buf_put_char(out, ']');
	if (q->include_count)
		put_meta(out, q, (int64_t)results.n);
	buf_put_char(out, '}');
	return ST_OK;
}

static enum status
one_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct identifier id;
	enum status st =
	    identifier_parse(c->req->arena, c->table, c->id, &id, err);

	if (st != ST_OK)
		return st;
	return record_read(c, q, &id, &c->req->response.build, err);
}

static enum status
query_run(struct table_call *c, const struct query *q, struct error *err)
{
	if (!str_is_null(c->id))
		return one_read(c, q, err);
	if (q->count_only)
		return count_only_read(c, q, err);
	return q->n_ids > 0 ? ids_read(c, q, err) : page_read(c, q, err);
}

static bool
needs_snapshot(const struct table_call *c, const struct query *q)
{
	if (!str_is_null(c->id) || q->count_only)
		return false;
	return q->n_ids > 1 ||
	       (q->n_ids == 0 && (q->include_count || q->limit_implied));
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

/* A read sent as POST has its options in the body. */
static enum status
query_read(struct table_call *c, struct query *q)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct params options;
	struct json body;
	enum status st = json_body(req, &body);

	if (st != ST_OK)
		return st;
	if (json_kind(body) == JSON_ARRAY ||
	    json_kind(json_get(req->arena, body, STR("resource"))) !=
		JSON_NONE) {
		response_fail(req, 400,
		    "Records to read are named by 'ids', not in the body.");
		return ST_INVALID;
	}
	options = options_of(req->arena, &req->query, body);
	st = table_call_query(c, &options, q, &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	return st;
}

void
records_read(struct table_call *c)
{
	struct error err = { .text = "" };
	struct query q;
	enum status st;

	if (query_read(c, &q) != ST_OK)
		return;
	st = table_call_take(c, &err);
	if (st == ST_OK)
		st = snapshot_run(c, &q, &err);
	table_call_give(c, st);
	if (st == ST_MISSING || st == ST_INVALID)
		answer_refuse(c->req, st, &err);
	else if (st != ST_OK)
		answer_fault(c, "retrieve", st, &err);
	else if (!c->req->response.is_error)
		answer_json(c->req);
}
