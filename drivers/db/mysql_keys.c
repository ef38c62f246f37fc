/* Foreign keys, with what the server does when the other row goes. */
#include "drivers/db/mysql_catalog.h"

#include "drivers/db/catalog_build.h"

/* A key to a table of another database is left out. */
#define SQL_KEYS                                                               \
	"SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, "              \
	"k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, "                  \
	"COALESCE(r.UPDATE_RULE, '') NOT IN ('NO ACTION', 'RESTRICT') OR "     \
	"COALESCE(r.DELETE_RULE, '') NOT IN ('NO ACTION', 'RESTRICT'), "       \
	"r.UPDATE_RULE, r.DELETE_RULE "                                        \
	"FROM information_schema.KEY_COLUMN_USAGE k "                          \
	"LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r "              \
	"ON r.CONSTRAINT_SCHEMA = DATABASE() AND r.TABLE_NAME = k.TABLE_NAME " \
	"AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME "                           \
	"WHERE k.TABLE_SCHEMA = DATABASE() "                                   \
	"AND k.REFERENCED_TABLE_SCHEMA = DATABASE() "                          \
	"ORDER BY CAST(k.TABLE_NAME AS BINARY), "                              \
	"CAST(k.CONSTRAINT_NAME AS BINARY), k.ORDINAL_POSITION"

static void
key_begin(struct mysql_reading *r, struct db_table *t, const struct db_value *v)
{
	struct foreign_key key = { .name = mysql_text(r, &v[1]),
		.ref_table = mysql_text(r, &v[3]),
		.cascades = v[5].i != 0,
		.on_update = mysql_text(r, &v[6]),
		.on_delete = mysql_text(r, &v[7]) };

	if (t != r->table)
		r->list = buf_in(r->arena);
	r->table = t;
	r->name = key.name;
	r->columns = buf_in(r->arena);
	r->ref_columns = buf_in(r->arena);
	items_add(&r->list, &key, sizeof(key));
	t->foreign_keys = (struct foreign_key *)r->list.p;
	t->n_foreign_keys++;
}

/* One row a column; another table or name begins the next key. */
static enum status
on_key_column(void *ctx, const struct db_value *v, size_t n)
{
	struct mysql_reading *r = ctx;
	struct db_table *t = mysql_table(r, v[0].s);
	struct str column = mysql_text(r, &v[2]);
	struct str ref_column = mysql_text(r, &v[4]);
	struct foreign_key *key;

	(void)n;
	if (t == NULL)
		return ST_OK;
	if (t != r->table || !str_eq(r->name, v[1].s))
		key_begin(r, t, v);
	items_add(&r->columns, &column, sizeof(column));
	items_add(&r->ref_columns, &ref_column, sizeof(ref_column));
	key = &t->foreign_keys[t->n_foreign_keys - 1];
	key->columns = (struct str *)r->columns.p;
	key->ref_columns = (struct str *)r->ref_columns.p;
	key->n++;
	return ST_OK;
}

enum status
mysql_keys_read(struct mysql_reading *r, struct error *err)
{
	r->table = NULL;
	r->name = STR_NULL;
	return mysql_ask(r, SQL_KEYS, on_key_column, err);
}
