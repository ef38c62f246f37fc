#include "app/services/db/read/order.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the word off the end of *text, with the blanks before it. */
static bool
word_strip(struct str *text, struct str word)
{
	size_t n = text->n - word.n;

	if (text->n <= word.n || !is_blank(text->p[n - 1]) ||
	    !str_eq_nocase(str_skip(*text, n), word))
		return false;
	*text = str_trim(str_make(text->p, n));
	return true;
}

static enum nulls_place
nulls_strip(struct str *text)
{
	struct str rest = *text;
	enum nulls_place place = NULLS_ANYWHERE;

	if (word_strip(&rest, STR("first")))
		place = NULLS_FIRST;
	else if (word_strip(&rest, STR("last")))
		place = NULLS_LAST;
	if (place == NULLS_ANYWHERE || !word_strip(&rest, STR("nulls")))
		return NULLS_ANYWHERE;
	*text = rest;
	return place;
}

/* The name is what is left, so that it may hold blanks itself. */
static enum status
item_parse(struct str text, const struct db_table *table,
    struct order_item *out, struct error *err)
{
	struct str name = str_trim(text);

	out->nulls = nulls_strip(&name);
	out->descending = word_strip(&name, STR("desc"));
	if (!out->descending)
		(void)word_strip(&name, STR("asc")); /* the default */
	out->column = table_column(table, name);
	if (out->column == NULL)
		return error_set(err, ST_INVALID,
		    "Invalid field '%.*s' in order by clause.", STR_ARG(name));
	return ST_OK;
}

enum status
order_parse(struct arena *arena, struct str text, struct query *query,
    struct error *err)
{
	const struct db_table *table = query_rows(query);
	size_t room = table->n_columns;
	struct str rest = text;

	query->order = arena_alloc(arena, room * sizeof(query->order[0]));
	while (!str_is_null(rest)) {
		struct order_item item;
		enum status st =
		    item_parse(str_cut(&rest, ','), table, &item, err);

		if (st != ST_OK)
			return st;
		if (!query_is_ordered_by(query, item.column))
			query->order[query->n_order++] = item;
	}
	return ST_OK;
}
