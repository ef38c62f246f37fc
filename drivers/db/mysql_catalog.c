/*
 * Reads a server's information_schema into a catalogue, one question for all
 * tables each. What this user may not be told (the triggers of a table, the
 * rules of a foreign key) is taken for the worst.
 */
#include "drivers/db/mysql_conn.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/db/catalog_build.h"

/* What the row callbacks share. */
struct reading {
	struct db_conn *conn;
	struct arena *arena;
	int64_t deadline_ms;
	struct catalog *catalog;
	struct db_table *table; /* the list is its columns or foreign keys */
	struct buf list;
	struct str key_name;    /* of the foreign key being read */
	struct buf columns;     /* its columns */
	struct buf ref_columns; /* and what they refer to */
};

static struct str
text_of(const struct reading *r, const struct db_value *v)
{
	return v->type == DB_NULL ? STR_NULL : arena_dup(r->arena, v->s);
}

static enum status
ask(struct reading *r, const char *sql, db_row_f *row, struct error *err)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return mysql_run(r->conn, &stmt, r->deadline_ms, row, r, NULL, err);
}

/* Rows of these engines may be another table's. */
#define SQL_TABLES                                                             \
	"SELECT TABLE_NAME, TABLE_TYPE = 'VIEW', COALESCE(ENGINE, '') IN ("    \
	"'MRG_MyISAM', 'FEDERATED', 'CONNECT', 'SPIDER', 'OQGRAPH') "          \
	"FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() "      \
	"AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') "        \
	"ORDER BY CAST(TABLE_NAME AS BINARY)"

static enum status
on_table(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;
	struct db_table t = { .name = text_of(r, &v[0]),
		.is_view = v[1].i != 0,
		.is_virtual = v[2].i != 0,
		.has_triggers = true };

	(void)n;
	items_add(&r->list, &t, sizeof(t));
	return ST_OK;
}

static enum status
tables_read(struct reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	enum status st;

	r->list = buf_in(r->arena);
	st = ask(r, SQL_TABLES, on_table, err);
	c->tables = (struct db_table *)r->list.p;
	c->n_tables = r->list.n / sizeof(struct db_table);
	catalog_index(c, r->arena);
	return st;
}

/* NULL for a table that came after the tables were read. */
static struct db_table *
table_of(const struct reading *r, const struct db_value *name)
{
	return table_get(&r->catalog->by_name, name->s);
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
	struct reading *r = ctx;
	struct catalog *c = r->catalog;
	struct db_table *t;

	(void)n;
	for (size_t i = 0; v[0].type == DB_NULL && i < c->n_tables; i++)
		c->tables[i].has_triggers = false;
	t = v[0].type == DB_NULL ? NULL : table_of(r, &v[0]);
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
	struct db_table *t = table_of(ctx, &v[0]);

	(void)n;
	if (t != NULL)
		t->has_triggers = true;
	return ST_OK;
}

static enum status
triggers_read(struct reading *r, struct error *err)
{
	enum status st = ask(r, SQL_TOLD, on_told, err);

	return st == ST_OK ? ask(r, SQL_TRIGGERS, on_trigger, err) : st;
}

/* A column that may be NULL and has no default has the default NULL. */
#define SQL_COLUMNS                                                            \
	"SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'NO', "    \
	"COLUMN_DEFAULT IS NOT NULL AND "                                      \
	"(IS_NULLABLE = 'NO' OR COLUMN_DEFAULT <> 'NULL'), "                   \
	"EXTRA LIKE '%auto_increment%', "                                      \
	"EXTRA LIKE '%VIRTUAL GENERATED%' OR EXTRA LIKE '%STORED GENERATED%'," \
	"DATA_TYPE = 'bit' OR "                                                \
	"(DATA_TYPE LIKE '%int' AND COLUMN_TYPE LIKE '%unsigned%') "           \
	"FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "     \
	"ORDER BY CAST(TABLE_NAME AS BINARY), ORDINAL_POSITION"

static void
columns_end(struct reading *r)
{
	if (r->table == NULL)
		return;
	r->table->columns = (struct column *)r->list.p;
	r->table->n_columns = r->list.n / sizeof(struct column);
}

static enum status
on_column(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;
	struct db_table *t = table_of(r, &v[0]);
	struct str db_type = text_of(r, &v[2]);
	struct column c = {
		.name = text_of(r, &v[1]),
		.db_type = db_type,
		.kind = mysql_kind(db_type),
		.not_null = v[3].i != 0,
		.has_default = v[4].i != 0,
		.auto_increment = v[5].i != 0,
		.generated = v[6].i != 0,
		.is_unsigned = v[7].i != 0,
	};

	(void)n;
	if (t != r->table) {
		columns_end(r);
		r->table = t;
		r->list = buf_in(r->arena);
	}
	items_add(&r->list, &c, sizeof(c));
	return ST_OK;
}

static enum status
columns_read(struct reading *r, struct error *err)
{
	enum status st;

	r->table = NULL;
	r->list = buf_in(r->arena);
	st = ask(r, SQL_COLUMNS, on_column, err);
	columns_end(r);
	for (size_t i = 0; i < r->catalog->n_tables; i++)
		table_link(&r->catalog->tables[i], r->arena);
	return st;
}

static struct column *
column_of(const struct reading *r, const struct db_value *v)
{
	const struct db_table *t = table_of(r, &v[0]);

	return t == NULL ? NULL : table_get(&t->by_name, v[1].s);
}

/* MariaDB's type json is a longtext that is checked. */
#define SQL_JSON                                                               \
	"SELECT TABLE_NAME, CONSTRAINT_NAME "                                  \
	"FROM information_schema.CHECK_CONSTRAINTS "                           \
	"WHERE CONSTRAINT_SCHEMA = DATABASE() AND LEVEL = 'Column' "           \
	"AND CHECK_CLAUSE LIKE 'json!_valid(%' ESCAPE '!'"

static enum status
on_json(void *ctx, const struct db_value *v, size_t n)
{
	struct column *c = column_of(ctx, v);

	(void)n;
	if (c != NULL && str_eq(c->db_type, STR("longtext")))
		c->kind = COLUMN_JSON;
	return ST_OK;
}

#define SQL_PRIMARY                                                            \
	"SELECT TABLE_NAME, COLUMN_NAME, SEQ_IN_INDEX "                        \
	"FROM information_schema.STATISTICS "                                  \
	"WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'PRIMARY'"

static enum status
on_primary(void *ctx, const struct db_value *v, size_t n)
{
	struct column *c = column_of(ctx, v);

	(void)n;
	if (c != NULL)
		c->key_part = (unsigned)v[2].i;
	return ST_OK;
}

/* A key to a table of another database is left out. */
#define SQL_KEYS                                                               \
	"SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, "              \
	"k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, "                  \
	"COALESCE(r.UPDATE_RULE, '') NOT IN ('NO ACTION', 'RESTRICT') OR "     \
	"COALESCE(r.DELETE_RULE, '') NOT IN ('NO ACTION', 'RESTRICT') "        \
	"FROM information_schema.KEY_COLUMN_USAGE k "                          \
	"LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r "              \
	"ON r.CONSTRAINT_SCHEMA = DATABASE() AND r.TABLE_NAME = k.TABLE_NAME " \
	"AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME "                           \
	"WHERE k.TABLE_SCHEMA = DATABASE() "                                   \
	"AND k.REFERENCED_TABLE_SCHEMA = DATABASE() "                          \
	"ORDER BY CAST(k.TABLE_NAME AS BINARY), "                              \
	"CAST(k.CONSTRAINT_NAME AS BINARY), k.ORDINAL_POSITION"

static void
key_begin(struct reading *r, struct db_table *t, const struct db_value *v)
{
	struct foreign_key key = { .ref_table = text_of(r, &v[3]),
		.cascades = v[5].i != 0 };

	if (t != r->table)
		r->list = buf_in(r->arena);
	r->table = t;
	r->key_name = text_of(r, &v[1]);
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
	struct reading *r = ctx;
	struct db_table *t = table_of(r, &v[0]);
	struct str column = text_of(r, &v[2]);
	struct str ref_column = text_of(r, &v[4]);
	struct foreign_key *key;

	(void)n;
	if (t == NULL)
		return ST_OK;
	if (t != r->table || !str_eq(r->key_name, v[1].s))
		key_begin(r, t, v);
	items_add(&r->columns, &column, sizeof(column));
	items_add(&r->ref_columns, &ref_column, sizeof(ref_column));
	key = &t->foreign_keys[t->n_foreign_keys - 1];
	key->columns = (struct str *)r->columns.p;
	key->ref_columns = (struct str *)r->ref_columns.p;
	key->n++;
	return ST_OK;
}

static enum status
keys_read(struct reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	enum status st = ask(r, SQL_PRIMARY, on_primary, err);

	for (size_t i = 0; i < c->n_tables; i++)
		table_link(&c->tables[i], r->arena);
	r->table = NULL;
	r->key_name = STR_NULL;
	return st == ST_OK ? ask(r, SQL_KEYS, on_key_column, err) : st;
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
	struct reading r = { .conn = conn,
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
		st = columns_read(&r, err);
	if (st == ST_OK && conn->is_mariadb)
		st = ask(&r, SQL_JSON, on_json, err);
	if (st == ST_OK)
		st = keys_read(&r, err);
	tables_keep(out);
	catalog_link(out, arena);
	return st;
}
