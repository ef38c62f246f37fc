#include "app/services/db/read/fields.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"

void
fields_all(struct query *query, struct arena *arena)
{
	const struct db_table *t = query->table;

	query->fields =
	    arena_alloc(arena, t->n_columns * sizeof(query->fields[0]));
	query->n_fields = t->n_columns;
	query->all_fields = true;
	for (size_t i = 0; i < t->n_columns; i++)
		query->fields[i] = &t->columns[i];
}

void
fields_of_identity(
    struct query *query, struct arena *arena, const struct identity *by)
{
	if (by->n == 0) {
		fields_all(query, arena);
		return;
	}
	query->fields = arena_alloc(arena, by->n * sizeof(query->fields[0]));
	query->n_fields = by->n;
	for (size_t i = 0; i < by->n; i++)
		query->fields[i] = by->columns[i];
}

static bool
has_field(const struct query *query, const struct column *column)
{
	for (size_t i = 0; i < query->n_fields; i++) {
		if (query->fields[i] == column)
			return true;
	}
	return false;
}

enum status
fields_parse(struct arena *arena, struct str text, struct query *query,
    struct error *err)
{
	const struct db_table *t = query->table;

	query->fields =
	    arena_alloc(arena, t->n_columns * sizeof(query->fields[0]));
	while (!str_is_null(text)) {
		struct str name = str_trim(str_cut(&text, ','));
		const struct column *column = table_column(t, name);

		if (str_eq(name, STR("*"))) {
			fields_all(query, arena);
			return ST_OK;
		}
		if (column == NULL)
			return error_set(err, ST_INVALID,
			    "Invalid field requested: '%.*s'.", STR_ARG(name));
		if (!has_field(query, column))
			query->fields[query->n_fields++] = column;
	}
	return ST_OK;
}

/* No column stands there twice, so the table's number of them is room. */
size_t
fields_place(
    struct query *query, struct arena *arena, const struct column *column)
{
	const struct column **all;
	size_t n = query->n_fields + query->n_hidden;

	for (size_t i = 0; i < n; i++) {
		if (query->fields[i] == column)
			return i;
	}
	if (query->n_hidden == 0) {
		all = arena_alloc(
		    arena, query->table->n_columns * sizeof(all[0]));
		memcpy(all, query->fields, n * sizeof(all[0]));
		query->fields = all;
	}
	query->fields[n] = column;
	query->n_hidden++;
	return n;
}
