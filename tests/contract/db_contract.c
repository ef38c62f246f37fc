/*
 * What every database driver promises in drivers/db/db.h, asked of each row of
 * the driver table: values, statements and their errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "tests/contract/db_rows.h"

static void
assert_bytes(struct db_value v, enum db_type type, struct str want)
{
	assert_int_equal(v.type, type);
	assert_true(str_eq(v.s, want));
}

static void
values_of_every_type_come_back(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	struct db_value args[] = {
		{ .type = DB_INT, .i = -7 },
		{ .type = DB_BOOL, .i = 1 },
		{ .type = DB_REAL, .d = 0.1 },
		{ .type = DB_TEXT, .s = STR("2024-02-29") },
		{ .type = DB_TEXT, .s = STR("a'b\"c") },
		{ .type = DB_BLOB, .s = STR("\0\1\377") },
	};

	fixture_script(f, "CREATE TABLE v (i INTEGER, b BOOLEAN, r DOUBLE, "
			  "d DATE, t VARCHAR(40), x BLOB)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?,?,?,?,?,?)", args,
		6, NULL),
	    ST_OK);
	assert_int_equal(rows_run(f, "SELECT * FROM v", &rows), ST_OK);
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.columns, 6);
	assert_int_equal(rows.v[0][0].type, DB_INT);
	assert_int_equal(rows.v[0][0].i, -7);
	assert_int_equal(rows.v[0][1].type, DB_BOOL);
	assert_int_equal(rows.v[0][1].i, 1);
	assert_int_equal(rows.v[0][2].type, DB_REAL);
	assert_true(rows.v[0][2].d == 0.1);
	assert_bytes(rows.v[0][3], DB_TEXT, STR("2024-02-29"));
	assert_bytes(rows.v[0][4], DB_TEXT, STR("a'b\"c"));
	assert_bytes(rows.v[0][5], DB_BLOB, STR("\0\1\377"));
}

static void
null_is_null_in_every_type(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	struct db_value args[] = { { .type = DB_NULL }, { .type = DB_NULL },
		{ .type = DB_NULL } };

	fixture_script(f, "CREATE TABLE v (i INTEGER, b BOOLEAN, t TEXT)");
	assert_int_equal(rows_run_on(f, f->conn, "INSERT INTO v VALUES (?,?,?)",
			     args, 3, NULL),
	    ST_OK);
	assert_int_equal(rows_run(f, "SELECT * FROM v", &rows), ST_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rows.v[0][i].type, DB_NULL);
}

static void
integers_keep_all_64_bits(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	struct db_value edges[] = { { .type = DB_INT, .i = INT64_MIN },
		{ .type = DB_INT, .i = INT64_MAX },
		{ .type = DB_UINT, .u = INT64_MAX } };

	fixture_script(f, "CREATE TABLE v (i BIGINT)");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?)",
			&edges[i], 1, NULL),
		    ST_OK);
	assert_int_equal(
	    rows_run(f, "SELECT i FROM v ORDER BY i", &rows), ST_OK);
	assert_true(rows.v[0][0].i == INT64_MIN);
	assert_true(rows.v[1][0].i == INT64_MAX);
	assert_true(rows.v[2][0].i == INT64_MAX);
}

static void
a_number_beyond_the_engine_is_invalid(void **state)
{
	struct fixture *f = *state;
	struct db_value over = { .type = DB_UINT, .u = UINT64_MAX };

	fixture_script(f, "CREATE TABLE v (i BIGINT)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?)", &over, 1, NULL),
	    ST_INVALID);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

static void
text_keeps_utf8_and_empty_is_not_null(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	struct db_value texts[] = {
		{ .type = DB_TEXT, .s = STR("") },
		{ .type = DB_TEXT, .s = STR("\xc3\xa9\xf0\x9f\x8c\x8d") },
		{ .type = DB_TEXT, .s = STR_NULL },
	};

	fixture_script(f, "CREATE TABLE v (k $id, t TEXT)");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    rows_run_on(f, f->conn, "INSERT INTO v (t) VALUES (?)",
			&texts[i], 1, NULL),
		    ST_OK);
	assert_int_equal(
	    rows_run(f, "SELECT t FROM v ORDER BY k", &rows), ST_OK);
	assert_bytes(rows.v[0][0], DB_TEXT, STR(""));
	assert_bytes(rows.v[1][0], DB_TEXT, texts[1].s);
	assert_bytes(rows.v[2][0], DB_TEXT, STR(""));
}

static void
blobs_keep_every_byte_and_may_be_empty(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	char all[256];
	struct db_value blobs[] = { { .type = DB_BLOB, .s = STR("") },
		{ .type = DB_BLOB, .s = { all, sizeof(all) } } };

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	fixture_script(f, "CREATE TABLE v (k $id, x BLOB)");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    rows_run_on(f, f->conn, "INSERT INTO v (x) VALUES (?)",
			&blobs[i], 1, NULL),
		    ST_OK);
	assert_int_equal(
	    rows_run(f, "SELECT x FROM v ORDER BY k", &rows), ST_OK);
	assert_bytes(rows.v[0][0], DB_BLOB, STR(""));
	assert_bytes(rows.v[1][0], DB_BLOB, blobs[1].s);
}

static void
an_empty_result_calls_nobody(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(rows_run(f, "SELECT * FROM v", &rows), ST_OK);
	assert_int_equal(rows.n, 0);
}

static void
a_refusing_callback_ends_the_statement(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .stop_after = 2 };

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (1), (2), (3)");
	assert_int_equal(rows_run(f, "SELECT i FROM v", &rows), ST_REFUSED);
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows_run(f, "DELETE FROM v", NULL), ST_OK);
}

static struct db_result
result_of(struct fixture *f, const char *sql)
{
	struct db_result result = { .changed = -1, .last_id = -1 };
	struct db_stmt stmt = { .sql = str_of(sql) };

	assert_int_equal(f->driver->run(f->conn, &stmt, fixture_deadline(),
			     NULL, NULL, &result, NULL),
	    ST_OK);
	return result;
}

static void
a_write_tells_rows_and_id(void **state)
{
	struct fixture *f = *state;
	struct db_result result;

	fixture_script(f, "CREATE TABLE v (k $id, t VARCHAR(9))");
	result = result_of(f, "INSERT INTO v (t) VALUES ('a'), ('b')");
	assert_int_equal(result.changed, 2);
	result = result_of(f, "INSERT INTO v (t) VALUES ('c')");
	assert_int_equal(result.changed, 1);
	assert_int_equal(result.last_id, 3);
	result = result_of(f, "DELETE FROM v WHERE k = 99");
	assert_int_equal(result.changed, 0);
	assert_int_equal(result.last_id, 0);
	result = result_of(f, "SELECT k FROM v");
	assert_int_equal(result.changed, 0);
}

static void
a_row_that_is_already_so_counts_as_changed(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (k $id, t VARCHAR(9));"
			  "INSERT INTO v VALUES (1, 'a')");
	assert_int_equal(
	    result_of(f, "UPDATE v SET t = 'a' WHERE k = 1").changed, 1);
}

static void
a_driver_that_says_so_returns_the_key(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };

	if (!f->driver->returning(f->conn))
		return;
	fixture_script(f, "CREATE TABLE v (k VARCHAR(9) PRIMARY KEY "
			  "DEFAULT 'drawn', i INTEGER)");
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (i) VALUES (1) RETURNING k", &rows),
	    ST_OK);
	assert_int_equal(rows.n, 1);
	assert_bytes(rows.v[0][0], DB_TEXT, STR("drawn"));
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 1);
}

/* k is counted up from 1 in the order of the values, u is not. */
static void
several_rows_are_returned_in_order(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };

	if (!f->driver->returns_in_order || !f->driver->returning(f->conn))
		return;
	fixture_script(f, "CREATE TABLE v (k $id, u VARCHAR(9) UNIQUE)");
	assert_int_equal(rows_run(f,
			     "INSERT INTO v (u) VALUES ('c'), ('a'), ('b') "
			     "RETURNING k, u",
			     &rows),
	    ST_OK);
	assert_int_equal(rows.n, 3);
	for (int64_t i = 0; i < 3; i++)
		assert_int_equal(rows.v[i][0].i, i + 1);
	assert_bytes(rows.v[0][1], DB_TEXT, STR("c"));
	assert_bytes(rows.v[2][1], DB_TEXT, STR("b"));
}

/* Some rows may have come already when a server finds out. */
static void
one_of_several_that_exists_undoes_them(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };

	if (!f->driver->returning(f->conn))
		return;
	fixture_script(f, "CREATE TABLE v (k $id, u VARCHAR(9) UNIQUE)");
	assert_int_equal(rows_run(f,
			     "INSERT INTO v (u) VALUES ('a'), ('b'), ('a') "
			     "RETURNING k",
			     &rows),
	    ST_EXISTS);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
	assert_true(f->driver->usable(f->conn, DB_LOOK));
}

static void
a_second_row_of_a_unique_key_exists(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (k INTEGER PRIMARY KEY, "
			  "u VARCHAR(9) UNIQUE); INSERT INTO v VALUES (1,'a')");
	assert_int_equal(
	    rows_run(f, "INSERT INTO v VALUES (1, 'b')", NULL), ST_EXISTS);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v VALUES (2, 'a')", NULL), ST_EXISTS);
}

static void
other_constraints_are_invalid(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE p (k INTEGER PRIMARY KEY);"
			  "CREATE TABLE v (n INTEGER NOT NULL CHECK (n > 0), "
			  "p INTEGER, FOREIGN KEY (p) REFERENCES p (k))");
	assert_int_equal(
	    rows_run(f, "INSERT INTO v VALUES (NULL, NULL)", NULL), ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v VALUES (1, 5)", NULL), ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v VALUES (0, NULL)", NULL), ST_INVALID);
}

static void
an_error_names_the_column_but_no_value(void **state)
{
	struct fixture *f = *state;
	struct error err = { .text = "" };
	struct db_value secret = { .type = DB_TEXT, .s = STR("hunter2") };
	struct db_stmt insert = { STR("INSERT INTO v VALUES (?)"), &secret, 1 };

	fixture_script(f, "CREATE TABLE v (u VARCHAR(9) UNIQUE);"
			  "INSERT INTO v VALUES ('hunter2')");
	assert_int_equal(f->driver->run(f->conn, &insert, fixture_deadline(),
			     NULL, NULL, NULL, &err),
	    ST_EXISTS);
	assert_non_null(strstr(err.text, "u"));
	assert_null(strstr(err.text, "hunter2"));
}

static void
an_unknown_table_or_column_is_stale(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(rows_run(f, "SELECT i FROM gone", NULL), ST_STALE);
	assert_int_equal(rows_run(f, "SELECT gone FROM v", NULL), ST_STALE);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (gone) VALUES (1)", NULL), ST_STALE);
}

static void
a_quoted_unknown_column_is_not_a_text(void **state)
{
	struct fixture *f = *state;
	char sql[64];
	char q = f->driver->quote;

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (1)");
	(void)snprintf(sql, sizeof(sql), "SELECT %cgone%c FROM v", q, q);
	assert_int_equal(rows_run(f, sql, NULL), ST_STALE);
}

int
main(void)
{
	const struct promise promises[] = {
		PROMISE(values_of_every_type_come_back),
		PROMISE(null_is_null_in_every_type),
		PROMISE(integers_keep_all_64_bits),
		PROMISE(a_number_beyond_the_engine_is_invalid),
		PROMISE(text_keeps_utf8_and_empty_is_not_null),
		PROMISE(blobs_keep_every_byte_and_may_be_empty),
		PROMISE(an_empty_result_calls_nobody),
		PROMISE(a_refusing_callback_ends_the_statement),
		PROMISE(a_write_tells_rows_and_id),
		PROMISE(a_row_that_is_already_so_counts_as_changed),
		PROMISE(a_driver_that_says_so_returns_the_key),
		PROMISE(several_rows_are_returned_in_order),
		PROMISE(one_of_several_that_exists_undoes_them),
		PROMISE(a_second_row_of_a_unique_key_exists),
		PROMISE(other_constraints_are_invalid),
		PROMISE(an_error_names_the_column_but_no_value),
		PROMISE(an_unknown_table_or_column_is_stale),
		PROMISE(a_quoted_unknown_column_is_not_a_text),
	};

	return fixture_run(promises, sizeof(promises) / sizeof(promises[0]));
}
