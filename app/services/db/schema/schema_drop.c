/* Dropping tables and fields, as long as nothing else stands on them. */
#include "app/services/db/schema/schema_order.h"

#include "app/services/db/db.h"
#include "drivers/db/catalog_build.h"

static bool
is_among(const struct db_table *const *list, size_t n, const struct db_table *t)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == t)
			return true;
	}
	return false;
}

/* A table that refers to it and stays. */
static const struct db_table *
referrer(const struct schema_order *o, const struct db_table *const *list,
    size_t n, const struct db_table *t)
{
	const struct catalog *c = &o->service->catalog;

	for (size_t i = 0; i < c->n_tables; i++) {
		const struct db_table *other = &c->tables[i];

		for (size_t k = 0; k < other->n_foreign_keys; k++) {
			if (str_eq_nocase(
				other->foreign_keys[k].ref_table, t->name) &&
			    !is_among(list, n, other))
				return other;
		}
	}
	return NULL;
}

static enum status
table_check(const struct schema_order *o, const struct db_table *const *list,
    size_t n, const struct db_table *t, struct error *err)
{
	const struct db_table *other = referrer(o, list, n, t);

	if (t->is_view || t->is_virtual)
		return error_set(err, ST_DENIED,
		    "Table '%.*s' is a view or a virtual table and cannot be "
		    "dropped here.",
		    STR_ARG(t->name));
	if (other != NULL)
		return error_set(err, ST_EXISTS,
		    "Table '%.*s' cannot be dropped: table '%.*s' refers to "
		    "it.",
		    STR_ARG(t->name), STR_ARG(other->name));
	return ST_OK;
}

/* Those that refer to others go before them. */
static bool
is_free(const struct db_table *const *list, const bool *gone, size_t n,
    const struct db_table *t)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0;
		     !gone[i] && list[i] != t && k < list[i]->n_foreign_keys;
		     k++) {
			if (str_eq_nocase(
				list[i]->foreign_keys[k].ref_table, t->name))
				return false;
		}
	}
	return true;
}

enum status
schema_order_drop_tables(struct schema_order *o,
    const struct db_table *const *list, size_t n, struct error *err)
{
	bool *gone = arena_zalloc(o->arena, n * sizeof(gone[0]));
	size_t left = n;
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = table_check(o, list, n, list[i], err);
	while (st == ST_OK && left > 0) {
		size_t before = left;

		for (size_t i = 0; i < n; i++) {
			struct reshape_step step = { .kind = STEP_DROP,
				.drop = list[i] };

			if (gone[i] || !is_free(list, gone, n, list[i]))
				continue;
			items_add(&o->steps, &step, sizeof(step));
			gone[i] = true;
			left--;
		}
		if (left == before)
			return error_set(err, ST_DENIED,
			    "Tables that refer to each other cannot be "
			    "dropped: drop the fields that refer first.");
	}
	return st;
}

/* -- fields ---------------------------------------------------------------- */

static enum status
refuse(const struct db_table *t, const struct column *c, enum status st,
    const char *why, struct error *err)
{
	return error_set(err, st, "Field '%.*s' of table '%.*s' %s.",
	    STR_ARG(c->name), STR_ARG(t->name), why);
}

static bool
holds(const struct str *list, size_t n, const struct column *c)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(list[i], c->name))
			return true;
	}
	return false;
}

static bool
is_shared(const struct db_table *t, const struct column *c)
{
	for (size_t i = 0; i < t->n_indexes; i++) {
		if (t->indexes[i].n > 1 &&
		    holds(t->indexes[i].columns, t->indexes[i].n, c))
			return true;
	}
	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		if (t->foreign_keys[i].n > 1 &&
		    holds(t->foreign_keys[i].columns, t->foreign_keys[i].n, c))
			return true;
	}
	return false;
}

static bool
is_referred_to(const struct schema_order *o, const struct db_table *t,
    const struct column *c)
{
	const struct catalog *catalog = &o->service->catalog;

	for (size_t i = 0; i < catalog->n_tables; i++) {
		const struct db_table *other = &catalog->tables[i];

		for (size_t k = 0; k < other->n_foreign_keys; k++) {
			const struct foreign_key *key = &other->foreign_keys[k];

			if (str_eq_nocase(key->ref_table, t->name) &&
			    holds(key->ref_columns, key->n, c))
				return true;
		}
	}
	return false;
}

static enum status
field_check(const struct schema_order *o, const struct db_table *t,
    const struct column *c, struct error *err)
{
	if (c->key_part > 0)
		return refuse(
		    t, c, ST_INVALID, "is part of the primary key", err);
	if (is_referred_to(o, t, c))
		return refuse(t, c, ST_EXISTS,
		    "cannot be dropped: another refers to it", err);
	if (is_shared(t, c))
		return refuse(t, c, ST_INVALID,
		    "is part of an index or a key with others", err);
	return ST_OK;
}

enum status
schema_order_drop_fields(struct schema_order *o, const struct db_table *table,
    const struct column **list, size_t n, struct error *err)
{
	struct reshape_step step = { .kind = STEP_ALTER,
		.alter = { .table = table, .drop = list, .n_drop = n } };
	enum status st = ST_OK;

	if (table->is_view || table->is_virtual)
		return error_set(err, ST_DENIED,
		    "Table '%.*s' is a view or a virtual table and cannot be "
		    "changed.",
		    STR_ARG(table->name));
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = field_check(o, table, list[i], err);
	if (st == ST_OK && n >= table->n_columns)
		return error_set(err, ST_INVALID,
		    "Table '%.*s' would have no fields left: drop the table.",
		    STR_ARG(table->name));
	if (st == ST_OK && n > 0)
		items_add(&o->steps, &step, sizeof(step));
	return st;
}
