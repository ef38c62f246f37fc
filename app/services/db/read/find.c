#include "app/services/db/read/find.h"

#include "app/services/db/read/rows.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/preload.h"
#include "middleware/request.h"

/* The rows of one statement, coming in. */
struct finding {
	const struct identity *by;
	const struct identifier *ids;
	size_t n;
	struct found *list; /* beside ids */
	struct rows rows;   /* those so far, one behind the other */
	size_t n_rows;      /* that the statement gave */
	bool doubtful;
};

/* Only what is the same byte by byte is surely equal in the database too. */
static bool
is_same(const struct db_value *a, const struct db_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case DB_INT:
		return a->i == b->i;
	case DB_UINT:
		return a->u == b->u;
	case DB_TEXT:
	case DB_BLOB:
		return str_eq(a->s, b->s);
	default:
		return false;
	}
}

static bool
is_named(const struct finding *f, const struct identifier *id,
    const struct db_value *v)
{
	for (size_t i = 0; i < f->by->n; i++) {
		if (!is_same(&id->parts[i], &v[i]))
			return false;
	}
	return true;
}

static enum status
take_row(void *ctx, const struct db_value *v, size_t n)
{
	struct finding *f = ctx;
	struct buf *out = f->rows.out;
	size_t from = out->n;
	size_t row = f->rows.preload == NULL ? 0 : f->rows.preload->n;
	bool named = false;
	enum status st;

	(void)n;
	f->n_rows++;
	if (!rows_fit(&f->rows, v + f->by->n))
		return ST_TOO_BIG;
	st = rows_add(&f->rows, v + f->by->n);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < f->n; i++) {
		if (!is_named(f, &f->ids[i], v))
			continue;
		named = true;
		st = f->list[i].status == ST_MISSING ? ST_OK : ST_INVALID;
		/* Stays valid when out grows: an arena keeps what it gave. */
		f->list[i] = (struct found){ st,
			str_make(out->p + from, out->n - from), row };
	}
	f->doubtful = f->doubtful || !named;
	return ST_OK;
}

static bool
holds_text(const struct identity *by, const struct identifier *id)
{
	for (size_t i = 0; i < by->n; i++) {
		if (id->parts[i].type == DB_TEXT)
			return true;
	}
	return false;
}

/* A row that shows one identifier may be named by another too: 'ABC' beside
 * 'abc'. */
static bool
leaves_doubt(const struct finding *f)
{
	for (size_t i = 0; i < f->n && f->n_rows > 0; i++) {
		if (f->list[i].status == ST_MISSING &&
		    holds_text(f->by, &f->ids[i]))
			return true;
	}
	return false;
}

/* Each record that was found, now with what is related to it. */
static enum status
related_show(struct table_call *c, const struct query *q, struct preload *p,
    struct found *list, struct error *err)
{
	struct buf text = buf_in(c->req->arena);
	enum status st = ST_OK;

	if (p == NULL)
		return ST_OK;
	st = preload_fetch(p, c, err);
	for (size_t i = 0; i < q->n_ids && st == ST_OK; i++) {
		size_t from = text.n;

		if (list[i].status != ST_OK)
			continue;
		st = preload_put(p, list[i].row, &text);
		list[i].text = str_make(text.p + from, text.n - from);
	}
	return st;
}

enum status
find_all(struct table_call *c, const struct query *q, struct found *list,
    bool *doubtful, struct error *err)
{
	struct buf text = buf_in(c->req->arena);
	struct finding f = { .by = &q->by };
	enum status st = ST_OK;

	rows_open(&f.rows, c->req->arena, &text, q, INT64_MAX);
	f.rows.preload = preload_open(c->req->arena, q);
	for (size_t i = 0; i < q->n_ids && st == ST_OK; i += f.n) {
		struct statement s = table_call_statement(c);

		f.ids = q->ids + i;
		f.list = list + i;
		f.n = q->n_ids - i < FIND_MAX ? q->n_ids - i : FIND_MAX;
		for (size_t k = 0; k < f.n; k++)
			f.list[k] = (struct found){ .status = ST_MISSING };
		select_listed(&s, q, f.ids, f.n, c->role);
		f.n_rows = 0;
		st = table_call_run(c, &s, take_row, &f, NULL, err);
		f.doubtful = f.doubtful || leaves_doubt(&f);
	}
	*doubtful = f.doubtful;
	if (st != ST_OK || f.doubtful)
		return st;
	return related_show(c, q, f.rows.preload, list, err);
}

/* One more record for rows, which takes no second. */
static enum status
record_take(struct table_call *c, const struct query *q,
    const struct identifier *id, struct rows *rows, struct error *err)
{
	struct statement s = table_call_statement(c);
	struct record_name name = { &q->by, id->parts };
	enum status st;

	rows->count = 0;
	rows->more = false;
	select_record(&s, q, &name, c->role);
	st = table_call_run(c, &s, rows_take, rows, NULL, err);
	if (st == ST_OK && rows->count == 0)
		return identifier_missing(id, err);
	if (st == ST_OK && rows->more)
		return identifier_ambiguous(id, err);
	return st;
}

enum status
find_one(struct table_call *c, const struct query *q,
    const struct identifier *id, struct buf *out, struct error *err)
{
	struct preload *p = preload_open(c->req->arena, q);
	struct buf text = buf_in(c->req->arena);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, p == NULL ? out : &text, q, 1);
	rows.preload = p;
	st = record_take(c, q, id, &rows, err);
	if (st != ST_OK || p == NULL)
		return st;
	st = preload_fetch(p, c, err);
	return st == ST_OK ? preload_put(p, 0, out) : st;
}

enum status
find_each(struct table_call *c, const struct query *q, struct found *list,
    struct error *err)
{
	struct buf text = buf_in(c->req->arena);
	struct rows rows;

	rows_open(&rows, c->req->arena, &text, q, 1);
	rows.preload = preload_open(c->req->arena, q);
	for (size_t i = 0; i < q->n_ids; i++) {
		struct error why = { .text = "" };
		size_t from = text.n;
		size_t row = rows.preload == NULL ? 0 : rows.preload->n;
		enum status st = record_take(c, q, &q->ids[i], &rows, &why);

		if (text.n > ROWS_BYTES_MAX)
			return ST_TOO_BIG;
		if (st != ST_OK && st != ST_MISSING && st != ST_INVALID)
			return error_set(err, st, "%s", why.text);
		list[i] = (struct found){ st,
			str_make(text.p + from, text.n - from), row };
	}
	return related_show(c, q, rows.preload, list, err);
}
