#include "app/services/db/relation/nested_put.h"

#include "app/base/arena.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/role_filter.h"
#include "app/services/db/write/draft.h"
#include "app/services/db/write/record.h"
#include "app/services/db/write/written.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

enum status
nested_reach(const struct nested_put *put, const struct db_table *table,
    unsigned verb, struct table_call *out, struct error *err)
{
	struct role_rows rows = { .table = table, .verb = verb };
	enum status st;

	*out = *put->call;
	out->table = table;
	out->id = STR_NULL;
	st = role_filter_table(out->req, &rows, &out->role, NULL);
	if (st != ST_OK)
		return error_set(err, st,
		    "The role may not write the records of relation '%.*s' "
		    "so.",
		    STR_ARG(put->relation->name));
	return written_check(out, err);
}

/* False when the draft does not name a record. */
static bool
key_sent(const struct db_table *table, const struct draft *draft,
    struct db_value *key)
{
	for (size_t i = 0; i < table->n_key; i++) {
		const struct db_value *sent = draft_value(draft, table->key[i]);

		if (sent == NULL)
			return false;
		key[i] = *sent;
	}
	return table->n_key > 0;
}

static bool
is_counted(const struct db_table *table)
{
	for (size_t i = 0; i < table->n_key; i++) {
		if (table->key[i]->auto_increment)
			return true;
	}
	return false;
}

static enum status
make(const struct nested_put *put, const struct draft *draft,
    struct db_value *key, bool *known, struct error *err)
{
	const struct db_table *table = put->relation->ref;
	struct identity by = identity_key(table);
	struct record_name name = { &by, key };
	struct table_call c;
	enum status st = nested_reach(put, table, METHOD_POST, &c, err);

	if (st == ST_OK)
		st = draft_check(table, draft, DRAFT_NEW, err);
	if (st == ST_OK)
		st = record_insert(&c, draft, key, known, err);
	if (st != ST_OK || c.role == NULL)
		return st;
	if (*known)
		return record_check(&c, &name, err);
	return error_set(
	    err, ST_DENIED, "Denied access to some of the requested fields.");
}

/* Nothing is changed in one that is named only: whoever relates it must be
 * able to see it. */
static enum status
see(const struct nested_put *put, const struct record_name *name,
    struct error *err)
{
	const struct identity *by = name->by;
	struct db_value *seen =
	    arena_alloc(put->call->req->arena, by->n * sizeof(seen[0]));
	struct table_call c;
	enum status st = nested_reach(put, by->table, METHOD_GET, &c, err);

	if (st != ST_OK)
		return st;
	return record_values(&c, name, by->columns, by->n, seen, err);
}

/* To this they are the same. */
static enum status
reach_change(
    const struct nested_put *put, struct table_call *c, struct error *err)
{
	const struct db_table *table = put->relation->ref;

	if (nested_reach(put, table, METHOD_PUT, c, NULL) == ST_OK)
		return ST_OK;
	return nested_reach(put, table, METHOD_PATCH, c, err);
}

static enum status
change(const struct nested_put *put, const struct draft *draft,
    const struct record_name *name, struct error *err)
{
	struct draft rest = draft_rest(put->call->req->arena, draft, name->by);
	struct table_call c;
	enum status st;

	if (rest.n == 0)
		return see(put, name, err);
	st = reach_change(put, &c, err);
	if (st == ST_OK)
		st = record_update(&c, &rest, name, err);
	return st == ST_OK ? record_check(&c, name, err) : st;
}

enum status
nested_put_record(const struct nested_put *put, const struct draft *draft,
    struct db_value *key, bool *known, struct error *err)
{
	const struct db_table *table = put->relation->ref;
	struct identity by = identity_key(table);
	struct record_name name = { &by, key };
	struct error why = { .text = "" };
	enum status st;

	if (!key_sent(table, draft, key))
		return make(put, draft, key, known, err);
	*known = true;
	st = change(put, draft, &name, &why);
	if (st == ST_MISSING && !is_counted(table))
		return make(put, draft, key, known, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
nested_put_values(const struct nested_put *put, const struct draft *draft,
    const struct column *const *columns, size_t n, struct db_value *out,
    struct error *err)
{
	const struct db_table *table = put->relation->ref;
	struct arena *arena = put->call->req->arena;
	struct identity by = identity_key(table);
	struct db_value *key = arena_zalloc(arena, by.n * sizeof(key[0]));
	struct record_name name = { &by, key };
	struct table_call c = *put->call;
	bool known = false;
	enum status st = nested_put_record(put, draft, key, &known, err);

	if (st != ST_OK)
		return st;
	if (!known)
		return error_set(err, ST_INVALID,
		    "The database does not tell the key of the new record.");
	c.table = table;
	c.role = NULL; /* it has been looked at */
	return record_values(&c, &name, columns, n, out, err);
}

static bool
refers_by(const struct joint *joint, const struct column *column)
{
	for (size_t i = 0; i < joint->n; i++) {
		if (joint->right[i] == column)
			return true;
	}
	return false;
}

/* What the object's key has besides what refers to the record; then that. */
static struct identity
child_identity(const struct nested_put *put, size_t *n_own)
{
	const struct db_table *table = put->relation->ref;
	const struct joint *joint = &put->relation->joint;
	size_t room = table->n_key + joint->n;
	const struct column **columns =
	    arena_alloc(put->call->req->arena, room * sizeof(columns[0]));
	size_t n = 0;

	for (size_t i = 0; i < table->n_key; i++) {
		if (!refers_by(joint, table->key[i]))
			columns[n++] = table->key[i];
	}
	*n_own = n;
	for (size_t i = 0; i < joint->n; i++)
		columns[n++] = joint->right[i];
	return (struct identity){ table, columns, n };
}

/* The name of the object's record, which refers to this one. */
static enum status
child_name(const struct nested_put *put, struct json object,
    struct identity *by, struct record_name *name, struct error *err)
{
	struct arena *arena = put->call->req->arena;
	struct identity own;
	struct identifier id;
	struct db_value *parts;
	enum status st = ST_OK;

	if (put->relation->ref->n_key == 0)
		return error_set(err, ST_INVALID,
		    "Table '%.*s' has no primary key to name a record by.",
		    STR_ARG(put->relation->ref->name));
	*by = child_identity(put, &own.n);
	own.table = by->table;
	own.columns = by->columns;
	parts = arena_alloc(arena, by->n * sizeof(parts[0]));
	*name = (struct record_name){ by, parts };
	if (own.n > 0)
		st = identifier_of_record(arena, &own, object, &id, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < by->n; i++)
		parts[i] = i < own.n ? id.parts[i] : put->values[i - own.n];
	return ST_OK;
}

static bool
may_be_null(const struct joint *joint)
{
	for (size_t i = 0; i < joint->n; i++) {
		if (joint->right[i]->not_null || joint->right[i]->key_part > 0)
			return false;
	}
	return true;
}

static enum status
child_delete(const struct nested_put *put, const struct record_name *name,
    struct error *err)
{
	struct table_call c;
	enum status st;

	if (!put->may_delete)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' can not be NULL; with "
		    "'allow_related_delete' the record is deleted.",
		    STR_ARG(put->relation->joint.right[0]->name));
	st = nested_reach(put, put->relation->ref, METHOD_DELETE, &c, err);
	return st == ST_OK ? record_delete(&c, name, err) : st;
}

enum status
nested_let_go(
    const struct nested_put *put, struct json object, struct error *err)
{
	const struct db_table *table = put->relation->ref;
	struct arena *arena = put->call->req->arena;
	struct identity key = identity_key(table);
	struct identity by;
	struct record_name name = { &by, NULL };
	struct draft draft;
	struct draft rest;
	struct table_call c;
	enum status st = child_name(put, object, &by, &name, err);

	if (st != ST_OK || !may_be_null(&put->relation->joint))
		return st == ST_OK ? child_delete(put, &name, err) : st;
	st = draft_members(arena, table, object, DRAFT_CHANGE, &draft, err);
	if (st == ST_OK)
		st = reach_change(put, &c, err);
	if (st != ST_OK)
		return st;
	rest = draft_rest(arena, &draft, &key);
	return record_update(&c, &rest, &name, err);
}
