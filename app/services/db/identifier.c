#include "app/services/db/identifier.h"

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "drivers/db/catalog.h"

static struct db_value
part_value(struct arena *arena, const struct column *column, struct str text)
{
	struct db_value v = { .type = DB_TEXT, .s = text };
	bool counts = column->kind == COLUMN_INTEGER ||
		      column->kind == COLUMN_BOOLEAN ||
		      column->kind == COLUMN_ANY;
	int64_t i;
	struct str bytes;

	if (counts && str_to_i64(text, &i))
		v = (struct db_value){ .type = DB_INT, .i = i };
	else if (column->kind == COLUMN_BINARY &&
		 base64_decode(arena, text, &bytes))
		v = (struct db_value){ .type = DB_BLOB, .s = bytes };
	return v;
}

/* "(1,2)" -> "1,2" */
static struct str
parentheses_strip(struct str text)
{
	if (text.n >= 2 && text.p[0] == '(' && text.p[text.n - 1] == ')')
		text = str_make(text.p + 1, text.n - 2);
	return text;
}

enum status
identifier_parse(struct arena *arena, const struct db_table *table,
    struct str text, struct identifier *out, struct error *err)
{
	size_t n = table->n_key;
	struct db_value *parts;
	struct str rest = text;

	if (n == 0)
		return error_set(err, ST_INVALID,
		    "Table '%.*s' has no primary key to identify records by.",
		    STR_ARG(table->name));
	if (n > 1)
		rest = parentheses_strip(text);
	parts = arena_alloc(arena, n * sizeof(parts[0]));
	for (size_t i = 0; i < n; i++) {
		struct str part = n == 1 ? rest : str_trim(str_cut(&rest, ','));

		if (str_is_null(part))
			break;
		parts[i] = part_value(arena, table->key[i], part);
		if (i == n - 1 && (n == 1 || str_is_null(rest))) {
			*out = (struct identifier){ text, parts };
			return ST_OK;
		}
	}
	return error_set(err, ST_INVALID,
	    "Identifier '%.*s' does not have the %zu parts of the key.",
	    STR_ARG(text), n);
}

/* Cuts at the next comma that stands outside parentheses. */
static struct str
item_cut(struct str *rest, bool grouped)
{
	size_t at = 0;
	int depth = 0;
	struct str item;

	while (at < rest->n && (rest->p[at] != ',' || depth > 0)) {
		if (grouped && rest->p[at] == '(')
			depth++;
		else if (grouped && rest->p[at] == ')')
			depth--;
		at++;
	}
	item = str_trim(str_make(rest->p, at));
	*rest = at == rest->n ? STR_NULL : str_skip(*rest, at + 1);
	return item;
}

enum status
identifier_list(struct arena *arena, const struct db_table *table,
    struct str text, size_t max, struct identifier **out, size_t *n,
    struct error *err)
{
	bool grouped = table->n_key > 1;
	struct identifier *list;
	struct str rest = text;
	size_t room = 0;

	for (*n = 0; !str_is_null(rest); room++)
		(void)item_cut(&rest, grouped);
	if (room > max)
		return error_set(err, ST_INVALID,
		    "Parameter 'ids' names more than %zu records.", max);
	list = arena_alloc(arena, room * sizeof(list[0]));
	for (rest = text; !str_is_null(rest); (*n)++) {
		enum status st = identifier_parse(
		    arena, table, item_cut(&rest, grouped), &list[*n], err);

		if (st != ST_OK)
			return st;
	}
	*out = list;
	return ST_OK;
}
