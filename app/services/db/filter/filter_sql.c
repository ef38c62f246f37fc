/*
 * Filters as SQL that every engine takes. There is no XOR in all of them, but
 * a condition is a number or NULL in all, so "<>" says the same.
 */
#include "app/base/arena.h"
#include "app/services/db/filter/filter_tree.h"
#include "app/services/db/filter/filter_value.h"
#include "app/services/db/statement.h"
#include "drivers/db/catalog.h"

#define RELATED_NESTING 11 /* "NOT EXISTS (SELECT ... WHERE x AND (" */

_Static_assert(FILTER_ESCAPE == '!', "the SQL says so");

static void node_put(struct statement *s, const struct filter_node *node);

static void
comparison_put(struct statement *s, const struct filter_condition *c)
{
	static const struct str signs[] = {
		[FILTER_EQ] = { " = ", 3 },
		[FILTER_NE] = { " <> ", 4 },
		[FILTER_LT] = { " < ", 3 },
		[FILTER_GE] = { " >= ", 4 },
		[FILTER_GT] = { " > ", 3 },
		[FILTER_LE] = { " <= ", 4 },
	};

	statement_column(s, c->column);
	buf_put(&s->sql, signs[c->op]);
	statement_bind(s, c->values[0]);
}

static void
like_put(struct statement *s, const struct filter_condition *c)
{
	statement_column(s, c->column);
	buf_put(&s->sql, c->negated ? STR(" NOT LIKE ") : STR(" LIKE "));
	statement_bind(s, c->values[0]);
	statement_put(s, " ESCAPE '!'");
}

static void
null_put(struct statement *s, const struct column *column, bool negated)
{
	statement_column(s, column);
	buf_put(&s->sql, negated ? STR(" IS NOT NULL") : STR(" IS NULL"));
}

static void
list_put(struct statement *s, const struct filter_condition *c)
{
	statement_column(s, c->column);
	buf_put(&s->sql, c->negated ? STR(" NOT IN (") : STR(" IN ("));
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0)
			statement_put(s, ", ");
		statement_bind(s, c->values[i]);
	}
	statement_put(s, ")");
}

/* In SQL a NULL in a list would make "not in" hold for no row at all. */
static void
list_or_null_put(struct statement *s, const struct filter_condition *c)
{
	statement_put(s, "(");
	list_put(s, c);
	buf_put(&s->sql, c->negated ? STR(" AND ") : STR(" OR "));
	null_put(s, c->column, c->negated);
	statement_put(s, ")");
}

static void
condition_put(struct statement *s, const struct filter_condition *c)
{
	switch (c->op) {
	case FILTER_IN:
		if (c->or_null)
			list_or_null_put(s, c);
		else
			list_put(s, c);
		break;
	case FILTER_LIKE:
		like_put(s, c);
		break;
	case FILTER_NULL:
		null_put(s, c->column, c->negated);
		break;
	default:
		comparison_put(s, c);
		break;
	}
}

static void
grouped_put(struct statement *s, const struct filter_node *node)
{
	statement_put(s, "(");
	node_put(s, node);
	statement_put(s, ")");
}

/* "NOT (NOT (a OR b) OR c)": nor reads from left to right. */
static void
nor_put(struct statement *s, const struct filter_node *node)
{
	for (const struct filter_node *n = node->first->next; n != NULL;
	     n = n->next)
		statement_put(s, "NOT (");
	grouped_put(s, node->first);
	for (const struct filter_node *n = node->first->next; n != NULL;
	     n = n->next) {
		statement_put(s, " OR ");
		grouped_put(s, n);
		statement_put(s, ")");
	}
}

/* Does it bind tighter than any logic? */
static bool
is_operand(const struct filter_node *node)
{
	return node->kind == FILTER_CONDITION || node->kind == FILTER_RELATED;
}

static void
joined_put(struct statement *s, const struct filter_node *node)
{
	static const struct str words[FILTER_LOGICS] = {
		[FILTER_OR] = { " OR ", 4 },
		[FILTER_XOR] = { " <> ", 4 },
		[FILTER_AND] = { " AND ", 5 },
	};

	for (const struct filter_node *n = node->first; n != NULL;
	     n = n->next) {
		if (n != node->first)
			buf_put(&s->sql, words[node->logic]);
		if (is_operand(n) && node->logic != FILTER_XOR)
			node_put(s, n);
		else
			grouped_put(s, n);
	}
}

static void
node_put(struct statement *s, const struct filter_node *node)
{
	if (node->kind == FILTER_CONDITION) {
		condition_put(s, &node->content);
	} else if (node->kind == FILTER_RELATED) {
		filter_related_put(s, node, node_put);
	} else if (node->kind == FILTER_NOT) {
		statement_put(s, "NOT ");
		grouped_put(s, node->first);
	} else if (node->logic == FILTER_NOR) {
		nor_put(s, node);
	} else {
		joined_put(s, node);
	}
}

/* Of a chain of nor each link stands in the parentheses of those behind it. */
static size_t
link_nesting(const struct filter_node *chain, size_t n, size_t i)
{
	size_t open =
	    chain->logic == FILTER_NOR ? 2 * (n - (i > 0 ? i : 1)) : 0;

	return open + (i == 0 ? 1 : 3);
}

size_t
filter_tree_nesting(const struct filter_node *node)
{
	size_t nesting = 0;
	size_t n = 0;
	size_t i = 0;

	for (const struct filter_node *link = node->first; link != NULL;
	     link = link->next)
		n++;
	for (const struct filter_node *link = node->first; link != NULL;
	     link = link->next) {
		size_t of_link = filter_tree_nesting(link);

		if (node->kind == FILTER_JOINED)
			of_link += link_nesting(node, n, i++);
		else
			of_link +=
			    node->kind == FILTER_NOT ? 2 : RELATED_NESTING;
		if (of_link > nesting)
			nesting = of_link;
	}
	return nesting;
}

void
filter_tree_put(struct arena *arena, const struct filter_node *tree, char quote,
    struct str alias, struct condition *out)
{
	struct statement s;

	statement_open(&s, arena, quote);
	s.alias = alias;
	node_put(&s, tree);
	*out = (struct condition){ buf_str(&s.sql), s.args, s.n_args };
}
