#include "app/services/db/write/draft.h"

#include "app/base/arena.h"
#include "app/services/db/identifier.h"
#include "app/services/db/value/bounds.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

/* A key is never NULL, even where the engine would let it be. */
static bool
may_be_null(const struct column *c)
{
	return !c->not_null && c->key_part == 0;
}

static bool
is_passed_over(const struct column *c, struct json v, enum draft_use use)
{
	if (c == NULL || c->generated)
		return true;
	if (!c->auto_increment)
		return false;
	return use == DRAFT_CHANGE || json_kind(v) == JSON_NULL;
}

const struct db_value *
draft_value(const struct draft *draft, const struct column *column)
{
	for (size_t i = 0; i < draft->n; i++) {
		if (draft->list[i].column == column)
			return &draft->list[i].value;
	}
	return NULL;
}

/* Where JSON goes in as such, a string is one, and no text of another value. */
static enum status
meaning_read(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out, struct error *err)
{
	if (column->form != FORM_OBJECT || json_kind(v) != JSON_STRING)
		return value_read(arena, column, v, out, err);
	*out = (struct db_value){ .type = DB_TEXT, .s = v.text };
	return ST_OK;
}

static enum status
member_read(struct arena *arena, const struct column *column, struct json v,
    struct draft *out, struct error *err)
{
	struct db_value value;
	enum status st = meaning_read(arena, column, v, &value, err);

	if (st == ST_OK)
		st = bounds_check(arena, column, &value, err);
	if (st != ST_OK)
		return st;
	if (draft_value(out, column) != NULL)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' is given twice.", STR_ARG(column->name));
	if (value.type == DB_NULL && !may_be_null(column))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' can not be NULL.", STR_ARG(column->name));
	out->list[out->n++] = (struct assignment){ column, value };
	return ST_OK;
}

static enum status
required_check(
    const struct db_table *table, const struct draft *draft, struct error *err)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *c = &table->columns[i];

		if (may_be_null(c) || c->has_default || c->auto_increment ||
		    c->generated || draft_value(draft, c) != NULL)
			continue;
		return error_set(err, ST_INVALID,
		    "Required field '%.*s' can not be NULL.", STR_ARG(c->name));
	}
	return ST_OK;
}

static enum status
refuse_empty(struct error *err)
{
	return error_set(
	    err, ST_INVALID, "No valid fields were found in record.");
}

struct draft
draft_empty(struct arena *arena, const struct db_table *table)
{
	struct assignment *list =
	    arena_alloc(arena, table->n_columns * sizeof(list[0]));

	return (struct draft){ .list = list };
}

void
draft_set(struct draft *draft, const struct column *column,
    const struct db_value *value)
{
	size_t i = 0;

	while (i < draft->n && draft->list[i].column != column)
		i++;
	if (i == draft->n)
		draft->n++;
	draft->list[i] = (struct assignment){ column, *value };
}

enum status
draft_members(struct arena *arena, const struct db_table *table,
    struct json object, enum draft_use use, struct draft *out,
    struct error *err)
{
	struct json_walk walk = json_walk(arena, object);
	struct json_member member;

	*out = draft_empty(arena, table);
	while (json_next(&walk, &member)) {
		const struct column *c = table_column(table, member.name);
		enum status st;

		if (is_passed_over(c, member.value, use))
			continue;
		st = member_read(arena, c, member.value, out, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

enum status
draft_check(const struct db_table *table, const struct draft *draft,
    enum draft_use use, struct error *err)
{
	if (draft->n == 0)
		return refuse_empty(err);
	return use == DRAFT_NEW ? required_check(table, draft, err) : ST_OK;
}

enum status
draft_read(struct arena *arena, const struct db_table *table,
    struct json object, enum draft_use use, struct draft *out,
    struct error *err)
{
	enum status st = draft_members(arena, table, object, use, out, err);

	return st == ST_OK ? draft_check(table, out, use, err) : st;
}

static bool
identifies(const struct identity *by, const struct column *column)
{
	for (size_t i = 0; i < by->n; i++) {
		if (by->columns[i] == column)
			return true;
	}
	return false;
}

/* Integers: no other column of a key is passed over. */
static bool
is_part(struct arena *arena, const struct column *column, struct json v,
    const struct db_value *part)
{
	struct db_value named;

	return value_read(arena, column, v, &named, NULL) == ST_OK &&
	       named.type == part->type && named.u == part->u;
}

bool
draft_is_named(struct arena *arena, const struct identity *by,
    const struct db_value *parts, struct json object)
{
	struct json_walk walk = json_walk(arena, object);
	struct json_member member;
	bool named = false;

	while (json_next(&walk, &member)) {
		const struct column *c = table_column(by->table, member.name);

		for (size_t i = 0; i < by->n; i++) {
			if (by->columns[i] != c)
				continue;
			if (parts != NULL &&
			    !is_part(arena, c, member.value, &parts[i]))
				return false;
			named = true;
		}
	}
	return named;
}

struct draft
draft_rest(
    struct arena *arena, const struct draft *draft, const struct identity *by)
{
	struct draft rest = draft_empty(arena, by->table);

	for (size_t i = 0; i < draft->n; i++) {
		if (!identifies(by, draft->list[i].column))
			rest.list[rest.n++] = draft->list[i];
	}
	return rest;
}

enum status
draft_for_new(struct arena *arena, const struct identity *by,
    const struct db_value *parts, const struct draft *change, struct draft *out,
    struct error *err)
{
	out->n = 0;
	out->list =
	    arena_alloc(arena, (by->n + change->n) * sizeof(out->list[0]));
	for (size_t i = 0; i < by->n; i++) {
		if (bounds_check(arena, by->columns[i], &parts[i], err) !=
		    ST_OK)
			return ST_INVALID;
		out->list[out->n++] =
		    (struct assignment){ by->columns[i], parts[i] };
	}
	for (size_t i = 0; i < change->n; i++) {
		if (!identifies(by, change->list[i].column))
			out->list[out->n++] = change->list[i];
	}
	return required_check(by->table, out, err);
}
