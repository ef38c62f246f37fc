#include "app/services/db/read/group_item.h"

#include "app/base/arena.h"

static const struct {
	struct str word;
	bool adds; /* takes numbers only */
} functions[] = {
	[GROUP_AVG] = { { "AVG", 3 }, true },
	[GROUP_COUNT] = { { "COUNT", 5 }, false },
	[GROUP_MAX] = { { "MAX", 3 }, false },
	[GROUP_MIN] = { { "MIN", 3 }, false },
	[GROUP_SUM] = { { "SUM", 3 }, true },
};

#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

static enum group_function
function_find(struct str word)
{
	for (size_t i = GROUP_COLUMN + 1; i < FUNCTIONS; i++) {
		if (str_eq_nocase(functions[i].word, word))
			return (enum group_function)i;
	}
	return GROUP_COLUMN;
}

/* "SUM(amount)": what stands before the parentheses and in them. */
static bool
call_split(struct str text, struct str *word, struct str *argument)
{
	size_t open = str_find(text, '(');

	if (open == text.n || text.p[text.n - 1] != ')')
		return false;
	*word = str_trim(str_make(text.p, open));
	*argument = str_make(text.p + open + 1, text.n - open - 2);
	*argument = str_trim(*argument);
	return true;
}

bool
group_is_asked(const struct db_table *table, struct str fields)
{
	while (!str_is_null(fields)) {
		struct str text = str_trim(str_cut(&fields, ','));
		struct str word;
		struct str argument;

		if (table_column(table, text) == NULL &&
		    call_split(text, &word, &argument))
			return true;
	}
	return false;
}

static bool
is_number(const struct column *column)
{
	switch (column->kind) {
	case COLUMN_INTEGER:
	case COLUMN_BOOLEAN:
	case COLUMN_REAL:
	case COLUMN_DECIMAL:
	case COLUMN_ANY:
		return true;
	default:
		return false;
	}
}

enum status
group_field_unknown(struct str text, struct error *err)
{
	return error_set(
	    err, ST_INVALID, "Invalid field requested: '%.*s'.", STR_ARG(text));
}

enum status
group_item_read(const struct db_table *table, struct str text,
    struct group_item *out, struct error *err)
{
	struct str word;
	struct str argument;

	*out = (struct group_item){ .column = table_column(table, text) };
	if (out->column != NULL)
		return ST_OK;
	if (!call_split(text, &word, &argument))
		return group_field_unknown(text, err);
	out->function = function_find(word);
	out->column = table_column(table, argument);
	if (out->function == GROUP_COUNT && str_eq(argument, STR("*")))
		return ST_OK;
	if (out->function == GROUP_COLUMN || out->column == NULL)
		return group_field_unknown(text, err);
	if (functions[out->function].adds && !is_number(out->column))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' is no number to compute %s of.",
		    STR_ARG(out->column->name),
		    functions[out->function].word.p);
	return ST_OK;
}

struct str
group_item_name(struct arena *arena, const struct group_item *item)
{
	if (item->function == GROUP_COLUMN)
		return item->column->name;
	if (item->column == NULL)
		return STR("COUNT_ALL");
	return arena_printf(arena, "%s_%.*s", functions[item->function].word.p,
	    STR_ARG(item->column->name));
}

enum column_kind
group_item_kind(const struct group_item *item)
{
	bool extreme =
	    item->function == GROUP_MAX || item->function == GROUP_MIN;

	if (item->function == GROUP_COUNT)
		return COLUMN_INTEGER;
	if (functions[item->function].adds ||
	    (extreme && item->column->kind == COLUMN_DECIMAL))
		return COLUMN_REAL;
	return item->column->kind;
}
