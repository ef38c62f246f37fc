/*
 * Reads SQLite's schema into a catalogue, within one read transaction so that
 * all of it is of one moment. A view that does not work any more (its table is
 * gone) is left out: nothing could be read from it.
 */
#include "drivers/db/sqlite_catalog.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"

struct str
sqlite_text(const struct sqlite_reading *r, const struct db_value *v)
{
	return v->type == DB_TEXT ? arena_dup(r->arena, v->s) : STR_NULL;
}

enum status
sqlite_ask(struct sqlite_reading *r, struct str sql, struct str arg,
    db_row_f *row, struct error *err)
{
	struct db_value v = { .type = DB_TEXT, .s = arg };
	struct db_stmt stmt = { sql, &v, str_is_null(arg) ? 0 : 1 };

	return sqlite_run(r->conn, &stmt, r->deadline_ms, row, r, NULL, err);
}

/* Shadow tables hold the inside of virtual ones and are not offered. */
#define SQL_TABLES                                                             \
	"SELECT m.name, m.type = 'view', l.type = 'virtual', EXISTS ("         \
	"SELECT 1 FROM sqlite_schema g WHERE g.type = 'trigger' AND "          \
	"g.tbl_name = m.name COLLATE NOCASE), m.sql LIKE '%REPLACE%' "         \
	"FROM sqlite_schema m JOIN pragma_table_list l ON l.name = m.name "    \
	"AND l.schema = 'main' WHERE m.type IN ('table', 'view') AND "         \
	"l.type <> 'shadow' AND substr(m.name, 1, 7) <> 'sqlite_' "            \
	"ORDER BY m.name"

static enum status
on_table(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_reading *r = ctx;
	struct db_table t = {
		.name = sqlite_text(r, &v[0]),
		.is_view = v[1].i != 0,
		.is_virtual = v[2].i != 0,
		.has_triggers = v[3].i != 0,
		.replaces = v[4].i != 0,
		.undoes = true,
	};

	(void)n;
	items_add(&r->list, &t, sizeof(t));
	return ST_OK;
}

static enum status
tables_read(struct sqlite_reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	enum status st;

	r->list = buf_in(r->arena);
	st = sqlite_ask(r, STR(SQL_TABLES), STR_NULL, on_table, err);
	c->tables = (struct db_table *)r->list.p;
	c->n_tables = r->list.n / sizeof(struct db_table);
	return st;
}

/*
 * hidden: 1 an argument of a virtual table, 2 and 3 generated columns. A key
 * of one INTEGER column without an index of its own is the rowid itself.
 */
#define SQL_COLUMNS                                                            \
	"SELECT x.name, x.type, x.\"notnull\", x.dflt_value, "                 \
	"x.pk, x.hidden, x.pk = 1 AND upper(x.type) = 'INTEGER' AND "          \
	"(SELECT max(pk) FROM pragma_table_info(?1)) = 1 AND NOT EXISTS ("     \
	"SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk') "            \
	"FROM pragma_table_xinfo(?1) x WHERE x.hidden <> 1 ORDER BY x.cid"

/* DEFAULT NULL is what a column without a default has. */
static struct str
default_of(const struct sqlite_reading *r, const struct db_value *v)
{
	struct str text = sqlite_text(r, v);

	return str_eq_nocase(text, STR("NULL")) ? STR_NULL : text;
}

static enum status
on_column(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_reading *r = ctx;
	struct str db_type = sqlite_text(r, &v[1]);
	struct str text = default_of(r, &v[3]);
	struct column c = {
		.name = sqlite_text(r, &v[0]),
		.db_type = db_type,
		.kind = sqlite_kind(db_type),
		.digits = sqlite_digits(db_type),
		.not_null = v[2].i != 0,
		.has_default = !str_is_null(text),
		.default_text = text,
		.key_part = (unsigned)v[4].i,
		.generated = v[5].i == 2 || v[5].i == 3,
		.auto_increment = v[6].i != 0,
	};

	(void)n;
	sqlite_bounds(&c);
	items_add(&r->list, &c, sizeof(c));
	return ST_OK;
}

static enum status
columns_read(struct sqlite_reading *r, struct db_table *t, struct error *err)
{
	enum status st;

	r->list = buf_in(r->arena);
	st = sqlite_ask(r, STR(SQL_COLUMNS), t->name, on_column, err);
	if (st != ST_OK)
		return st;
	t->columns = (struct column *)r->list.p;
	t->n_columns = r->list.n / sizeof(struct column);
	table_link(t, r->arena);
	return ST_OK;
}

/* Columns and keys of every table; what cannot be read is left out. */
static enum status
tables_fill(struct sqlite_reading *r, struct error *err)
{
	struct catalog *c = r->catalog;
	size_t kept = 0;

	for (size_t i = 0; i < c->n_tables; i++) {
		struct db_table t = c->tables[i];
		struct error why = { .text = "" };
		enum status st = columns_read(r, &t, &why);

		if (st == ST_OK)
			st = sqlite_indexes_read(r, &t, &why);
		if (st == ST_OK)
			st = sqlite_keys_read(r, &t, &why);
		if (st == ST_TIMEOUT || st == ST_UNAVAILABLE)
			return error_set(err, st, "%s", why.text);
		if (st == ST_OK && t.n_columns > 0)
			c->tables[kept++] = t;
	}
	c->n_tables = kept;
	return ST_OK;
}

static enum status
on_version(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_reading *r = ctx;

	if (n > 0)
		r->catalog->schema_version = v[0].i;
	return ST_OK;
}

static enum status
catalog_read(struct sqlite_reading *r, struct error *err)
{
	struct str version = STR("PRAGMA schema_version");
	enum status st = sqlite_ask(r, version, STR_NULL, on_version, err);

	if (st == ST_OK)
		st = tables_read(r, err);
	if (st == ST_OK)
		st = tables_fill(r, err);
	if (st == ST_OK)
		catalog_link(r->catalog, r->arena);
	return st;
}

enum status
sqlite_catalog(struct db_conn *conn, struct arena *arena, int64_t deadline_ms,
    struct catalog *out, struct error *err)
{
	struct sqlite_reading r = { .conn = conn,
		.arena = arena,
		.deadline_ms = deadline_ms,
		.catalog = out };
	bool own = sqlite3_get_autocommit(conn->db);
	enum status st = ST_OK;

	*out = (struct catalog){ .n_tables = 0 };
	sqlite_allow(conn, deadline_ms);
	if (own)
		st = sqlite_exec(conn, "BEGIN", err);
	if (st == ST_OK)
		st = catalog_read(&r, err);
	if (own && !sqlite3_get_autocommit(conn->db))
		(void)sqlite_exec(conn, "ROLLBACK", NULL); /* only read */
	return st;
}
