#include "app/services/db/schema/describe.h"

#include "app/base/arena.h"
#include "app/base/jsonmember.h"
#include "drivers/db/catalog.h"

static void
constraint_begin(struct buf *out, struct str name, const char *type,
    const struct db_table *table)
{
	json_put_name(out, name);
	buf_put_char(out, '{');
	put_text(out, "constraint_name", name);
	put_text(out, "constraint_type", str_of(type));
	put_text(out, "table_name", table->name);
}

/* SQLite does not say how a key was called: it is named by its columns. */
static struct str
key_name(struct arena *arena, const struct db_table *table,
    const struct foreign_key *key)
{
	struct buf name = buf_in(arena);

	if (!str_is_null(key->name))
		return key->name;
	buf_put_lit(&name, "fk_");
	buf_put(&name, table->name);
	for (size_t i = 0; i < key->n; i++) {
		buf_put_char(&name, '_');
		buf_put(&name, key->columns[i]);
	}
	return buf_str(&name);
}

static void
put_foreign_key(struct buf *out, struct arena *arena,
    const struct db_table *table, const struct foreign_key *key)
{
	constraint_begin(
	    out, key_name(arena, table, key), "FOREIGN KEY", table);
	put_texts(out, "column_name", key->columns, key->n);
	put_text(out, "referenced_table_name", key->ref_table);
	put_texts(out, "referenced_column_name", key->ref_columns, key->n);
	put_text(out, "update_rule", key->on_update);
	put_text(out, "delete_rule", key->on_delete);
	buf_put_char(out, '}');
}

static void
put_primary(struct buf *out, struct arena *arena, const struct db_table *table)
{
	struct str *names = arena_alloc(arena, table->n_key * sizeof(names[0]));

	for (size_t i = 0; i < table->n_key; i++)
		names[i] = table->key[i]->name;
	constraint_begin(out, STR("PRIMARY"), "PRIMARY KEY", table);
	put_texts(out, "column_name", names, table->n_key);
	buf_put_char(out, '}');
}

void
describe_constraints(
    struct buf *out, struct arena *arena, const struct db_table *table)
{
	buf_put_char(out, '{');
	if (table->n_key > 0)
		put_primary(out, arena, table);
	for (size_t i = 0; i < table->n_indexes; i++) {
		const struct db_index *index = &table->indexes[i];

		if (!index->is_unique)
			continue;
		constraint_begin(out, index->name, "UNIQUE", table);
		put_texts(out, "column_name", index->columns, index->n);
		buf_put_char(out, '}');
	}
	for (size_t i = 0; i < table->n_foreign_keys; i++)
		put_foreign_key(out, arena, table, &table->foreign_keys[i]);
	buf_put_char(out, '}');
}
