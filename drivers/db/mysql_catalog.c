/*
 * Reads a server's information_schema into a catalogue, one question for all
 * tables each. What this user may not be told (the triggers of a table, the
 * rules of a foreign key) is taken for the worst.
 */
#include "drivers/db/mysql_catalog.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"

struct str
mysql_text(const struct mysql_reading *r, const struct db_value *v)
{
	return v->type == DB_NULL ? STR_NULL : arena_dup(r->arena, v->s);
}

enum status
mysql_ask(
    struct mysql_reading *r, const char *sql, db_row_f *row, struct error *err)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return mysql_run(r->conn, &stmt, r->deadline_ms, row, r, NULL, err);
}

struct db_table *
mysql_table(const struct mysql_reading *r, struct str name)
{
	return table_get(&r->catalog->by_name, name);
}

struct column *
mysql_column(const struct mysql_reading *r, const struct db_value *v)
{
	const struct db_table *t = mysql_table(r, v[0].s);

	return t == NULL ? NULL : table_get(&t->by_name, v[1].s);
}

/* Rows of these engines may be another table's. */
#define SQL_TABLES                                                             \
	"SELECT TABLE_NAME, TABLE_TYPE = 'VIEW', COALESCE(ENGINE, '') IN ("    \
	"'MRG_MyISAM', 'FEDERATED', 'CONNECT', 'SPIDER', 'OQGRAPH'), "         \
	"COALESCE(ENGINE, '') = 'InnoDB' "                                     \
	"FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() "      \
	"AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') "        \
	"ORDER BY CAST(TABLE_NAME AS BINARY)"

static enum status
on_table(void *ctx, const struct db_value *v, size_t n)
{
	struct mysql_reading *r = ctx;
	struct db_table t = { .name = mysql_text(r, &v[0]),
		.is_view = v[1].i != 0,
		.is_virtual = v[2].i != 0,
		.undoes = v[3].i != 0,
		.has_triggers = true };

	(void)n;
	items_add(&r->list, &t, sizeof(t));
	return ST_OK;
}

static enum status
tables_read(struct mysql_reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	enum status st;

	r->list = buf_in(r->arena);
	st = mysql_ask(r, SQL_TABLES, on_table, err);
	c->tables = (struct db_table *)r->list.p;
	c->n_tables = r->list.n / sizeof(struct db_table);
	catalog_index(c, r->arena);
	return st;
}

#define GRANTED_TO_ME                                                          \
	"PRIVILEGE_TYPE = 'TRIGGER' AND GRANTEE = "                            \
	"CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')"

/* The tables whose triggers this user is told of; NULL: all. */
#define SQL_TOLD                                                               \
	"SELECT NULL FROM information_schema.USER_PRIVILEGES "                 \
	"WHERE " GRANTED_TO_ME " UNION ALL "                                   \
	"SELECT NULL FROM information_schema.SCHEMA_PRIVILEGES "               \
	"WHERE " GRANTED_TO_ME " AND DATABASE() LIKE TABLE_SCHEMA UNION ALL "  \
	"SELECT TABLE_NAME FROM information_schema.TABLE_PRIVILEGES "          \
	"WHERE " GRANTED_TO_ME " AND TABLE_SCHEMA = DATABASE()"

static enum status
on_told(void *ctx, const struct db_value *v, size_t n)
{
	struct mysql_reading *r = ctx;
	struct catalog *c = r->catalog;
	struct db_table *t;

	(void)n;
	if (v[0].type == DB_NULL)
		c->hides = false;
	for (size_t i = 0; v[0].type == DB_NULL && i < c->n_tables; i++)
		c->tables[i].has_triggers = false;
	t = v[0].type == DB_NULL ? NULL : mysql_table(r, v[0].s);
	if (t != NULL)
		t->has_triggers = false;
	return ST_OK;
}

#define SQL_TRIGGERS                                                           \
	"SELECT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS "          \
	"WHERE EVENT_OBJECT_SCHEMA = DATABASE()"

static enum status
on_trigger(void *ctx, const struct db_value *v, size_t n)
{
	struct db_table *t = mysql_table(ctx, v[0].s);

	(void)n;
	if (t != NULL)
		t->has_triggers = true;
	return ST_OK;
}

static enum status
triggers_read(struct mysql_reading *r, struct error *err)
{
	enum status st;

	r->catalog->hides = true;
	st = mysql_ask(r, SQL_TOLD, on_told, err);
	return st == ST_OK ? mysql_ask(r, SQL_TRIGGERS, on_trigger, err) : st;
}

/* A view whose table is gone has no columns: nothing can be read from it. */
static void
tables_keep(struct catalog *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_tables; i++) {
		if (c->tables[i].n_columns > 0)
			c->tables[kept++] = c->tables[i];
	}
	c->n_tables = kept;
}

enum status
mysql_catalog(struct db_conn *conn, struct arena *arena, int64_t deadline_ms,
    struct catalog *out, struct error *err)
{
	struct mysql_reading r = { .conn = conn,
		.arena = arena,
		.deadline_ms = deadline_ms,
		.catalog = out };
	int64_t data;
	enum status st;

	/* First, so that what changes meanwhile is seen by the next look. */
	*out = (struct catalog){ .n_tables = 0 };
	st = mysql_versions(conn, &out->schema_version, &data, err);
	if (st == ST_OK)
		st = tables_read(&r, err);
	if (st == ST_OK)
		st = triggers_read(&r, err);
	if (st == ST_OK)
		st = mysql_columns_read(&r, err);
	if (st == ST_OK)
		st = mysql_indexes_read(&r, err);
	if (st == ST_OK)
		st = mysql_keys_read(&r, err);
	tables_keep(out);
	catalog_link(out, arena);
	return st;
}
