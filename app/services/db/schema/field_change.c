/*
 * A field that there is, and what a client says of it: what differs is changed,
 * so that a schema may be sent back as it was described.
 */
#include "app/services/db/schema/field_compare.h"

#include "app/services/db/db.h"
#include "app/services/db/schema/column_default.h"
#include "app/services/db/schema/column_type.h"
#include "app/services/db/schema/simple_type.h"
#include "drivers/db/catalog_build.h"

enum status
field_refuse(const struct comparing *c, enum status st, const char *why,
    struct error *err)
{
	return error_set(err, st, "Field '%.*s' of table '%.*s' %s.",
	    STR_ARG(c->column->name), STR_ARG(c->table->name), why);
}

bool
field_is_other(enum said said, bool is)
{
	return said != UNSAID && (said == SAID_YES) != is;
}

bool
field_has_length(const struct column *c)
{
	return str_find(c->db_type, '(') < c->db_type.n && c->length > 0;
}

/* As it is now, in the words of an order. False: it has a type that cannot be
 * ordered (ENUM, POINT). */
static bool
type_now(const struct comparing *c, struct reshape_column *out)
{
	const struct column *column = c->column;
	const struct simple_type *type;

	*out = (struct reshape_column){ .name = column->name,
		.not_null = column->not_null };
	out->type = TYPE_TEXT; /* as far as a default goes */
	if (column->n_choices > 0 || column->form == FORM_GEOMETRY ||
	    simple_type_find(column_type(c->table, column), &type, NULL) !=
		ST_OK)
		return false;
	out->type = type->type;
	out->length = field_has_length(column) ? column->length : 0;
	out->precision = column->precision;
	out->scale = column->scale;
	out->fixed = column_is_fixed(column);
	if (type->is_reference && str_eq_nocase(column->db_type, STR("bigint")))
		out->type = TYPE_BIGINT;
	return true;
}

/* Types that are stored alike: a reference is an integer. */
static bool
names_same_type(const struct comparing *c, const struct reshape_column *now)
{
	const struct simple_type *said = c->d->type;
	struct str is = column_type(c->table, c->column);

	if (said == NULL || str_eq(said->name, is))
		return true;
	if (said->is_reference)
		return c->column->kind == COLUMN_INTEGER;
	if ((said->fixed && now->length != said->length) ||
	    (said->scale > 0 && now->scale != said->scale))
		return false; /* a uuid, money */
	return said->type == now->type &&
	       said->follows_update == c->column->follows_update;
}

static int64_t
number_said(int64_t said, int64_t is)
{
	return said >= 0 ? said : is;
}

static bool
says_same_bounds(const struct field_draft *d, const struct reshape_column *now)
{
	return number_said(d->length, now->length) == now->length &&
	       number_said(d->precision, now->precision) == now->precision &&
	       number_said(d->scale, now->scale) == now->scale &&
	       !field_is_other(d->is_fixed, now->fixed);
}

/* Of the same type, what is not said stays. */
static void
bounds_keep(const struct comparing *c, const struct reshape_column *now,
    struct field_draft *wanted)
{
	(void)simple_type_find(
	    column_type(c->table, c->column), &wanted->type, NULL);
	if (wanted->length < 0 && now->length > 0)
		wanted->length = now->length;
	if (wanted->precision < 0)
		wanted->precision = now->precision;
	if (wanted->scale < 0)
		wanted->scale = now->scale;
	if (wanted->is_fixed == UNSAID && now->fixed)
		wanted->is_fixed = SAID_YES;
}

static enum status
type_change(struct comparing *c, const struct reshape_column *now,
    const struct field_draft *wanted, struct error *err)
{
	struct reshape_column *to = &c->change.to;
	enum status st;

	*to = (struct reshape_column){ .name = now->name,
		.not_null = now->not_null };
	st = field_type_set(wanted, to, err);
	c->change.retypes = to->type != now->type ||
			    to->length != now->length ||
			    to->precision != now->precision ||
			    to->scale != now->scale || to->fixed != now->fixed;
	if (st == ST_OK && c->change.retypes && !field_converts(now, to))
		return field_refuse(c, ST_DENIED,
		    "cannot get that type: values could be lost or rounded",
		    err);
	return st;
}

static enum status
type_compare(struct comparing *c, struct error *err)
{
	const struct field_draft *d = c->d;
	struct str is = column_type(c->table, c->column);
	struct field_draft wanted = *d;
	struct reshape_column now;
	bool known = type_now(c, &now);
	bool same = known && names_same_type(c, &now);

	c->change.to = now;
	if (!known && d->type != NULL && !str_eq(d->type->name, is))
		return field_refuse(
		    c, ST_DENIED, "has a type that weir does not change", err);
	if (!known || (same && says_same_bounds(d, &now)))
		return ST_OK;
	if (same)
		bounds_keep(c, &now, &wanted);
	return type_change(c, &now, &wanted, err);
}

/* What the engines can change of no column, or weir of none of theirs. */
static enum status
limits_check(struct comparing *c, struct error *err)
{
	const struct column *column = c->column;
	const struct field_draft *d = c->d;
	const struct simple_type *type = d->type;
	bool counts = column->auto_increment;

	if (column->generated &&
	    (c->change.retypes || c->change.renulls || c->change.redefaults))
		return field_refuse(
		    c, ST_DENIED, "is generated and cannot be changed", err);
	if (field_is_other(d->counts, counts) ||
	    (counts && c->change.retypes) ||
	    (!counts && type != NULL &&
		(type->type == TYPE_ID || type->type == TYPE_BIGID)))
		return field_refuse(c, ST_DENIED,
		    "cannot begin or cease to count up, nor change its type "
		    "while it does",
		    err);
	if (field_is_other(d->is_key, column->key_part > 0))
		return field_refuse(c, ST_DENIED,
		    "cannot be added to the key or taken from it", err);
	if (type != NULL && type->follows_update != column->follows_update &&
	    type->type == TYPE_TIMESTAMP)
		return field_refuse(c, ST_DENIED,
		    "cannot begin or cease to follow changes", err);
	return ST_OK;
}

static enum status
null_compare(struct comparing *c, struct error *err)
{
	const struct column *column = c->column;

	if (!field_is_other(c->d->may_be_null, column_may_be_null(column)))
		return ST_OK;
	if (column->key_part > 0)
		return field_refuse(c, ST_INVALID,
		    "is part of the key and cannot be NULL", err);
	c->change.renulls = true;
	c->change.to.not_null = c->d->may_be_null == SAID_NO;
	return ST_OK;
}

static bool
is_same_json(struct arena *arena, struct json a, struct json b)
{
	double x, y;

	if (json_kind(a) != json_kind(b))
		return false;
	if (json_kind(a) == JSON_STRING)
		return str_eq(json_to_str(arena, a), json_to_str(arena, b));
	if (json_kind(a) == JSON_OBJECT)
		return str_eq_nocase(
		    json_to_str(arena, json_get(arena, a, STR("expression"))),
		    json_to_str(arena, json_get(arena, b, STR("expression"))));
	return str_eq(a.text, b.text) ||
	       (json_to_double(arena, a, &x) && json_to_double(arena, b, &y) &&
		   x >= y && x <= y);
}

/* Said by its type alone. */
static bool
becomes_now(const struct comparing *c)
{
	return c->d->type != NULL && c->d->type->is_now &&
	       !str_eq(column_type(c->table, c->column), c->d->type->name);
}

static enum status
default_compare(struct comparing *c, struct error *err)
{
	struct arena *arena = c->o->arena;
	struct reshape_column *to = &c->change.to;
	struct buf text = buf_in(arena);
	struct json now;

	to->default_kind = DEFAULT_KEEP;
	if (json_kind(c->d->fallback) == JSON_NONE) {
		c->change.redefaults = becomes_now(c);
		if (c->change.redefaults)
			to->default_kind = DEFAULT_NOW;
		return ST_OK;
	}
	column_default_put(&text, arena, c->column);
	if (json_parse(arena, buf_str(&text), &now, err) == ST_OK &&
	    is_same_json(arena, c->d->fallback, now))
		return ST_OK;
	c->change.redefaults = true;
	return field_default_set(arena, c->d, to, err);
}

/* It is the type's own: sent back, it says nothing. */
static enum status
picklist_check(const struct comparing *c, struct error *err)
{
	struct arena *arena = c->o->arena;
	struct json_walk walk = json_walk(arena, c->d->picklist);
	struct json_member element;
	size_t n = 0;

	if (json_kind(c->d->picklist) == JSON_NONE)
		return ST_OK;
	while (json_next(&walk, &element)) {
		if (n == c->column->n_choices ||
		    !str_eq(c->column->choices[n],
			json_to_str(arena, element.value)))
			break;
		n++;
	}
	if (n == c->column->n_choices && n == json_count(c->d->picklist))
		return ST_OK;
	return field_refuse(c, ST_DENIED,
	    "cannot have another picklist: declare it in the database", err);
}

enum status
field_change(struct schema_order *o, struct altering *a,
    const struct column *column, const struct field_draft *d, struct error *err)
{
	struct comparing c = { .o = o,
		.a = a,
		.table = a->draft->table,
		.column = column,
		.d = d,
		.change.column = column };
	enum status st = picklist_check(&c, err);

	if (st == ST_OK)
		st = type_compare(&c, err);
	if (st == ST_OK)
		st = null_compare(&c, err);
	if (st == ST_OK)
		st = default_compare(&c, err);
	if (st == ST_OK)
		st = limits_check(&c, err);
	if (st == ST_OK)
		st = field_indexes_compare(&c, err);
	if (st == ST_OK)
		st = field_key_compare(&c, err);
	if (st == ST_OK &&
	    (c.change.retypes || c.change.renulls || c.change.redefaults))
		items_add(&a->change, &c.change, sizeof(c.change));
	return st;
}
