/* Indexes and foreign keys of a field that there is. */
#include "app/services/db/schema/field_compare.h"

#include "app/services/db/db.h"
#include "app/services/db/schema/column_type.h"
#include "drivers/db/catalog_build.h"

static bool
is_alone(const struct db_index *index, const struct column *column)
{
	return index->n == 1 && str_eq(index->columns[0], column->name);
}

static void
indexes_drop(const struct comparing *c, bool unique)
{
	for (size_t i = 0; i < c->table->n_indexes; i++) {
		const struct db_index *index = &c->table->indexes[i];

		if (index->is_unique == unique && is_alone(index, c->column))
			items_add(&c->a->drop_indexes, &index, sizeof(index));
	}
}

static bool
is_going(const struct comparing *c, const struct db_index *index)
{
	const struct db_index *const *list =
	    (const struct db_index *const *)(const void *)c->a->drop_indexes.p;

	for (size_t i = 0; i < c->a->drop_indexes.n / sizeof(list[0]); i++) {
		if (list[i] == index)
			return true;
	}
	return false;
}

static void
index_add(const struct comparing *c, bool unique)
{
	struct reshape_index index =
	    field_index(c->o, c->table->name, c->column->name, unique);

	items_add(&c->a->add_indexes, &index, sizeof(index));
}

/* By an index that stays, or the key. */
static bool
is_indexed(const struct comparing *c)
{
	bool indexed = c->column->key_part > 0;

	for (size_t i = 0; i < c->table->n_indexes; i++) {
		const struct db_index *index = &c->table->indexes[i];

		for (size_t k = 0; k < index->n; k++)
			indexed = indexed ||
				  (str_eq(index->columns[k], c->column->name) &&
				      !is_going(c, index));
	}
	return indexed && c->change.retypes;
}

static bool
is_endless(const struct comparing *c)
{
	enum column_kind kind = c->column->kind;

	if (c->change.retypes)
		return field_index_check(&c->change.to, NULL) != ST_OK;
	return !field_has_length(c->column) && c->column->n_choices == 0 &&
	       (kind == COLUMN_TEXT || kind == COLUMN_BINARY ||
		   kind == COLUMN_JSON);
}

/* A unique index is an index: whoever says is_index false of it means no other.
 */
enum status
field_indexes_compare(struct comparing *c, struct error *err)
{
	const struct field_draft *d = c->d;
	bool is_sole_key = c->table->n_key == 1 && c->column->key_part == 1;
	bool uniques = field_is_other(d->is_unique, c->column->is_unique);
	bool adds_unique = uniques && d->is_unique == SAID_YES && !is_sole_key;
	bool adds_index =
	    d->is_index == SAID_YES && !c->column->is_index && !adds_unique;

	if (uniques && d->is_unique == SAID_NO)
		indexes_drop(c, true);
	if (d->is_index == SAID_NO)
		indexes_drop(c, false);
	if ((adds_unique || adds_index || is_indexed(c)) && is_endless(c))
		return field_refuse(c, ST_INVALID,
		    "cannot be part of a key or an index: its type has no "
		    "length",
		    err);
	if (adds_unique)
		index_add(c, true);
	if (adds_index)
		index_add(c, false);
	return ST_OK;
}

static bool
is_same_action(struct str said, struct str is)
{
	return str_is_null(said) || str_is_null(is) || str_eq(said, is);
}

static bool
is_same_key(const struct field_draft *d, const struct foreign_key *key,
    const struct field_ref *ref)
{
	return str_eq_nocase(key->ref_table, ref->table_name) &&
	       str_eq_nocase(key->ref_columns[0], ref->name) &&
	       is_same_action(d->on_update, key->on_update) &&
	       is_same_action(d->on_delete, key->on_delete);
}

static enum status
key_replace(
    struct comparing *c, const struct foreign_key *key, struct error *err)
{
	struct field_draft d = *c->d;
	struct field_ref ref;
	const struct reshape_key *made;
	enum status st;

	if (str_is_null(d.ref_table) && key != NULL)
		d.ref_table = key->ref_table;
	if (str_is_null(d.ref_field) && key != NULL &&
	    str_eq_nocase(d.ref_table, key->ref_table))
		d.ref_field = key->ref_columns[0];
	st = field_ref_find(c->o, &d, &ref, err);
	if (st != ST_OK || (key != NULL && is_same_key(&d, key, &ref)))
		return st;
	if (key != NULL)
		items_add(&c->a->drop_keys, &key, sizeof(key));
	d.name = c->column->name;
	if (str_is_null(d.on_update) && key != NULL)
		d.on_update = key->on_update;
	if (str_is_null(d.on_delete) && key != NULL)
		d.on_delete = key->on_delete;
	made = field_ref_key(c->o, c->table->name, &d, &ref);
	items_add(&c->a->add_keys, made, sizeof(*made));
	return ST_OK;
}

enum status
field_key_compare(struct comparing *c, struct error *err)
{
	const struct field_draft *d = c->d;
	size_t place = 0;
	const struct foreign_key *key = column_key(c->table, c->column, &place);
	bool says = d->is_foreign != UNSAID || !str_is_null(d->ref_table) ||
		    !str_is_null(d->ref_field) || !str_is_null(d->on_update) ||
		    !str_is_null(d->on_delete);

	if (!says || (d->is_foreign == SAID_NO && key == NULL))
		return ST_OK;
	if (key != NULL && key->n > 1 && d->is_foreign != SAID_NO &&
	    (str_is_null(d->ref_table) ||
		str_eq_nocase(d->ref_table, key->ref_table)))
		return ST_OK;
	if (key != NULL && key->n > 1)
		return field_refuse(c, ST_DENIED,
		    "is part of a foreign key with others, which weir does not "
		    "change",
		    err);
	if (d->is_foreign == SAID_NO) {
		items_add(&c->a->drop_keys, &key, sizeof(key));
		return ST_OK;
	}
	return key_replace(c, key, err);
}
