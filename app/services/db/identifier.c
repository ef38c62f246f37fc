#include "app/services/db/identifier.h"

#include "app/base/arena.h"
#include "app/base/uri.h"
#include "app/services/db/value/id_value.h"
#include "drivers/db/catalog.h"

struct identity
identity_key(const struct db_table *table)
{
	return (struct identity){ table,
		(const struct column *const *)table->key, table->n_key };
}

bool
identity_is_key(const struct identity *by)
{
	return by->columns == (const struct column *const *)by->table->key;
}

enum status
identity_parse(struct arena *arena, const struct db_table *table,
    struct str text, struct identity *out, struct error *err)
{
	const struct column **columns =
	    arena_alloc(arena, table->n_columns * sizeof(columns[0]));

	*out = (struct identity){ table, columns, 0 };
	while (!str_is_null(text)) {
		struct str name = str_trim(str_cut(&text, ','));
		const struct column *column = table_column(table, name);

		if (column == NULL || out->n == table->n_columns)
			return error_set(err, ST_INVALID,
			    "Invalid field in id_field: '%.*s'.",
			    STR_ARG(name));
		columns[out->n++] = column;
	}
	return ST_OK;
}

enum status
identifier_missing(const struct identifier *id, struct error *err)
{
	return error_set(err, ST_MISSING,
	    "Record with identifier '%.*s' not found.", STR_ARG(id->text));
}

enum status
identifier_ambiguous(const struct identifier *id, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Identifier '%.*s' names more than one record.", STR_ARG(id->text));
}

enum status
identity_check(const struct identity *by, struct error *err)
{
	if (by->n > 0)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Table '%.*s' has no primary key to identify records by.",
	    STR_ARG(by->table->name));
}

/* Decodes; the URL was checked when it was taken apart. */
static struct str
decoded(struct arena *arena, struct id_text text)
{
	struct str out = text.text;

	if (text.encoded)
		(void)uri_decode(arena, text.text, text.plus, &out);
	return out;
}

/* Without a comma as it is, encoded ones separate: some clients encode all. */
static struct id_text
commas_show(struct arena *arena, struct id_text text)
{
	if (!text.encoded || str_find(text.text, ',') < text.text.n)
		return text;
	return (struct id_text){ .text = decoded(arena, text) };
}

/* "(1,2)" -> "1,2" */
static struct str
parentheses_strip(struct str text)
{
	if (text.n >= 2 && text.p[0] == '(' && text.p[text.n - 1] == ')')
		text = str_make(text.p + 1, text.n - 2);
	return text;
}

static enum status
parts_refuse(const struct identity *by, struct str text, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Identifier '%.*s' does not have the %zu parts of the key.",
	    STR_ARG(text), by->n);
}

static enum status
parts_cut(struct arena *arena, const struct identity *by, struct id_text text,
    struct db_value *parts)
{
	struct str rest = parentheses_strip(str_trim(text.text));

	for (size_t i = 0; i < by->n; i++) {
		struct id_text part = text;

		if (str_is_null(rest))
			return ST_INVALID;
		part.text = i == by->n - 1 ? rest : str_cut(&rest, ',');
		parts[i] = id_value(
		    arena, by->columns[i], str_trim(decoded(arena, part)));
	}
	return ST_OK;
}

enum status
identifier_parse(struct arena *arena, const struct identity *by,
    struct id_text text, struct identifier *out, struct error *err)
{
	struct db_value *parts;

	if (identity_check(by, err) != ST_OK)
		return ST_INVALID;
	parts = arena_alloc(arena, by->n * sizeof(parts[0]));
	*out = (struct identifier){ decoded(arena, text), parts };
	if (by->n == 1) {
		parts[0] = id_value(arena, by->columns[0], out->text);
		return ST_OK;
	}
	if (parts_cut(arena, by, commas_show(arena, text), parts) == ST_OK)
		return ST_OK;
	return parts_refuse(by, out->text, err);
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

static enum status
refuse_number(size_t max, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Parameter 'ids' names more than %zu records "
	    "(max_records).",
	    max);
}

enum status
identifier_list(struct arena *arena, const struct identity *by,
    struct id_text text, size_t max, struct identifier **out, size_t *n,
    struct error *err)
{
	struct id_text all = commas_show(arena, text);
	struct id_text item = all;
	bool grouped = by->n > 1;
	struct str rest = all.text;
	size_t room = 0;

	for (*n = 0; !str_is_null(rest); room++)
		(void)item_cut(&rest, grouped);
	if (room > max)
		return refuse_number(max, err);
	*out = arena_alloc(arena, room * sizeof(**out));
	for (rest = all.text; !str_is_null(rest); (*n)++) {
		enum status st;

		item.text = item_cut(&rest, grouped);
		st = identifier_parse(arena, by, item, &(*out)[*n], err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}
