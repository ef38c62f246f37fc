/* What only SQLite's tables, made anew, must keep; the rest is in contract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
#include "drivers/db/reshape.h"
#include "drivers/db/sqlite.h"
#include "tests/contract/db_fixture.h"

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_open(f, &db_sqlite);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

static const struct db_table *
table_of(struct fixture *f, const char *name)
{
	struct catalog *c = arena_alloc(&f->arena, sizeof(*c));

	assert_int_equal(
	    db_sqlite.catalog(f->conn, &f->arena, fixture_deadline(), c, NULL),
	    ST_OK);
	return catalog_table(c, str_of(name));
}

static enum status
alter(struct fixture *f, const struct reshape_alter *a,
    struct reshape_result *result, struct error *err)
{
	struct catalog c;
	struct reshape_step step = { .kind = STEP_ALTER, .alter = *a };
	struct reshape order = { .steps = &step,
		.n = 1,
		.deadline_ms = fixture_deadline(),
		.arena = &f->arena };

	assert_int_equal(
	    db_sqlite.catalog(f->conn, &f->arena, fixture_deadline(), &c, NULL),
	    ST_OK);
	order.schema_version = c.schema_version;
	return db_sqlite.reshape(f->conn, &order, result, err);
}

static void
assert_alters(struct fixture *f, const struct reshape_alter *a)
{
	struct error err = { .text = "" };
	struct reshape_result result;
	enum status st = alter(f, a, &result, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
}

static void
assert_refused(
    struct fixture *f, const struct reshape_alter *a, const char *word)
{
	struct error err = { .text = "" };
	struct reshape_result result;

	assert_int_equal(alter(f, a, &result, &err), ST_INVALID);
	if (strstr(err.text, word) == NULL)
		fail_msg("%s", err.text);
	if (strstr(err.text, "weir_") != NULL)
		fail_msg("%s", err.text);
}

static enum status
take_text(void *ctx, const struct db_value *v, size_t n)
{
	char *out = ctx;

	assert_int_equal(n, 1);
	assert_int_equal(v[0].type, DB_TEXT);
	memcpy(out, v[0].s.p, v[0].s.n);
	out[v[0].s.n] = '\0';
	return ST_OK;
}

static void
assert_text(struct fixture *f, const char *sql, const char *want)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	char got[1024] = "";

	assert_int_equal(db_sqlite.run(f->conn, &stmt, fixture_deadline(),
			     take_text, got, NULL, NULL),
	    ST_OK);
	assert_string_equal(got, want);
}

/* The order that drops the column. */
static struct reshape_alter
drop_of(struct fixture *f, const char *table, const char *column)
{
	const struct column **drop = arena_alloc(&f->arena, sizeof(drop[0]));
	const struct db_table *t = table_of(f, table);

	drop[0] = table_column(t, str_of(column));
	assert_non_null(drop[0]);
	return (struct reshape_alter){ .table = t, .drop = drop, .n_drop = 1 };
}

static void
rowids_and_values_of_any_type_stay(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;

	fixture_script(f,
	    "CREATE TABLE t (a, b, rowid TEXT);"
	    "INSERT INTO t (_rowid_, a, b) VALUES (7, 'x', 1), (9, x'00ff', "
	    "2), (20, 1.5, 3), (21, NULL, 4);");
	a = drop_of(f, "t", "b");
	assert_alters(f, &a);
	assert_text(f,
	    "SELECT group_concat(oid || typeof(a) || quote(a)) FROM t",
	    "7text'x',9blobX'00FF',20real1.5,21nullNULL");
}

static void
what_the_text_says_stays(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;

	fixture_script(f,
	    "CREATE TABLE t (k TEXT PRIMARY KEY COLLATE NOCASE, x INT, "
	    "b TEXT CHECK (length(b) < 5) DEFAULT (lower('ABC')), "
	    "g TEXT AS (b || 'x') STORED) WITHOUT ROWID;"
	    "INSERT INTO t (k, x, b) VALUES ('a', 1, 'one');");
	a = drop_of(f, "t", "x");
	assert_alters(f, &a);
	assert_text(f, "SELECT sql FROM sqlite_schema WHERE name = 't'",
	    "CREATE TABLE \"t\" ( k TEXT PRIMARY KEY COLLATE NOCASE, "
	    "b TEXT CHECK (length(b) < 5) DEFAULT (lower('ABC')), "
	    "g TEXT AS (b || 'x') STORED) WITHOUT ROWID");
	assert_text(f, "SELECT k || b || g FROM t WHERE k = 'A'", "aoneonex");
}

static void
indexes_and_triggers_are_made_again(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;

	fixture_script(f,
	    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT, d TEXT);"
	    "CREATE TABLE log (what TEXT);"
	    "CREATE INDEX ib ON t (b) WHERE b > 'a';"
	    "CREATE UNIQUE INDEX ic ON t (lower(c));"
	    "CREATE INDEX id ON t (d);"
	    "CREATE TRIGGER tr AFTER INSERT ON t BEGIN "
	    "INSERT INTO log VALUES (new.b); END;"
	    "CREATE VIEW v AS SELECT b || c AS bc FROM t;");
	a = drop_of(f, "t", "d");
	assert_alters(f, &a);
	fixture_script(f, "INSERT INTO t (b, c) VALUES ('x', 'y')");
	assert_text(f, "SELECT what FROM log", "x");
	assert_text(f, "SELECT bc FROM v", "xy");
	assert_text(f,
	    "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema "
	    "WHERE type = 'index' ORDER BY name)",
	    "ib,ic");
}

static void
what_a_view_or_trigger_names_is_not_dropped(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;

	fixture_script(f,
	    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT, d TEXT, "
	    "e TEXT);"
	    "CREATE TABLE u (x TEXT);"
	    "CREATE VIEW broken AS SELECT x FROM nowhere;"
	    "CREATE VIEW v AS SELECT b FROM t;"
	    "CREATE TRIGGER one AFTER UPDATE OF c ON t BEGIN SELECT 1; END;"
	    "CREATE TRIGGER two AFTER INSERT ON u BEGIN "
	    "UPDATE t SET d = new.x; END;"
	    "CREATE INDEX i ON t (a, e);");
	a = drop_of(f, "t", "b");
	assert_refused(f, &a, "view");
	a = drop_of(f, "t", "c");
	assert_refused(f, &a, "c");
	a = drop_of(f, "t", "d");
	assert_refused(f, &a, "d");
	a = drop_of(f, "t", "e");
	assert_refused(f, &a, "e");
	assert_int_equal(table_of(f, "t")->n_columns, 5);
}

static void
what_refers_to_the_table_still_does(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;
	struct db_stmt remove = { .sql = STR("DELETE FROM p WHERE id = 1") };

	fixture_script(f,
	    "CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT);"
	    "INSERT INTO p VALUES (1, 'a'), (2, 'b');"
	    "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);"
	    "INSERT INTO c VALUES (1), (2);");
	a = drop_of(f, "p", "x");
	assert_alters(f, &a);
	assert_text(f, "SELECT group_concat(p) FROM c", "1,2");
	assert_int_equal(db_sqlite.run(f->conn, &remove, fixture_deadline(),
			     NULL, NULL, NULL, NULL),
	    ST_OK);
	assert_text(f, "SELECT group_concat(p) FROM c", "2");
}

static void
rows_that_lead_nowhere_already_are_no_obstacle(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;

	fixture_script(f,
	    "PRAGMA foreign_keys = OFF;"
	    "CREATE TABLE p (id INTEGER PRIMARY KEY);"
	    "CREATE TABLE c (p INTEGER REFERENCES p (id), x TEXT);"
	    "INSERT INTO c VALUES (1, 'a');"
	    "PRAGMA foreign_keys = ON;");
	a = drop_of(f, "c", "x");
	assert_alters(f, &a);
	assert_text(f, "SELECT group_concat(p) FROM c", "1");
}

static void
the_connection_is_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;
	struct db_stmt bad = { .sql = STR("INSERT INTO c VALUES (5)") };

	fixture_script(f,
	    "CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT UNIQUE);"
	    "CREATE TABLE c (p INTEGER REFERENCES p (id));"
	    "CREATE VIEW v AS SELECT x FROM p;");
	a = drop_of(f, "p", "x");
	assert_refused(f, &a, "view");
	assert_int_equal(db_sqlite.run(f->conn, &bad, fixture_deadline(), NULL,
			     NULL, NULL, NULL),
	    ST_INVALID);
	assert_true(db_sqlite.usable(f->conn, true));
	fixture_script(f, "DROP VIEW v");
	a = drop_of(f, "p", "x");
	assert_alters(f, &a);
	assert_int_equal(db_sqlite.run(f->conn, &bad, fixture_deadline(), NULL,
			     NULL, NULL, NULL),
	    ST_INVALID);
}

static void
a_schema_that_changed_meanwhile_is_stale(void **state)
{
	struct fixture *f = *state;
	struct reshape_alter a;
	struct reshape_result result;
	struct reshape_step step = { .kind = STEP_ALTER };
	struct reshape order = { .steps = &step,
		.n = 1,
		.schema_version = 1,
		.deadline_ms = fixture_deadline(),
		.arena = &f->arena };

	fixture_script(f, "CREATE TABLE t (a TEXT, b TEXT);"
			  "CREATE TABLE u (a TEXT)");
	a = drop_of(f, "t", "b");
	step.alter = a;
	assert_int_equal(
	    db_sqlite.reshape(f->conn, &order, &result, NULL), ST_STALE);
	assert_int_equal(result.stands, 0);
}

static void
what_is_held_by_others_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	struct reshape_alter a;
	struct reshape_result result;
	struct reshape_step step = { .kind = STEP_ALTER };
	struct reshape order = {
		.steps = &step, .n = 1, .deadline_ms = 0, .arena = &f->arena
	};
	enum status st;

	fixture_script(f, "CREATE TABLE t (a TEXT, b TEXT)");
	a = drop_of(f, "t", "b");
	step.alter = a;
	assert_int_equal(
	    db_sqlite.begin(other, fixture_deadline(), NULL), ST_OK);
	st = db_sqlite.reshape(f->conn, &order, &result, NULL);
	assert_true(st == ST_UNAVAILABLE || st == ST_TIMEOUT);
	db_sqlite.rollback(other);
	db_sqlite.disconnect(other);
	assert_int_equal(table_of(f, "t")->n_columns, 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rowids_and_values_of_any_type_stay),
		TEST(what_the_text_says_stays),
		TEST(indexes_and_triggers_are_made_again),
		TEST(what_a_view_or_trigger_names_is_not_dropped),
		TEST(what_refers_to_the_table_still_does),
		TEST(rows_that_lead_nowhere_already_are_no_obstacle),
		TEST(the_connection_is_as_it_was),
		TEST(a_schema_that_changed_meanwhile_is_stale),
		TEST(what_is_held_by_others_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
