#include "app/services/db/relation/relation_key.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "drivers/db/catalog.h"

static bool
has_column(
    const struct column *const *columns, size_t n, const struct column *c)
{
	for (size_t i = 0; i < n; i++) {
		if (columns[i] == c)
			return true;
	}
	return false;
}

static bool
has_key(const struct db_table *t, const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < t->n_key; i++) {
		if (!has_column(columns, n, t->key[i]))
			return false;
	}
	return t->n_key > 0;
}

static bool
has_index(const struct db_table *t, const struct db_index *index,
    const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < index->n; i++) {
		if (!has_column(columns, n, table_column(t, index->columns[i])))
			return false;
	}
	return index->is_unique && index->n > 0;
}

/* What is unique stays so with more columns beside it. */
bool
columns_are_unique(
    const struct db_table *table, const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < table->n_indexes; i++) {
		if (has_index(table, &table->indexes[i], columns, n))
			return true;
	}
	return has_key(table, columns, n);
}

/* False when a column cannot be found. */
static bool
joint_make(struct arena *arena, const struct db_table *from,
    const struct db_table *to, const struct foreign_key *key, struct joint *out)
{
	size_t bytes = key->n * sizeof(out->left[0]);

	*out = (struct joint){ .left = arena_alloc(arena, bytes),
		.right = arena_alloc(arena, bytes),
		.n = key->n };
	for (size_t i = 0; i < key->n; i++) {
		out->left[i] = table_column(from, key->columns[i]);
		out->right[i] = table_column(to, key->ref_columns[i]);
		if (out->left[i] == NULL || out->right[i] == NULL)
			return false;
	}
	return key->n > 0;
}

static bool
joint_eq(const struct joint *a, const struct joint *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->left[i] != b->left[i] || a->right[i] != b->right[i])
			return false;
	}
	return true;
}

static bool
key_read(struct arena *arena, const struct catalog *catalog,
    const struct db_table *from, const struct foreign_key *key,
    struct relation_key *out)
{
	const struct db_table *to = catalog_table(catalog, key->ref_table);

	if (to == NULL || from->is_view || to->is_view)
		return false;
	*out = (struct relation_key){ .from = from, .to = to, .key = key };
	if (!joint_make(arena, from, to, key, &out->joint))
		return false;
	out->place = (size_t)(out->joint.left[0] - from->columns);
	return columns_are_unique(to, out->joint.right, key->n);
}

/* Declared beside the column and below the table as well. */
static bool
is_repeated(const struct relation_key *keys, size_t n)
{
	for (size_t i = n; i > 0 && keys[i - 1].from == keys[n].from; i--) {
		if (joint_eq(&keys[i - 1].joint, &keys[n].joint))
			return true;
	}
	return false;
}

/* Tables lie in the order of the catalogue, columns in their table's. */
static int
key_order(const void *a, const void *b)
{
	const struct relation_key *x = a;
	const struct relation_key *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->joint.right[0] != y->joint.right[0])
		return x->joint.right[0] < y->joint.right[0] ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

struct relation_key *
relation_keys(struct arena *arena, const struct catalog *catalog, size_t *n)
{
	struct relation_key *keys;
	size_t room = 0;

	for (size_t i = 0; i < catalog->n_tables; i++)
		room += catalog->tables[i].n_foreign_keys;
	keys = arena_alloc(arena, room * sizeof(keys[0]));
	*n = 0;
	for (size_t i = 0; i < catalog->n_tables; i++) {
		const struct db_table *t = &catalog->tables[i];

		for (size_t k = 0; k < t->n_foreign_keys; k++) {
			if (key_read(arena, catalog, t, &t->foreign_keys[k],
				&keys[*n]) &&
			    !is_repeated(keys, *n))
				++*n;
		}
	}
	qsort(keys, *n, sizeof(keys[0]), key_order);
	return keys;
}
