/* Foreign keys of fields: what they refer to, among what there is and what the
 * same call makes. */
#include "app/services/db/schema/schema_order.h"

#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/db/schema/simple_type.h"

static const struct table_draft *
draft_named(const struct schema_order *o, struct str name)
{
	for (size_t i = 0; i < o->n_drafts; i++) {
		if (o->drafts[i].table == NULL &&
		    str_eq_nocase(o->drafts[i].name, name))
			return &o->drafts[i];
	}
	return NULL;
}

static bool
is_key_draft(const struct field_draft *d)
{
	return d->is_key == SAID_YES ||
	       (d->type != NULL &&
		   (d->type->type == TYPE_ID || d->type->type == TYPE_BIGID));
}

static enum status
refuse(const struct field_draft *d, struct str table, struct str field,
    const char *why, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Field '%.*s' cannot refer to '%.*s.%.*s': %s.", STR_ARG(d->name),
	    STR_ARG(table), STR_ARG(field), why);
}

/* The field named, or else the key; it must name one record. */
static enum status
draft_find(const struct field_draft *d, const struct table_draft *t,
    struct field_ref *out, struct error *err)
{
	size_t keys = 0;

	for (size_t i = 0; i < t->n_fields; i++) {
		const struct field_draft *f = &t->fields[i];

		keys += is_key_draft(f);
		if (str_is_null(d->ref_field)
			? is_key_draft(f)
			: str_eq_nocase(f->name, d->ref_field))
			out->draft = f;
	}
	out->table_name = t->name;
	out->name = out->draft == NULL ? d->ref_field : out->draft->name;
	if (out->draft == NULL)
		return refuse(
		    d, t->name, d->ref_field, "there is no such field", err);
	if (out->draft->is_unique != SAID_YES &&
	    (!is_key_draft(out->draft) || keys > 1))
		return refuse(d, t->name, out->name, "it is not unique", err);
	return ST_OK;
}

static enum status
column_find(const struct field_draft *d, const struct db_table *t,
    struct field_ref *out, struct error *err)
{
	const struct column *c;

	if (!str_is_null(d->ref_field))
		c = table_column(t, d->ref_field);
	else
		c = t->n_key == 1 ? t->key[0] : NULL;
	out->table = t;
	out->column = c;
	out->table_name = t->name;
	out->name = c == NULL ? d->ref_field : c->name;
	if (t->is_view || t->is_virtual)
		return refuse(
		    d, t->name, out->name, "it is not a table's", err);
	if (c == NULL)
		return refuse(
		    d, t->name, d->ref_field, "there is no such field", err);
	if (!c->is_unique && !(t->n_key == 1 && c->key_part == 1))
		return refuse(d, t->name, c->name, "it is not unique", err);
	return ST_OK;
}

enum status
field_ref_find(const struct schema_order *o, const struct field_draft *d,
    struct field_ref *out, struct error *err)
{
	const struct table_draft *draft;
	const struct db_table *table;

	*out = (struct field_ref){ .table = NULL };
	if (str_is_null(d->ref_table))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' refers to another: 'ref_table' is needed.",
		    STR_ARG(d->name));
	draft = draft_named(o, d->ref_table);
	if (draft != NULL)
		return draft_find(d, draft, out, err);
	table = db_service_table(o->service, d->ref_table);
	if (table != NULL)
		return column_find(d, table, out, err);
	return error_set(err, ST_INVALID,
	    "Field '%.*s' cannot refer to table '%.*s': it does not exist.",
	    STR_ARG(d->name), STR_ARG(d->ref_table));
}

/* A type that can be said again as it was declared. */
static bool
is_plain(struct str declared)
{
	for (size_t i = 0; i < declared.n; i++) {
		char c = declared.p[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != ' ' && c != '(' && c != ')' &&
		    c != ',' && c != '_')
			return false;
	}
	return declared.n > 0;
}

enum status
field_ref_type(
    const struct field_ref *ref, struct reshape_column *out, struct error *err)
{
	enum status st = ST_OK;

	if (ref->draft != NULL) {
		struct field_draft d = *ref->draft;

		if (d.type != NULL)
			st = field_type_set(&d, out, err);
		else
			out->type = TYPE_INTEGER;
		if (out->type == TYPE_ID)
			out->type = TYPE_INTEGER;
		else if (out->type == TYPE_BIGID)
			out->type = TYPE_BIGINT;
		return st;
	}
	if (!is_plain(ref->column->db_type))
		return error_set(err, ST_DENIED,
		    "Field '%.*s' cannot have the type of '%.*s'.",
		    STR_ARG(out->name), STR_ARG(ref->name));
	out->type = TYPE_KEEP;
	out->declared = ref->column->db_type;
	out->length = ref->column->length;
	return ST_OK;
}

const struct reshape_key *
field_ref_key(struct schema_order *o, struct str table,
    const struct field_draft *d, const struct field_ref *ref)
{
	struct reshape_key *key = arena_zalloc(o->arena, sizeof(*key));
	struct str *columns = arena_alloc(o->arena, 2 * sizeof(columns[0]));

	columns[0] = d->name;
	columns[1] = ref->name;
	*key = (struct reshape_key){ .name = made_name(
					 &o->names, "fk", table, d->name),
		.columns = columns,
		.ref_columns = columns + 1,
		.n = 1,
		.ref_table = ref->table_name,
		.on_update = d->on_update,
		.on_delete = d->on_delete };
	return key;
}
