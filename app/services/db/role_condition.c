#include "app/services/db/role_condition.h"

#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/filter/filter_compare.h"
#include "app/services/db/role_lookup.h"
#include "drivers/db/catalog.h"
#include "middleware/registry/row_filters.h"

/* A string as the text to read a value or a list from; what is no string as
 * its JSON. */
static struct filter_text
text_of(struct arena *arena, struct json value, struct error *err)
{
	struct str text = json_kind(value) == JSON_STRING
			      ? json_to_str(arena, value)
			      : value.text;

	return (struct filter_text){
		.arena = arena, .text = str_trim(text), .err = err
	};
}

/* All of the text is one value, whatever words are in it: in quotes where
 * they stand at both ends, else as it is. */
static void
raw_of(const struct filter_text *t, struct filter_raw *out)
{
	struct str text = t->text;
	struct filter_text quoted = *t;
	struct error none = { .text = "" };

	*out = (struct filter_raw){ .form = FILTER_BARE, .text = text };
	if (text.n == 0 || (text.p[0] != '\'' && text.p[0] != '"'))
		return;
	quoted.err = &none;
	if (filter_pass_value(&quoted, false, out) != ST_OK ||
	    filter_next(&quoted) < text.n)
		*out = (struct filter_raw){ .form = FILTER_BARE, .text = text };
}

/* "1,2" or "(1,2)" */
static enum status
list_text_read(struct filter_text *t, const struct lookup_source *lookups,
    struct filter_condition *c)
{
	enum status st = role_lookup_list(t, lookups);
	size_t last = t->text.n;
	bool enclosed = st == ST_OK && filter_pass_char(t, '(');

	if (st != ST_OK)
		return st;
	c->values = arena_alloc(t->arena, (last + 1) * sizeof(c->values[0]));
	do {
		struct filter_raw raw;

		st = filter_pass_value(t, true, &raw);
		if (st == ST_OK)
			st = filter_value_resolve(t, NULL, &raw);
		if (st == ST_OK)
			st = role_lookup_value(t, lookups, false, &raw);
		if (st == ST_OK)
			st = filter_compare_element(t, &raw, c);
	} while (st == ST_OK && filter_pass_char(t, ','));
	if (st == ST_OK && enclosed != filter_pass_char(t, ')'))
		return filter_fault(t, t->at, "The list is not well formed.");
	if (st == ST_OK && filter_next(t) < last)
		return filter_fault(t, t->at, "Text follows the list.");
	return st;
}

static enum status
list_array_read(const struct filter_text *whole, struct json array,
    const struct lookup_source *lookups, struct filter_condition *c)
{
	struct arena *arena = whole->arena;
	struct json_walk walk = json_walk(arena, array);
	struct json_member element;
	enum status st = ST_OK;

	c->values =
	    arena_alloc(arena, json_count(array) * sizeof(c->values[0]));
	while (st == ST_OK && json_next(&walk, &element)) {
		struct filter_text t =
		    text_of(arena, element.value, whole->err);
		struct filter_raw raw;

		raw_of(&t, &raw);
		st = role_lookup_value(&t, lookups, false, &raw);
		if (st == ST_OK)
			st = filter_compare_element(&t, &raw, c);
	}
	return st;
}

static enum status
list_read(struct filter_text *t, struct json value,
    const struct lookup_source *lookups, struct filter_condition *c)
{
	enum status st;

	if (json_kind(value) == JSON_ARRAY)
		st = list_array_read(t, value, lookups, c);
	else
		st = list_text_read(t, lookups, c);
	filter_compare_list_end(c);
	return st;
}

/* What each operator is in a filter. */
static const struct {
	enum filter_op op;
	enum filter_match match;
} operators[] = {
	[ROW_EQ] = { .op = FILTER_EQ },
	[ROW_NE] = { .op = FILTER_NE },
	[ROW_LT] = { .op = FILTER_LT },
	[ROW_GE] = { .op = FILTER_GE },
	[ROW_GT] = { .op = FILTER_GT },
	[ROW_LE] = { .op = FILTER_LE },
	[ROW_IN] = { .op = FILTER_IN },
	[ROW_LIKE] = { FILTER_LIKE, FILTER_MATCH_PATTERN },
	[ROW_STARTS] = { FILTER_LIKE, FILTER_MATCH_START },
	[ROW_ENDS] = { FILTER_LIKE, FILTER_MATCH_END },
	[ROW_CONTAINS] = { FILTER_LIKE, FILTER_MATCH_PART },
	[ROW_NULL] = { .op = FILTER_NULL },
};

static enum status
value_read(struct filter_text *t, const struct row_filter *f,
    const struct lookup_source *lookups, struct filter_condition *c)
{
	enum filter_match match = operators[f->op].match;
	bool pattern = c->op == FILTER_LIKE && match == FILTER_MATCH_PATTERN;
	struct filter_raw raw;
	enum status st;

	if (c->op == FILTER_NULL)
		return ST_OK;
	if (c->op == FILTER_IN)
		return list_read(t, f->value, lookups, c);
	raw_of(t, &raw);
	st = role_lookup_value(t, lookups, pattern, &raw);
	if (st != ST_OK)
		return st;
	return c->op == FILTER_LIKE ? filter_compare_pattern(t, match, &raw, c)
				    : filter_compare_single(t, &raw, c);
}

static enum status
condition_read(struct arena *arena, const struct role_condition_order *order,
    const struct row_filter *f, struct filter_condition *c, struct error *err)
{
	struct filter_text t = text_of(arena, f->value, err);
	enum status st;

	c->column = table_column(order->table, f->name);
	c->op = operators[f->op].op;
	if (c->column == NULL)
		return error_set(err, ST_INVALID,
		    "the table has no field \"%.*s\"", STR_ARG(f->name));
	st = value_read(&t, f, order->lookups, c);
	if (st == ST_OK && f->negated)
		filter_condition_negate(c);
	return st;
}

enum status
role_condition_make(struct arena *arena,
    const struct role_condition_order *order, struct condition *out,
    struct error *err)
{
	const struct row_filters *filters = order->filters;
	struct filter_node tree = { .kind = FILTER_JOINED,
		.logic = filters->any ? FILTER_OR : FILTER_AND };
	struct filter_node *nodes =
	    arena_zalloc(arena, filters->n * sizeof(nodes[0]));
	enum status st = ST_OK;

	if (filters->fault != NULL)
		return error_set(err, ST_INVALID, "%s", filters->fault);
	for (size_t i = 0; i < filters->n && st == ST_OK; i++) {
		if (i > 0)
			nodes[i - 1].next = &nodes[i];
		st = condition_read(
		    arena, order, &filters->list[i], &nodes[i].content, err);
	}
	if (st != ST_OK)
		return st;
	tree.first = nodes;
	filter_tree_put(arena, &tree, order->quote, order->alias, out);
	return ST_OK;
}

const struct condition *
role_condition_both(
    struct arena *arena, const struct condition *a, const struct condition *b)
{
	struct condition *both = arena_alloc(arena, sizeof(*both));
	struct statement s;

	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	statement_open(&s, arena, '\0');
	statement_condition(&s, a);
	statement_put(&s, " AND ");
	statement_condition(&s, b);
	*both = (struct condition){ buf_str(&s.sql), s.args, s.n_args };
	return both;
}
