/*
 * Indexes, and what they say of the columns. An index over an expression is
 * left out: its columns have no names.
 */
#include "drivers/db/mysql_catalog.h"

#include "drivers/db/catalog_build.h"

/* What stands in an index by its first bytes only is unique as well. */
#define SQL_INDEXES                                                            \
	"SELECT TABLE_NAME, COLUMN_NAME, INDEX_NAME, NON_UNIQUE = 0, "         \
	"SEQ_IN_INDEX FROM information_schema.STATISTICS "                     \
	"WHERE TABLE_SCHEMA = DATABASE() ORDER BY CAST(TABLE_NAME AS BINARY)," \
	"CAST(INDEX_NAME AS BINARY), SEQ_IN_INDEX"

static void
index_begin(
    struct mysql_reading *r, struct db_table *t, const struct db_value *v)
{
	struct db_index index = { .name = mysql_text(r, &v[2]),
		.is_unique = v[3].i != 0 };

	if (t != r->table)
		r->list = buf_in(r->arena);
	r->table = t;
	r->name = index.name;
	r->columns = buf_in(r->arena);
	items_add(&r->list, &index, sizeof(index));
	t->indexes = (struct db_index *)r->list.p;
	t->n_indexes++;
}

static void
index_add(struct mysql_reading *r, struct db_table *t, struct str column,
    const struct db_value *v)
{
	struct db_index *index;

	if (t != r->table || !str_eq(r->name, v[2].s))
		index_begin(r, t, v);
	items_add(&r->columns, &column, sizeof(column));
	index = &t->indexes[t->n_indexes - 1];
	index->columns = (struct str *)r->columns.p;
	index->n++;
}

/* One row a column; a column without a name is an expression. */
static enum status
on_index_column(void *ctx, const struct db_value *v, size_t n)
{
	struct mysql_reading *r = ctx;
	struct db_table *t = mysql_table(r, v[0].s);
	struct column *c = NULL;

	(void)n;
	if (t == NULL)
		return ST_OK;
	if (v[1].type != DB_NULL)
		c = mysql_column(r, v);
	if (c != NULL && str_eq(v[2].s, STR("PRIMARY")))
		c->key_part = (unsigned)v[4].i;
	else if (!str_eq(v[2].s, STR("PRIMARY")))
		index_add(r, t, c == NULL ? STR_NULL : c->name, v);
	return ST_OK;
}

enum status
mysql_indexes_read(struct mysql_reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	enum status st;

	r->table = NULL;
	r->name = STR_NULL;
	st = mysql_ask(r, SQL_INDEXES, on_index_column, err);
	for (size_t i = 0; i < c->n_tables; i++) {
		table_link(&c->tables[i], r->arena);
		indexes_link(&c->tables[i]);
	}
	return st;
}
