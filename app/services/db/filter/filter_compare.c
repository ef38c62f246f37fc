#include "app/services/db/filter/filter_compare.h"

#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "drivers/db/catalog.h"

static void
room_make(const struct filter_text *t, struct filter_condition *c)
{
	c->values = arena_alloc(t->arena, sizeof(c->values[0]));
	c->n = 1;
}

enum status
filter_compare_single(const struct filter_text *t, const struct filter_raw *raw,
    struct filter_condition *c)
{
	if (!filter_value_is_null(raw)) {
		room_make(t, c);
		return filter_value_read(t, c->column, raw, &c->values[0]);
	}
	if (c->op != FILTER_EQ && c->op != FILTER_NE)
		return filter_fault(t, raw->at,
		    FILTER_UNPARSABLE "Nothing is less or more than null.");
	c->negated = c->op == FILTER_NE;
	c->op = FILTER_NULL;
	return ST_OK;
}

enum status
filter_compare_pattern(const struct filter_text *t, enum filter_match match,
    const struct filter_raw *raw, struct filter_condition *c)
{
	if (c->column->kind == COLUMN_BINARY)
		return filter_fault(t, raw->at,
		    "Field '%.*s' is binary, and has no text to look into.",
		    STR_ARG(c->column->name));
	if (filter_value_is_null(raw))
		return filter_fault(
		    t, raw->at, FILTER_UNPARSABLE "A text is missing.");
	room_make(t, c);
	return filter_value_pattern(t, match, raw, &c->values[0]);
}

enum status
filter_compare_element(const struct filter_text *t,
    const struct filter_raw *raw, struct filter_condition *c)
{
	if (filter_value_is_null(raw)) {
		c->or_null = true;
		return ST_OK;
	}
	return filter_value_read(t, c->column, raw, &c->values[c->n++]);
}

void
filter_compare_list_end(struct filter_condition *c)
{
	if (c->n > 0)
		return;
	c->op = FILTER_NULL;
	c->or_null = false;
}
