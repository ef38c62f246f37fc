#include "app/services/db/write/written.h"

#include "app/services/db/read/rows.h"
#include "app/services/db/read/select.h"
#include "app/services/db/write/draft.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* Some types read back otherwise than they were written (1.10 as 1.1), and a
 * text may name a record whose key has another case. */
static bool
reads_back_alike(const struct column *column, const struct db_value *v)
{
	return column->kind == COLUMN_INTEGER &&
	       (v->type == DB_INT || v->type == DB_UINT);
}

/* The part of the name that is the column's value; NULL: none is. */
static const struct db_value *
name_part(const struct record_name *name, const struct column *column)
{
	for (size_t i = 0; name != NULL && i < name->by->n; i++) {
		if (name->by->columns[i] == column)
			return &name->parts[i];
	}
	return NULL;
}

/* Can the answer be made of the name alone? */
static bool
is_name_only(const struct written *w)
{
	const struct query *q = w->query;

	if (q->n_related > 0)
		return false;
	for (size_t i = 0; i < q->n_fields; i++) {
		const struct db_value *v = name_part(w->name, q->fields[i]);

		if (v == NULL || !reads_back_alike(q->fields[i], v))
			return false;
	}
	return true;
}

/* From the name and what was sent; NULL for what is not known. */
static enum status
put_known(struct rows *rows, const struct written *w)
{
	const struct query *q = w->query;
	size_t n = q->n_fields + q->n_hidden;
	struct db_value *v = arena_alloc(rows->out->arena, n * sizeof(v[0]));

	for (size_t i = 0; i < n; i++) {
		const struct db_value *known = name_part(w->name, q->fields[i]);

		if (known == NULL)
			known = draft_value(w->draft, q->fields[i]);
		v[i] = known != NULL ? *known
				     : (struct db_value){ .type = DB_NULL };
	}
	return rows_add(rows, v);
}

static enum status
refuse_hidden(struct error *err)
{
	return error_set(
	    err, ST_DENIED, "Denied access to some of the requested fields.");
}

bool
written_needs_no_read(const struct query *q)
{
	for (size_t i = 0; i < q->n_fields; i++) {
		if (q->fields[i]->key_part == 0 ||
		    q->fields[i]->kind != COLUMN_INTEGER)
			return false;
	}
	return q->n_related == 0;
}

enum status
written_check(const struct table_call *c, struct error *err)
{
	if (c->role == NULL)
		return ST_OK;
	if (c->table->n_key == 0)
		return error_set(err, ST_DENIED,
		    "The row filters of the role cannot be checked in a table "
		    "without a primary key.");
	if (!c->table->undoes)
		return error_set(err, ST_DENIED,
		    "The row filters of the role cannot be kept in a table "
		    "whose writes cannot be undone.");
	return ST_OK;
}

/* A trigger may have taken the record away again. */
static enum status
read_back(struct table_call *c, const struct written *w, struct rows *rows,
    struct error *err)
{
	struct statement s = table_call_statement(c);
	enum status st;

	select_record(&s, w->query, w->name, c->role);
	if (!w->is_new)
		table_call_lock(c, &s);
	st = table_call_run(c, &s, rows_take, rows, NULL, err);
	if (st != ST_OK || rows->count > 0)
		return st;
	if (c->role != NULL)
		return refuse_hidden(err);
	return put_known(rows, w);
}

enum status
written_show(struct table_call *c, const struct written *w, struct buf *out,
    struct error *err)
{
	struct rows rows;

	rows_open(&rows, c->req->arena, out, w->query, 1);
	rows.preload = w->preload;
	if (w->name == NULL && c->role != NULL)
		return refuse_hidden(err);
	if (w->name != NULL && (c->role != NULL || !is_name_only(w)))
		return read_back(c, w, &rows, err);
	return put_known(&rows, w);
}
