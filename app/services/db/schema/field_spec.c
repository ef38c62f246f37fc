/* A field that is to be made. */
#include "app/services/db/schema/schema_order.h"

#include "app/services/db/db.h"
#include "app/services/db/schema/simple_type.h"

static enum status
refuse(const struct field_draft *d, enum status st, const char *why,
    struct error *err)
{
	return error_set(err, st, "Field '%.*s' %s.", STR_ARG(d->name), why);
}

static bool
refers(const struct field_draft *d)
{
	return d->is_foreign != SAID_NO &&
	       (d->is_foreign == SAID_YES || !str_is_null(d->ref_table) ||
		   (d->type != NULL && d->type->is_reference));
}

/* An integer that counts up is the key. */
static enum status
counter_set(
    const struct field_draft *d, struct reshape_column *c, struct error *err)
{
	if (d->counts != SAID_YES || c->type == TYPE_ID ||
	    c->type == TYPE_BIGID)
		return ST_OK;
	if (c->type != TYPE_INTEGER && c->type != TYPE_BIGINT)
		return refuse(
		    d, ST_INVALID, "cannot count up: it is no integer", err);
	c->type = c->type == TYPE_INTEGER ? TYPE_ID : TYPE_BIGID;
	return ST_OK;
}

static enum status
type_set(struct schema_order *o, const struct table_draft *t,
    const struct field_draft *d, struct field_spec *out, struct error *err)
{
	bool foreign = refers(d);
	struct field_ref ref;
	enum status st = ST_OK;

	if (d->type == NULL && !foreign)
		return refuse(d, ST_INVALID, "needs a 'type'", err);
	if (d->type != NULL && d->type->follows_update &&
	    !o->service->driver->follows_updates)
		return refuse(d, ST_DENIED,
		    "cannot be set by every change: SQLite has no such "
		    "columns",
		    err);
	if (foreign)
		st = field_ref_find(o, d, &ref, err);
	if (st == ST_OK && (d->type == NULL || d->type->is_reference))
		st = field_ref_type(&ref, &out->column, err);
	else if (st == ST_OK)
		st = field_type_set(d, &out->column, err);
	if (st == ST_OK)
		st = counter_set(d, &out->column, err);
	if (st == ST_OK && foreign)
		out->key = field_ref_key(o, t->name, d, &ref);
	return st;
}

static bool
is_named_key(const struct table_draft *t, const struct field_draft *d)
{
	for (size_t i = 0; i < t->n_key; i++) {
		if (str_eq_nocase(t->key[i], d->name))
			return true;
	}
	return false;
}

/* DreamFactory makes a column NOT NULL unless it is told otherwise; one that
 * comes to rows without a value for it has to be. */
static enum status
null_set(const struct field_draft *d, bool adds, struct field_spec *out,
    struct error *err)
{
	struct reshape_column *c = &out->column;

	if (out->is_key && d->may_be_null == SAID_YES)
		return refuse(d, ST_INVALID,
		    "is part of the key and cannot be NULL", err);
	c->not_null = out->is_key || d->may_be_null == SAID_NO ||
		      (d->may_be_null == UNSAID &&
			  (!adds || c->default_kind != DEFAULT_NONE));
	if (adds && c->not_null && c->default_kind == DEFAULT_NONE)
		return refuse(d, ST_INVALID,
		    "needs a default, or 'allow_null': the table may have "
		    "records",
		    err);
	if (c->not_null && out->key != NULL &&
	    (str_eq(out->key->on_update, STR("SET NULL")) ||
		str_eq(out->key->on_delete, STR("SET NULL"))))
		return refuse(
		    d, ST_INVALID, "cannot be set to NULL by its key", err);
	return ST_OK;
}

static enum status
key_set(const struct table_draft *t, const struct field_draft *d, bool adds,
    struct field_spec *out, struct error *err)
{
	bool counts =
	    out->column.type == TYPE_ID || out->column.type == TYPE_BIGID;

	out->is_key = counts || d->is_key == SAID_YES || is_named_key(t, d);
	out->is_unique = d->is_unique == SAID_YES && !counts;
	out->is_index = d->is_index == SAID_YES && !out->is_unique && !counts;
	if (adds && out->is_key)
		return refuse(d, ST_DENIED,
		    "cannot be added to the key of a table that exists", err);
	if (out->is_key || out->is_unique || out->is_index)
		return field_index_check(&out->column, err);
	return ST_OK;
}

enum status
field_spec_new(struct schema_order *o, const struct table_draft *t,
    const struct field_draft *d, bool adds, struct field_spec *out,
    struct error *err)
{
	struct reshape_column *c = &out->column;
	enum status st = schema_name_check(NAMED_FIELD, d->name, err);

	*out = (struct field_spec){ .column.name = d->name };
	if (st == ST_OK && json_kind(d->picklist) != JSON_NONE)
		return refuse(d, ST_DENIED,
		    "cannot have a picklist: declare it in the database", err);
	if (st == ST_OK)
		st = type_set(o, t, d, out, err);
	if (st != ST_OK)
		return st;
	if (d->type != NULL && d->type->is_now)
		c->default_kind = DEFAULT_NOW;
	c->follows_update = d->type != NULL && d->type->follows_update;
	st = field_default_set(o->arena, d, c, err);
	if (st == ST_OK)
		st = key_set(t, d, adds, out, err);
	return st == ST_OK ? null_set(d, adds, out, err) : st;
}

struct reshape_index
field_index(
    struct schema_order *o, struct str table, struct str column, bool is_unique)
{
	struct str *columns = arena_alloc(o->arena, sizeof(columns[0]));

	columns[0] = column;
	return (
	    struct reshape_index){ .name = made_name(&o->names,
				       is_unique ? "uq" : "idx", table, column),
		.columns = columns,
		.n = 1,
		.is_unique = is_unique };
}
