/* Related records of one record, in their order: those it refers to before it,
 * the others behind it. */
#include "app/base/arena.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/nested.h"
#include "app/services/db/relation/nested_put.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/write/draft.h"
#include "app/services/db/write/record.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* What is wrong with a related record is not about the one it is in: whatever
 * it is, that is invalid. */
static enum status
explain(const struct nested_put *put, size_t i, enum status st,
    const struct error *why, struct error *err)
{
	struct str name = put->relation->name;

	if (st == ST_OK)
		return st;
	if (st != ST_INVALID && st != ST_MISSING && st != ST_EXISTS)
		return error_set(err, st, "%s", why->text);
	if (relation_is_single(put->relation))
		return error_set(err, ST_INVALID, "Relation '%.*s': %s",
		    STR_ARG(name), why->text);
	return error_set(err, ST_INVALID, "Relation '%.*s', record %zu: %s",
	    STR_ARG(name), i + 1, why->text);
}

static enum status
assign(const struct joint *joint, const struct db_value *values,
    struct draft *draft, struct error *err)
{
	for (size_t i = 0; i < joint->n; i++) {
		const struct column *column = joint->left[i];

		if (draft_value(draft, column) != NULL)
			return error_set(err, ST_INVALID,
			    "Field '%.*s' is given twice.",
			    STR_ARG(column->name));
		if (values[i].type == DB_NULL && column->not_null)
			return error_set(err, ST_INVALID,
			    "Field '%.*s' can not be NULL.",
			    STR_ARG(column->name));
		draft_set(draft, column, &values[i]);
	}
	return ST_OK;
}

static enum status
referred_write(const struct nested_put *put, struct json value,
    struct draft *draft, struct error *err)
{
	const struct relation *relation = put->relation;
	const struct joint *joint = &relation->joint;
	struct arena *arena = put->call->req->arena;
	struct db_value *values =
	    arena_zalloc(arena, joint->n * sizeof(values[0]));
	struct draft related;
	enum status st = ST_OK;

	if (json_kind(value) != JSON_NULL) {
		st = draft_members(
		    arena, relation->ref, value, DRAFT_NEW, &related, err);
		if (st == ST_OK)
			st = nested_put_values(
			    put, &related, joint->right, joint->n, values, err);
	}
	return st == ST_OK ? assign(joint, values, draft, err) : st;
}

enum status
nested_before(struct table_call *c, const struct nesting *nesting,
    struct draft *draft, struct error *err)
{
	for (size_t i = 0; i < nesting->n; i++) {
		const struct nested *nested = &nesting->list[i];
		struct nested_put put = { .call = c,
			.relation = nested->relation };
		struct error why = { .text = "" };
		enum status st;

		if (nested->relation->kind != RELATION_BELONGS_TO)
			continue;
		st = referred_write(&put, nested->value, draft, &why);
		if (st != ST_OK)
			return explain(&put, 0, st, &why, err);
	}
	return ST_OK;
}

/* null in every field that refers to the record. */
static bool
lets_go(const struct nested_put *put, struct json object)
{
	const struct joint *joint = &put->relation->joint;
	struct json_walk walk = json_walk(put->call->req->arena, object);
	struct json_member member;
	size_t n = 0;

	while (json_next(&walk, &member)) {
		const struct column *column =
		    table_column(put->relation->ref, member.name);

		for (size_t i = 0; i < joint->n; i++)
			n += column == joint->right[i] &&
			     json_kind(member.value) == JSON_NULL;
	}
	return n >= joint->n;
}

static enum status
child_write(const struct nested_put *put, struct json object, struct error *err)
{
	const struct relation *relation = put->relation;
	const struct joint *joint = &relation->joint;
	struct arena *arena = put->call->req->arena;
	struct db_value *key =
	    arena_zalloc(arena, relation->ref->n_key * sizeof(key[0]));
	struct draft draft;
	bool known;
	enum status st;

	if (lets_go(put, object))
		return nested_let_go(put, object, err);
	st =
	    draft_members(arena, relation->ref, object, DRAFT_NEW, &draft, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < joint->n; i++)
		draft_set(&draft, joint->right[i], &put->values[i]);
	return nested_put_record(put, &draft, key, &known, err);
}

static enum status
one_write(const struct nested_put *put, struct json object, struct error *err)
{
	return put->relation->kind == RELATION_MANY_MANY
		   ? nested_link(put, object, err)
		   : child_write(put, object, err);
}

static enum status
list_write(const struct nested_put *put, struct json value, struct error *err)
{
	struct json_walk walk = json_walk(put->call->req->arena, value);
	struct json_member element = { .value = value };
	bool single = relation_is_single(put->relation);

	for (size_t i = 0; single ? i == 0 : json_next(&walk, &element); i++) {
		struct error why = { .text = "" };
		enum status st = one_write(put, element.value, &why);

		if (st != ST_OK)
			return explain(put, i, st, &why, err);
	}
	return ST_OK;
}

/* What it has where others refer to it. */
static enum status
values_read(struct table_call *c, const struct relation *relation,
    const struct record_name *name, struct db_value *values, struct error *err)
{
	const struct joint *joint = &relation->joint;
	struct table_call open = *c;

	enum status st;

	open.role = NULL; /* it has been written */
	st = record_values(&open, name, joint->left, joint->n, values, err);
	for (size_t i = 0; i < joint->n && st == ST_OK; i++) {
		if (values[i].type == DB_NULL)
			return error_set(err, ST_INVALID,
			    "Relation '%.*s': nothing can refer to the "
			    "record, whose field '%.*s' is NULL.",
			    STR_ARG(relation->name),
			    STR_ARG(joint->left[i]->name));
	}
	return st;
}

enum status
nested_after(struct table_call *c, const struct nesting *nesting,
    const struct record_name *name, struct error *err)
{
	for (size_t i = 0; i < nesting->n; i++) {
		const struct nested *nested = &nesting->list[i];
		const struct relation *relation = nested->relation;
		struct db_value *values = arena_alloc(
		    c->req->arena, relation->joint.n * sizeof(values[0]));
		struct nested_put put = { c, relation, values,
			nesting->may_delete };
		enum status st;

		if (relation->kind == RELATION_BELONGS_TO)
			continue;
		if (name == NULL)
			return error_set(err, ST_INVALID,
			    "Relation '%.*s': the key of the record is not "
			    "known.",
			    STR_ARG(relation->name));
		st = values_read(c, relation, name, values, err);
		if (st == ST_OK)
			st = list_write(&put, nested->value, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}
