#include "drivers/db/catalog_build.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "drivers/db/catalog.h"

void
items_add(struct buf *list, const void *item, size_t size)
{
	memcpy(buf_reserve(list, size), item, size);
	list->n += size;
}

static void
key_collect(struct db_table *t, struct arena *arena)
{
	t->n_key = 0;
	for (size_t i = 0; i < t->n_columns; i++)
		t->n_key += t->columns[i].key_part > 0;
	t->key = arena_zalloc(arena, t->n_key * sizeof(t->key[0]));
	for (size_t i = 0; i < t->n_columns; i++) {
		unsigned part = t->columns[i].key_part;

		if (part > 0 && part <= t->n_key)
			t->key[part - 1] = &t->columns[i];
	}
}

void
column_range(struct column *c, unsigned bits)
{
	uint64_t all = UINT64_MAX >> (64 - bits);

	c->most = c->is_unsigned ? all : all >> 1;
	c->least = c->is_unsigned ? 0 : -(int64_t)(all >> 1) - 1;
}

/* Every answer has them. */
static void
labels_write(struct db_table *t, struct arena *arena)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < t->n_columns; i++) {
		size_t from = text.n;

		if (!str_is_null(t->columns[i].label))
			continue;
		buf_put_char(&text, ',');
		json_put_str(&text, t->columns[i].name);
		buf_put_char(&text, ':');
		/* Stays valid when text grows: an arena keeps what it gave. */
		t->columns[i].label = str_make(text.p + from, text.n - from);
	}
}

void
table_link(struct db_table *t, struct arena *arena)
{
	key_collect(t, arena);
	labels_write(t, arena);
	table_init(&t->by_name, arena, t->n_columns);
	for (size_t i = 0; i < t->n_columns; i++)
		(void)table_add(
		    &t->by_name, t->columns[i].name, &t->columns[i]);
}

static bool
is_named(const struct db_index *index)
{
	for (size_t i = 0; i < index->n; i++) {
		if (str_is_null(index->columns[i]))
			return false;
	}
	return index->n > 0;
}

void
indexes_link(struct db_table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n_indexes; i++) {
		struct db_index index = t->indexes[i];
		struct column *first;

		if (!is_named(&index))
			continue;
		t->indexes[kept++] = index;
		first = table_get(&t->by_name, index.columns[0]);
		if (first == NULL)
			continue;
		first->is_index = true;
		if (index.is_unique && index.n == 1)
			first->is_unique = true;
	}
	t->n_indexes = kept;
}

/* What is referred to is called as its table calls it, not as the key does. */
static void
columns_link(const struct db_table *ref, struct foreign_key *key)
{
	for (size_t i = 0; i < key->n; i++) {
		const struct column *column;

		if (i < ref->n_key && str_is_null(key->ref_columns[i]))
			key->ref_columns[i] = ref->key[i]->name;
		column = table_column(ref, key->ref_columns[i]);
		if (column != NULL)
			key->ref_columns[i] = column->name;
	}
}

static void
key_link(const struct catalog *c, struct foreign_key *key)
{
	const struct db_table *ref = catalog_table(c, key->ref_table);

	if (ref == NULL)
		return;
	key->ref_table = ref->name;
	columns_link(ref, key);
}

void
catalog_index(struct catalog *c, struct arena *arena)
{
	table_init(&c->by_name, arena, c->n_tables);
	for (size_t i = 0; i < c->n_tables; i++)
		(void)table_add(&c->by_name, c->tables[i].name, &c->tables[i]);
}

void
catalog_link(struct catalog *c, struct arena *arena)
{
	catalog_index(c, arena);
	for (size_t i = 0; i < c->n_tables; i++) {
		struct db_table *t = &c->tables[i];

		for (size_t k = 0; k < t->n_foreign_keys; k++)
			key_link(c, &t->foreign_keys[k]);
	}
}
