#include "app/services/db/written.h"

#include "app/services/db/draft.h"
#include "app/services/db/rows.h"
#include "app/services/db/select.h"
#include "middleware/request.h"

/* Some types read back otherwise than they were written (1.10 as 1.1), and a
 * text may name a record whose key has another case. */
static bool
reads_back_alike(const struct column *column, const struct db_value *v)
{
	return column->kind == COLUMN_INTEGER && v->type == DB_INT;
}

/* Can the answer be made of the key alone? */
static bool
is_key_only(const struct query *q, const struct db_value *key)
{
	for (size_t i = 0; i < q->n_fields; i++) {
		unsigned part = q->fields[i]->key_part;

		if (part == 0 ||
		    !reads_back_alike(q->fields[i], &key[part - 1]))
			return false;
	}
	return true;
}

/* From the key and what was sent; NULL for what is not known. */
static void
put_known(struct rows *rows, const struct written *w)
{
	const struct query *q = w->query;
	struct db_value *v =
	    arena_alloc(rows->out->arena, q->n_fields * sizeof(v[0]));

	for (size_t i = 0; i < q->n_fields; i++) {
		const struct column *column = q->fields[i];
		const struct db_value *sent = draft_value(w->draft, column);

		v[i] = (struct db_value){ .type = DB_NULL };
		if (w->key != NULL && column->key_part > 0)
			v[i] = w->key[column->key_part - 1];
		else if (sent != NULL)
			v[i] = *sent;
	}
	rows_put(rows, v);
}

static enum status
refuse_hidden(struct error *err)
{
	return error_set(
	    err, ST_DENIED, "Denied access to some of the requested fields.");
}

/* A trigger may have taken the record away again. */
static enum status
read_back(struct table_call *c, const struct written *w, struct rows *rows,
    struct error *err)
{
	struct statement s = table_call_statement(c);
	enum status st;

	select_record(&s, w->query, w->key, c->role);
	st = table_call_run(c, &s, rows_take, rows, NULL, err);
	if (st != ST_OK || rows->count > 0)
		return st;
	if (c->role != NULL)
		return refuse_hidden(err);
	put_known(rows, w);
	return ST_OK;
}

enum status
written_show(struct table_call *c, const struct written *w, struct buf *out,
    struct error *err)
{
	const struct query *q = w->query;
	struct rows rows;

	rows_open(&rows, c->req->arena, out, q->fields, q->n_fields, 1);
	if (w->key == NULL && c->role != NULL)
		return refuse_hidden(err);
	if (w->key != NULL && (c->role != NULL || !is_key_only(q, w->key)))
		return read_back(c, w, &rows, err);
	put_known(&rows, w);
	return ST_OK;
}
