#include "app/services/db/read/rows.h"

#include <assert.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/preload.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

/* What stands before the i-th value; most columns have it written already. */
static struct str
label_of(struct buf *text, const struct column *column, size_t i)
{
	size_t from = text->n;

	if (i > 0 && !str_is_null(column->label))
		return column->label;
	buf_put_char(text, i == 0 ? '{' : ',');
	json_put_str(text, column->name);
	buf_put_char(text, ':');
	/* Stays valid when text grows: an arena keeps what it gave. */
	return str_make(text->p + from, text->n - from);
}

void
rows_open(struct rows *rows, struct arena *arena, struct buf *out,
    const struct query *q, int64_t max)
{
	size_t n = q->n_fields;
	struct str *labels = arena_alloc(arena, n * sizeof(labels[0]));
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < n; i++)
		labels[i] = label_of(&text, q->fields[i], i);
	*rows = (struct rows){
		.out = out,
		.fields = q->fields,
		.labels = labels,
		.n_labels = n,
		.max = max,
		.bare = q->as_list,
		.text = buf_in(arena),
	};
}

/* "(1,x)": the identifier of a record whose key has several parts. */
static void
put_parts(struct rows *rows, const struct db_value *v)
{
	struct buf *text = &rows->text;

	text->n = 0;
	for (size_t i = 0; i < rows->n_labels; i++) {
		buf_put_char(text, i == 0 ? '(' : ',');
		if (v[i].type == DB_TEXT)
			buf_put(text, v[i].s);
		else
			value_put(text, &v[i]);
	}
	buf_put_char(text, ')');
	json_put_str(rows->out, buf_str(text));
}

static void
put_value(struct rows *rows, size_t i, const struct db_value *v)
{
	if (rows->fields == NULL)
		value_put(rows->out, v);
	else
		value_put_field(rows->out, rows->fields[i], v);
}

static void
put_bare(struct rows *rows, const struct db_value *v)
{
	if (rows->n_labels == 1)
		put_value(rows, 0, v);
	else
		put_parts(rows, v);
}

void
rows_put(struct rows *rows, const struct db_value *v)
{
	if (rows->bare) {
		put_bare(rows, v);
		return;
	}
	for (size_t i = 0; i < rows->n_labels; i++) {
		buf_put(rows->out, rows->labels[i]);
		put_value(rows, i, &v[i]);
	}
	buf_put_char(rows->out, '}');
}

enum status
rows_add(struct rows *rows, const struct db_value *v)
{
	size_t from = rows->out->n;

	rows_put(rows, v);
	if (rows->preload == NULL)
		return ST_OK;
	/* Stays valid when out grows: an arena keeps what it gave. */
	return preload_add(rows->preload, v,
	    str_make(rows->out->p + from, rows->out->n - from));
}

/* Numbers and names are small beside texts and blobs. */
bool
rows_fit(const struct rows *rows, const struct db_value *v)
{
	size_t n = rows->out->n;

	for (size_t i = 0; i < rows->n_labels; i++) {
		if (v[i].type >= DB_NUMBER)
			n += v[i].s.n;
	}
	return n <= ROWS_BYTES_MAX;
}

enum status
rows_take(void *ctx, const struct db_value *v, size_t n)
{
	struct rows *rows = ctx;

	assert(n >= rows->n_labels);
	if (rows->count == rows->max) {
		rows->more = true;
		return ST_OK;
	}
	if (!rows_fit(rows, v))
		return ST_TOO_BIG;
	if (rows->count++ > 0)
		buf_put_char(rows->out, ',');
	if (rows->call == NULL)
		return rows_add(rows, v);
	rows_put(rows, v);
	return table_call_flush(rows->call);
}
