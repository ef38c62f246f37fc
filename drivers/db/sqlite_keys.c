/* Indexes and foreign keys of a table. */
#include "drivers/db/sqlite_catalog.h"

#include "drivers/db/catalog_build.h"

/*
 * One row a column; seqno 0 begins the next index. A column without a name is
 * an expression. What holds for some rows only makes no column unique.
 */
#define SQL_INDEXES                                                            \
	"SELECT i.seqno, i.name, l.name, l.\"unique\" AND NOT l.partial "      \
	"FROM pragma_index_list(?1) l JOIN pragma_index_info(l.name) i "       \
	"WHERE l.origin <> 'pk' ORDER BY l.name, i.seqno"

static enum status
on_index_column(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_reading *r = ctx;
	struct str column = sqlite_text(r, &v[1]);
	struct db_index *index;

	(void)n;
	if (v[0].i == 0) {
		struct db_index begun = { .name = sqlite_text(r, &v[2]),
			.is_unique = v[3].i != 0 };

		items_add(&r->list, &begun, sizeof(begun));
		r->columns = buf_in(r->arena);
	}
	items_add(&r->columns, &column, sizeof(column));
	index = (struct db_index *)r->list.p +
		r->list.n / sizeof(struct db_index) - 1;
	index->columns = (struct str *)r->columns.p;
	index->n++;
	return ST_OK;
}

enum status
sqlite_indexes_read(
    struct sqlite_reading *r, struct db_table *t, struct error *err)
{
	enum status st;

	r->list = buf_in(r->arena);
	st = sqlite_ask(r, STR(SQL_INDEXES), t->name, on_index_column, err);
	t->indexes = (struct db_index *)r->list.p;
	t->n_indexes = r->list.n / sizeof(struct db_index);
	indexes_link(t);
	return st;
}

#define SQL_KEYS                                                               \
	"SELECT seq, \"table\", \"from\", \"to\", "                            \
	"on_update NOT IN ('NO ACTION', 'RESTRICT') OR "                       \
	"on_delete NOT IN ('NO ACTION', 'RESTRICT'), on_update, on_delete "    \
	"FROM pragma_foreign_key_list(?1) ORDER BY id, seq"

/* One row a column; seq 0 begins the next key. */
static enum status
on_key_column(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_reading *r = ctx;
	struct str column = sqlite_text(r, &v[2]);
	struct str ref_column = sqlite_text(r, &v[3]);
	struct foreign_key *key;

	(void)n;
	if (v[0].i == 0) {
		struct foreign_key begun = { .ref_table = sqlite_text(r, &v[1]),
			.cascades = v[4].i != 0,
			.on_update = sqlite_text(r, &v[5]),
			.on_delete = sqlite_text(r, &v[6]) };

		items_add(&r->list, &begun, sizeof(begun));
		r->columns = buf_in(r->arena);
		r->ref_columns = buf_in(r->arena);
	}
	items_add(&r->columns, &column, sizeof(column));
	items_add(&r->ref_columns, &ref_column, sizeof(ref_column));
	key = (struct foreign_key *)r->list.p +
	      r->list.n / sizeof(struct foreign_key) - 1;
	key->columns = (struct str *)r->columns.p;
	key->ref_columns = (struct str *)r->ref_columns.p;
	key->n++;
	return ST_OK;
}

enum status
sqlite_keys_read(
    struct sqlite_reading *r, struct db_table *t, struct error *err)
{
	enum status st;

	r->list = buf_in(r->arena);
	st = sqlite_ask(r, STR(SQL_KEYS), t->name, on_key_column, err);
	t->foreign_keys = (struct foreign_key *)r->list.p;
	t->n_foreign_keys = r->list.n / sizeof(struct foreign_key);
	return st;
}
