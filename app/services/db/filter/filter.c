#include "app/services/db/filter/filter.h"

#include "app/base/utf8.h"
#include "app/services/db/filter/filter_tree.h"

/* Texts that one engine would cut off or refuse never get to any. */
static bool
is_text(struct str s)
{
	while (s.n > 0 && s.p[0] != '\0') {
		size_t n = utf8_first(s);

		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
	return s.n == 0;
}

static enum status
order_check(const struct filter_order *order, struct error *err)
{
	if (order->text.n > FILTER_BYTES_MAX)
		return error_set(err, ST_INVALID,
		    "A filter may have at most %u bytes.", FILTER_BYTES_MAX);
	if (!is_text(order->text))
		return error_set(err, ST_INVALID,
		    FILTER_UNPARSABLE "It is no text in UTF-8.");
	for (size_t i = 0; order->params != NULL && i < order->params->n; i++) {
		const struct param *p = &order->params->list[i];

		if (!is_text(p->value))
			return error_set(err, ST_INVALID,
			    "Parameter ':%.*s' is no text in UTF-8.",
			    STR_ARG(p->name));
	}
	return ST_OK;
}

static enum status
nesting_check(const struct filter_node *tree, struct error *err)
{
	if (filter_tree_nesting(tree) <= FILTER_NESTING_MAX)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "The filter is nested too deeply for a database: use fewer "
	    "parentheses in each other, or fewer nor.");
}

enum status
filter_parse(struct arena *arena, const struct filter_order *order,
    struct condition *out, struct error *err)
{
	struct filter_node *tree = NULL;
	enum status st = order_check(order, err);

	if (st == ST_OK)
		st = filter_tree_read(arena, order, &tree, err);
	if (st == ST_OK)
		st = nesting_check(tree, err);
	if (st == ST_OK)
		filter_tree_put(arena, tree, order->quote, STR_NULL, out);
	return st;
}
