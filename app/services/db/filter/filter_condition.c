/* One condition of a filter, behind its field: [not] operator value. */
#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/filter/filter_compare.h"
#include "app/services/db/filter/filter_operator.h"
#include "drivers/db/catalog.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static enum status
raw_read(struct filter_reader *r, bool in_list, struct filter_raw *out)
{
	enum status st = filter_pass_value(&r->text, in_list, out);

	if (st != ST_OK)
		return st;
	return filter_value_resolve(&r->text, r->order->params, out);
}

static enum status
single_read(struct filter_reader *r, struct filter_condition *c)
{
	struct filter_raw raw;
	enum status st = raw_read(r, false, &raw);

	return st == ST_OK ? filter_compare_single(&r->text, &raw, c) : st;
}

static enum status
pattern_read(struct filter_reader *r, const struct filter_operator *op,
    struct filter_condition *c)
{
	struct filter_raw raw;
	enum status st = raw_read(r, false, &raw);

	if (st != ST_OK)
		return st;
	return filter_compare_pattern(&r->text, op->match, &raw, c);
}

/* Room for the elements of a list that begins at t->at: one more than the
 * commas before the end of the text, or than may be. */
static size_t
list_room(const struct filter_text *t)
{
	struct str rest = str_skip(t->text, t->at);
	size_t n = 1;

	for (size_t i = 0; i < rest.n && n < FILTER_ELEMENTS_MAX; i++)
		n += rest.p[i] == ',';
	return n;
}

static enum status
element_read(struct filter_reader *r, struct filter_condition *c)
{
	struct filter_raw raw;
	enum status st;

	if (r->elements == FILTER_ELEMENTS_MAX)
		return filter_fault(&r->text, r->text.at,
		    "The lists of a filter may have at most %u values.",
		    FILTER_ELEMENTS_MAX);
	r->elements++;
	st = raw_read(r, true, &raw);
	return st == ST_OK ? filter_compare_element(&r->text, &raw, c) : st;
}

static enum status
list_read(struct filter_reader *r, struct filter_condition *c)
{
	struct filter_text *t = &r->text;
	size_t open = filter_next(t);
	enum status st;

	if (!filter_pass_char(t, '('))
		return filter_fault(t, open,
		    "Filter value lists must be wrapped in parentheses.");
	c->values = arena_alloc(t->arena, list_room(t) * sizeof(c->values[0]));
	do {
		st = element_read(r, c);
		if (st != ST_OK)
			return st;
	} while (filter_pass_char(t, ','));
	if (!filter_pass_char(t, ')'))
		return filter_fault(t, t->at,
		    FILTER_UNPARSABLE "Expected a comma or the closing "
				      "parenthesis of a list.");
	filter_compare_list_end(c);
	return ST_OK;
}

void
filter_condition_negate(struct filter_condition *c)
{
	static const enum filter_op contrary[] = {
		[FILTER_EQ] = FILTER_NE,
		[FILTER_NE] = FILTER_EQ,
		[FILTER_LT] = FILTER_GE,
		[FILTER_GE] = FILTER_LT,
		[FILTER_GT] = FILTER_LE,
		[FILTER_LE] = FILTER_GT,
	};

	if (c->op < ROWS(contrary))
		c->op = contrary[c->op];
	else
		c->negated = !c->negated;
}

enum status
filter_condition_read(struct filter_reader *r, struct filter_condition *out)
{
	const struct filter_operator *op = NULL;
	bool negated = false;
	enum status st = filter_operator_read(&r->text, &op, &negated);

	if (st != ST_OK)
		return st;
	out->op = op->op;
	if (op->takes == TAKES_VALUE)
		st = single_read(r, out);
	else if (op->takes == TAKES_LIST)
		st = list_read(r, out);
	else if (op->takes == TAKES_PATTERN)
		st = pattern_read(r, op, out);
	if (st == ST_OK && negated)
		filter_condition_negate(out);
	return st;
}
