/*
 * A change of the schema, all of it or nothing. Foreign keys are off while a
 * table is replaced: dropping the old one would else delete what refers to it.
 * legacy_alter_table: a rename touches no other text, and views and triggers
 * that name the table stay as they are.
 */
#include "drivers/db/sqlite_reshape.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"
#include "drivers/db/reshape_sql.h"
#include "drivers/db/sqlite_text.h"

enum status
sqlite_say(struct reshaping *r, const struct buf *sql, struct error *err)
{
	struct str text = arena_dup(r->arena, buf_str(sql));
	enum status st;
	int rc;

	sqlite_allow(r->conn, r->deadline_ms);
	rc = sqlite3_exec(r->conn->db, text.p, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return ST_OK;
	st = sqlite_fail(r->conn, rc, err);
	if (st != ST_STALE && (st != ST_ERROR || (rc & 0xff) != SQLITE_ERROR))
		return st;
	if (err != NULL)
		err->status = ST_INVALID;
	return ST_INVALID;
}

static enum status
take_number(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	if (n > 0)
		*out = v[0].i;
	return ST_OK;
}

enum status
sqlite_number(struct reshaping *r, struct str sql, struct str name,
    int64_t *out, struct error *err)
{
	struct db_value arg = { .type = DB_TEXT, .s = name };
	struct db_stmt stmt = { sql, &arg, str_is_null(name) ? 0 : 1 };

	return sqlite_run(
	    r->conn, &stmt, r->deadline_ms, take_number, out, NULL, err);
}

static enum status
indexes_make(struct reshaping *r, struct str table,
    const struct reshape_index *list, size_t n, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++) {
		struct buf sql = buf_in(r->arena);

		sql_put_index(&sql, table, &list[i]);
		st = sqlite_say(r, &sql, err);
	}
	return st;
}

static enum status
table_make(
    struct reshaping *r, const struct reshape_create *c, struct error *err)
{
	struct buf sql = buf_in(r->arena);
	enum status st;

	sql_put_table(&sql, c, sqlite_put_column);
	for (size_t i = 0; i < c->n_keys; i++) {
		buf_put_lit(&sql, ", ");
		sql_put_key(&sql, &c->keys[i]);
	}
	buf_put_char(&sql, ')');
	st = sqlite_say(r, &sql, err);
	return st == ST_OK
		   ? indexes_make(r, c->name, c->indexes, c->n_indexes, err)
		   : st;
}

static enum status
table_drop(struct reshaping *r, const struct db_table *t, struct error *err)
{
	struct buf sql = buf_in(r->arena);

	buf_put_lit(&sql, "DROP TABLE ");
	sql_put_name(&sql, t->name);
	return sqlite_say(r, &sql, err);
}

/* SQLite adds no column that would have to be filled with the time. */
static bool
can_be_added(const struct reshape_column *c)
{
	return c->default_kind != DEFAULT_NOW &&
	       (!c->not_null || c->default_kind == DEFAULT_VALUE);
}

static bool
needs_rebuild(const struct reshape_alter *a)
{
	bool needs = a->n_change > 0 || a->n_drop > 0 || a->n_add_keys > 0 ||
		     a->n_drop_keys > 0;

	for (size_t i = 0; i < a->n_add; i++)
		needs = needs || !can_be_added(&a->add[i]);
	for (size_t i = 0; i < a->n_drop_indexes; i++)
		needs = needs || str_starts(a->drop_indexes[i]->name,
				     STR("sqlite_autoindex_"));
	return needs;
}

static enum status
alter_in_place(
    struct reshaping *r, const struct reshape_alter *a, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < a->n_add && st == ST_OK; i++) {
		struct buf sql = buf_in(r->arena);

		buf_put_lit(&sql, "ALTER TABLE ");
		sql_put_name(&sql, a->table->name);
		buf_put_lit(&sql, " ADD COLUMN ");
		sqlite_put_column(&sql, &a->add[i]);
		st = sqlite_say(r, &sql, err);
	}
	for (size_t i = 0; i < a->n_drop_indexes && st == ST_OK; i++) {
		struct buf sql = buf_in(r->arena);

		buf_put_lit(&sql, "DROP INDEX ");
		sql_put_name(&sql, a->drop_indexes[i]->name);
		st = sqlite_say(r, &sql, err);
	}
	return st;
}

static enum status
table_alter(
    struct reshaping *r, const struct reshape_alter *a, struct error *err)
{
	enum status st = needs_rebuild(a) ? sqlite_rebuild(r, a, err)
					  : alter_in_place(r, a, err);

	return st == ST_OK ? indexes_make(r, a->table->name, a->add_indexes,
				 a->n_add_indexes, err)
			   : st;
}

static enum status
step_run(
    struct reshaping *r, const struct reshape_step *step, struct error *err)
{
	switch (step->kind) {
	case STEP_CREATE:
		return table_make(r, &step->create, err);
	case STEP_ALTER:
		return table_alter(r, &step->alter, err);
	default:
		return table_drop(r, step->drop, err);
	}
}

/* In the transaction nobody else changes the schema. */
static enum status
version_check(
    struct reshaping *r, const struct reshape *order, struct error *err)
{
	int64_t version = 0;
	enum status st = sqlite_number(
	    r, STR("PRAGMA schema_version"), STR_NULL, &version, err);

	if (st == ST_OK && version != order->schema_version)
		return error_set(err, ST_STALE, "the schema has changed");
	return st;
}

static enum status
steps_run(struct reshaping *r, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	enum status st = version_check(r, order, err);

	for (size_t i = 0; i < order->n && st == ST_OK; i++) {
		result->failed = i;
		st = step_run(r, &order->steps[i], err);
	}
	if (st == ST_OK)
		result->failed = order->n;
	return st;
}

static enum status
transaction_run(struct reshaping *r, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	enum status st;

	sqlite_allow(r->conn, r->deadline_ms);
	st = sqlite_exec(r->conn, "BEGIN IMMEDIATE", err);
	if (st != ST_OK)
		return st;
	st = steps_run(r, order, result, err);
	sqlite_allow(r->conn, r->deadline_ms);
	if (st == ST_OK)
		st = sqlite_exec(r->conn, "COMMIT", err);
	if (!sqlite3_get_autocommit(r->conn->db))
		(void)sqlite_exec(r->conn, "ROLLBACK", NULL); /* cannot wait */
	return st;
}

/* A connection that would be left without its keys is not used again. */
static void
switches_set(struct db_conn *conn, bool replacing)
{
	int keys = -1, legacy = -1;

	(void)sqlite3_db_config(
	    conn->db, SQLITE_DBCONFIG_ENABLE_FKEY, replacing ? 0 : 1, &keys);
	(void)sqlite3_db_config(conn->db, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE,
	    replacing ? 1 : 0, &legacy);
	if (!replacing && (keys != 1 || legacy != 0))
		atomic_store(&conn->interrupted, true);
}

enum status
sqlite_reshape(struct db_conn *conn, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	struct reshaping r = { .conn = conn,
		.arena = order->arena,
		.deadline_ms = order->deadline_ms };
	enum status st;

	*result = (struct reshape_result){ .failed = order->n };
	if (atomic_load(&conn->interrupted))
		return sqlite_fail(conn, SQLITE_INTERRUPT, err);
	switches_set(conn, true);
	st = transaction_run(&r, order, result, err);
	switches_set(conn, false);
	result->unsupported = r.unsupported;
	if (st == ST_OK)
		result->stands = order->n;
	return st;
}
