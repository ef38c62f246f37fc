/*
 * Reads the logic of a filter. Each level of precedence reads a chain of the
 * next tighter one, so that the recursion comes back to itself only through a
 * parenthesis, and those are counted.
 */
#include "app/services/db/filter/filter_tree.h"

#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"

static enum status level_read(
    struct filter_reader *r, enum filter_logic logic, struct filter_node **out);

static struct filter_node *
node_make(struct filter_reader *r, enum filter_kind kind)
{
	struct filter_node *node =
	    arena_zalloc(r->text.arena, sizeof(struct filter_node));

	node->kind = kind;
	return node;
}

/* Behind "(". */
static enum status
group_read(struct filter_reader *r, struct filter_node **out)
{
	size_t open = r->text.at - 1;
	enum status st;

	if (++r->depth > FILTER_DEPTH_MAX)
		return filter_fault(&r->text, open,
		    "A filter may have at most %u parentheses in each other.",
		    FILTER_DEPTH_MAX);
	st = level_read(r, FILTER_NOR, out);
	if (st != ST_OK)
		return st;
	r->depth--;
	if (!filter_pass_char(&r->text, ')'))
		return filter_fault(&r->text, r->text.at,
		    FILTER_UNPARSABLE "Expected and, or, xor, nor or a closing "
				      "parenthesis.");
	return ST_OK;
}

static enum status
leaf_read(struct filter_reader *r, struct filter_node **out)
{
	struct filter_node *leaf;
	struct filter_node *last;
	enum status st;

	if (r->conditions == FILTER_CONDITIONS_MAX)
		return filter_fault(&r->text, r->text.at,
		    "A filter may have at most %u conditions.",
		    FILTER_CONDITIONS_MAX);
	r->conditions++;
	leaf = node_make(r, FILTER_CONDITION);
	st = filter_field_read(r, &leaf->content.column, out, &last);
	if (st != ST_OK)
		return st;
	if (last == NULL)
		*out = leaf;
	else
		last->first = leaf;
	return filter_condition_read(r, &leaf->content);
}

static struct filter_node *
negated(struct filter_reader *r, struct filter_node *node)
{
	struct filter_node *outer;

	if (node->kind == FILTER_NOT)
		return node->first;
	if (node->kind == FILTER_CONDITION) {
		filter_condition_negate(&node->content);
		return node;
	}
	if (node->kind == FILTER_RELATED) {
		node->related->negated = !node->related->negated;
		return node;
	}
	outer = node_make(r, FILTER_NOT);
	outer->first = node;
	return outer;
}

/* [not ...] (filter), or a condition */
static enum status
operand_read(struct filter_reader *r, struct filter_node **out)
{
	bool negates = false;
	enum status st;

	while (filter_pass_word(&r->text, STR("not")))
		negates = !negates;
	if (filter_pass_char(&r->text, '('))
		st = group_read(r, out);
	else
		st = leaf_read(r, out);
	if (st == ST_OK && negates)
		*out = negated(r, *out);
	return st;
}

static enum status
tighter_read(
    struct filter_reader *r, enum filter_logic logic, struct filter_node **out)
{
	if (logic == FILTER_AND)
		return operand_read(r, out);
	return level_read(r, logic + 1, out);
}

/* A chain of what binds tighter; of one link, just that. */
static enum status
level_read(
    struct filter_reader *r, enum filter_logic logic, struct filter_node **out)
{
	struct filter_node *chain = NULL;
	struct filter_node *last;
	enum status st = tighter_read(r, logic, &last);

	*out = last;
	while (st == ST_OK && filter_pass_logic(&r->text, logic)) {
		if (chain == NULL) {
			chain = node_make(r, FILTER_JOINED);
			chain->logic = logic;
			chain->first = last;
			*out = chain;
		}
		st = tighter_read(r, logic, &last->next);
		last = last->next;
	}
	return st;
}

enum status
filter_tree_read(struct arena *arena, const struct filter_order *order,
    struct filter_node **out, struct error *err)
{
	struct filter_reader r = {
		.text = { .arena = arena, .text = order->text, .err = err },
		.order = order,
	};
	enum status st = level_read(&r, FILTER_NOR, out);

	if (st == ST_OK && filter_next(&r.text) < order->text.n)
		return filter_fault(&r.text, r.text.at,
		    FILTER_UNPARSABLE "Expected and, or, xor, nor or the end; "
				      "text with such words in it needs "
				      "quotes.");
	return st;
}
