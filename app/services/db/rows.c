#include "app/services/db/rows.h"

#include <assert.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/db/value.h"
#include "drivers/db/catalog.h"

void
rows_open(struct rows *rows, struct arena *arena, struct buf *out,
    const struct column *const *columns, size_t n, int64_t max)
{
	struct str *labels = arena_alloc(arena, n * sizeof(labels[0]));
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < n; i++) {
		size_t from = text.n;

		buf_put_char(&text, i == 0 ? '{' : ',');
		json_put_str(&text, columns[i]->name);
		buf_put_char(&text, ':');
		/* Stays valid when text grows: an arena keeps what it gave. */
		labels[i] = str_make(text.p + from, text.n - from);
	}
	*rows = (struct rows){
		.out = out,
		.labels = labels,
		.n_labels = n,
		.max = max,
	};
}

void
rows_put(struct rows *rows, const struct db_value *v)
{
	for (size_t i = 0; i < rows->n_labels; i++) {
		buf_put(rows->out, rows->labels[i]);
		value_put(rows->out, &v[i]);
	}
	buf_put_char(rows->out, '}');
}

/* Does the row fit? Numbers and names are small beside texts and blobs. */
static bool
has_room(const struct rows *rows, const struct db_value *v)
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

	assert(n == rows->n_labels);
	if (rows->count == rows->max) {
		rows->more = true;
		return ST_OK;
	}
	if (!has_room(rows, v))
		return ST_TOO_BIG;
	if (rows->count++ > 0)
		buf_put_char(rows->out, ',');
	rows_put(rows, v);
	return ST_OK;
}
