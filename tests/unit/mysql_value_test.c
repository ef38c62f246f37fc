/* Values of MariaDB's own types, as the server itself writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/db/mysql.h"
#include "tests/contract/db_rows.h"

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_open(f, &db_mysql);
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

/* Values that the server would refuse from weir come by its own client. */
static void
odd_sql(struct fixture *f, const char *sql)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "SET sql_mode = ''; %s", sql);
	mariadb_sql(f->name, text);
}

static struct db_value
one(struct fixture *f, const char *sql)
{
	struct rows rows = { .n = 0 };

	assert_int_equal(rows_run(f, sql, &rows), ST_OK);
	assert_int_equal(rows.n, 1);
	return rows.v[0][0];
}

static void
assert_text(
    struct fixture *f, const char *sql, enum db_type type, const char *want)
{
	struct db_value v = one(f, sql);

	assert_int_equal(v.type, type);
	assert_int_equal(v.s.n, strlen(want));
	assert_memory_equal(v.s.p, want, v.s.n);
}

static void
unsigned_integers_keep_all_64_bits(void **state)
{
	struct fixture *f = *state;
	struct db_value max = { .type = DB_UINT, .u = UINT64_MAX };
	struct rows rows = { .n = 0 };

	fixture_script(f, "CREATE TABLE v (u BIGINT UNSIGNED, "
			  "t TINYINT UNSIGNED, z INT(6) ZEROFILL);"
			  "INSERT INTO v (t, z) VALUES (255, 42)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "UPDATE v SET u = ?", &max, 1, NULL),
	    ST_OK);
	assert_int_equal(rows_run(f, "SELECT * FROM v", &rows), ST_OK);
	assert_int_equal(rows.v[0][0].type, DB_UINT);
	assert_true(rows.v[0][0].u == UINT64_MAX);
	assert_int_equal(rows.v[0][1].type, DB_INT);
	assert_int_equal(rows.v[0][1].i, 255);
	assert_int_equal(rows.v[0][2].i, 42);
	assert_int_equal(rows_run_on(f, f->conn, "SELECT t FROM v WHERE u = ?",
			     &max, 1, &rows),
	    ST_OK);
	assert_int_equal(rows.n, 2);
}

static void
decimals_keep_every_digit(void **state)
{
	struct fixture *f = *state;
	struct db_value digits = { .type = DB_NUMBER,
		.s = STR("-12345678901234567890123.4567890123") };

	fixture_script(f,
	    "CREATE TABLE v (a DECIMAL(40,10), b DECIMAL(8,2) ZEROFILL);"
	    "INSERT INTO v (b) VALUES (7.5)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "UPDATE v SET a = ?", &digits, 1, NULL),
	    ST_OK);
	assert_text(f, "SELECT a FROM v", DB_NUMBER,
	    "-12345678901234567890123.4567890123");
	assert_text(f, "SELECT b FROM v", DB_NUMBER, "7.50");
	assert_text(f, "SELECT CAST(0.5 AS DECIMAL(3,1))", DB_NUMBER, "0.5");
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v WHERE a = "
					"-12345678901234567890123.4567890123"),
	    1);
}

static void
small_booleans_are_booleans(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (a TINYINT(1), b BIT(1), c BIT(12), "
			  "d TINYINT(4), e BIT(64), f TINYINT(1) UNSIGNED);"
			  "INSERT INTO v VALUES (1, b'1', b'101000000001', 1, "
			  "~0, 1)");
	assert_int_equal(one(f, "SELECT a FROM v").type, DB_BOOL);
	assert_int_equal(one(f, "SELECT b FROM v").type, DB_BOOL);
	assert_int_equal(one(f, "SELECT b FROM v").i, 1);
	assert_int_equal(one(f, "SELECT c FROM v").type, DB_INT);
	assert_int_equal(one(f, "SELECT c FROM v").i, 2561);
	assert_int_equal(one(f, "SELECT d FROM v").type, DB_INT);
	assert_true(one(f, "SELECT e FROM v").u == UINT64_MAX);
	assert_int_equal(one(f, "SELECT f FROM v").type, DB_INT);
	fixture_script(f, "UPDATE v SET a = 5");
	assert_int_equal(one(f, "SELECT a FROM v").type, DB_INT);
}

static void
booleans_are_bound_to_any_of_them(void **state)
{
	struct fixture *f = *state;
	struct db_value yes[] = { { .type = DB_BOOL, .i = 1 },
		{ .type = DB_BOOL, .i = 1 } };

	fixture_script(f, "CREATE TABLE v (a TINYINT(1), b BIT(1))");
	assert_int_equal(rows_run_on(f, f->conn, "INSERT INTO v VALUES (?, ?)",
			     yes, 2, NULL),
	    ST_OK);
	assert_int_equal(one(f, "SELECT b FROM v").i, 1);
	assert_int_equal(rows_number(f, "SELECT a + b FROM v"), 2);
}

static void
floats_mean_what_their_text_means(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (a FLOAT, b DOUBLE);"
			  "INSERT INTO v VALUES (0.1, 0.1)");
	assert_true(one(f, "SELECT a FROM v").d == 0.1);
	assert_true(one(f, "SELECT b FROM v").d == 0.1);
	fixture_script(f, "UPDATE v SET a = 16777217, b = 1e300");
	assert_true(one(f, "SELECT a FROM v").d == 16777216.0);
	assert_true(one(f, "SELECT b FROM v").d == 1e300);
	fixture_script(f, "UPDATE v SET a = 1e-45, b = 5e-324");
	assert_true(one(f, "SELECT a FROM v").d == 1e-45);
	assert_true(one(f, "SELECT b FROM v").d == 5e-324);
}

static void
times_are_the_text_of_the_server(void **state)
{
	struct fixture *f = *state;

	fixture_script(f,
	    "CREATE TABLE v (a DATE, b DATETIME, c DATETIME(3), d TIME, "
	    "e TIME(6), g TIMESTAMP(2) NULL, y YEAR);"
	    "INSERT INTO v VALUES ('2024-02-29', '2024-02-29 01:02:03', "
	    "'2024-02-29 01:02:03.045', '838:59:59', '-100:00:00.000001', "
	    "'2024-02-29 01:02:03', 2024)");
	assert_text(f, "SELECT a FROM v", DB_TEXT, "2024-02-29");
	assert_text(f, "SELECT b FROM v", DB_TEXT, "2024-02-29 01:02:03");
	assert_text(f, "SELECT c FROM v", DB_TEXT, "2024-02-29 01:02:03.045");
	assert_text(f, "SELECT d FROM v", DB_TEXT, "838:59:59");
	assert_text(f, "SELECT e FROM v", DB_TEXT, "-100:00:00.000001");
	assert_text(f, "SELECT g FROM v", DB_TEXT, "2024-02-29 01:02:03.00");
	assert_int_equal(one(f, "SELECT y FROM v").type, DB_INT);
	assert_int_equal(one(f, "SELECT y FROM v").i, 2024);
}

static void
zero_dates_are_read_as_they_are(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (a DATE, b DATETIME, c DATETIME(2))");
	odd_sql(f, "INSERT INTO v VALUES ('0000-00-00', '0000-00-00', 0)");
	assert_text(f, "SELECT a FROM v", DB_TEXT, "0000-00-00");
	assert_text(f, "SELECT b FROM v", DB_TEXT, "0000-00-00 00:00:00");
	assert_text(f, "SELECT c FROM v", DB_TEXT, "0000-00-00 00:00:00.00");
}

/* One more connection, whose time zone is that one. */
static enum status
connect_in(struct fixture *f, const char *zone, struct db_conn **out,
    struct error *err)
{
	struct db_config config = f->config;

	config.timezone = zone;
	return db_mysql.connect(&config, fixture_deadline(), out, err);
}

static void
timestamps_are_of_the_time_zone_that_is_set(void **state)
{
	struct fixture *f = *state;
	struct db_conn *east;
	struct rows rows = { .n = 0 };

	fixture_script(f, "SET time_zone = '+00:00';"
			  "CREATE TABLE v (t TIMESTAMP NULL, d DATETIME);"
			  "INSERT INTO v VALUES ('2024-03-31 02:30:00', "
			  "'2024-03-31 02:30:00')");
	assert_int_equal(connect_in(f, "+05:30", &east, NULL), ST_OK);
	assert_int_equal(
	    rows_run_on(f, east, "SELECT t, d FROM v", NULL, 0, &rows), ST_OK);
	assert_true(str_eq(rows.v[0][0].s, STR("2024-03-31 08:00:00")));
	assert_true(str_eq(rows.v[0][1].s, STR("2024-03-31 02:30:00")));
	db_mysql.disconnect(east);
}

static void
a_time_zone_that_is_none_is_refused(void **state)
{
	static const char *const zones[] = { "Atlantis/Poseidon", "+99:00",
		"'; SET sql_mode = ''", "" };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct error err = { .text = "" };
		struct db_conn *conn = NULL;

		assert_int_equal(
		    connect_in(*state, zones[i], &conn, &err), ST_INVALID);
		assert_non_null(strstr(err.text, "time zone"));
	}
}

static void
the_character_set_tells_bytes_from_text(void **state)
{
	struct fixture *f = *state;

	fixture_script(f,
	    "CREATE TABLE v (a BINARY(3), b VARBINARY(9), c BLOB, d TEXT, "
	    "e ENUM('x','y'), g SET('p','q'), j JSON, "
	    "l VARCHAR(9) CHARACTER SET latin1, m LONGTEXT);"
	    "INSERT INTO v VALUES ('ab', 'cd', 'ef', 'gh', 'y', 'p,q', "
	    "'{\"k\":1}', 'caf\xc3\xa9', 'ij')");
	assert_text(f, "SELECT b FROM v", DB_BLOB, "cd");
	assert_int_equal(one(f, "SELECT a FROM v").type, DB_BLOB);
	assert_int_equal(one(f, "SELECT a FROM v").s.n, 3);
	assert_text(f, "SELECT c FROM v", DB_BLOB, "ef");
	assert_text(f, "SELECT d FROM v", DB_TEXT, "gh");
	assert_text(f, "SELECT e FROM v", DB_TEXT, "y");
	assert_text(f, "SELECT g FROM v", DB_TEXT, "p,q");
	assert_text(f, "SELECT j FROM v", DB_TEXT, "{\"k\":1}");
	assert_text(f, "SELECT l FROM v", DB_TEXT, "caf\xc3\xa9");
	assert_text(f, "SELECT m FROM v", DB_TEXT, "ij");
}

static void
values_of_any_length_come_whole(void **state)
{
	struct fixture *f = *state;
	static const size_t lengths[] = { 0, 1, 255, 256, 257, 65536, 3000000,
		40 };

	fixture_script(f, "CREATE TABLE v (t LONGTEXT, b LONGBLOB)");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t n = lengths[i];
		char *p = malloc(n + 1);
		struct db_value args[2] = { { .type = DB_TEXT, .s = { p, n } },
			{ .type = DB_BLOB, .s = { p, n } } };
		struct rows rows = { .n = 0 };

		assert_non_null(p);
		for (size_t at = 0; at < n; at++)
			p[at] = (char)('a' + at % 26);
		assert_int_equal(rows_run(f, "DELETE FROM v", NULL), ST_OK);
		assert_int_equal(
		    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?, ?)", args,
			2, NULL),
		    ST_OK);
		assert_int_equal(
		    rows_run(f, "SELECT t, b FROM v", &rows), ST_OK);
		assert_true(str_eq(rows.v[0][0].s, args[0].s));
		assert_true(str_eq(rows.v[0][1].s, args[0].s));
		free(p);
	}
}

static void
what_does_not_fit_is_never_cut(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i TINYINT, t VARCHAR(2), d DATE, "
			  "e ENUM('x'))");
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (i) VALUES (128)", NULL), ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (i) VALUES ('x')", NULL), ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (t) VALUES ('abc')", NULL), ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (d) VALUES ('2023-02-29')", NULL),
	    ST_INVALID);
	assert_int_equal(
	    rows_run(f, "INSERT INTO v (e) VALUES ('z')", NULL), ST_INVALID);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

static void
a_zero_for_a_counting_key_is_a_zero(void **state)
{
	struct fixture *f = *state;
	struct db_value zero = { .type = DB_INT, .i = 0 };

	fixture_script(f, "CREATE TABLE v (k $id)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?)", &zero, 1, NULL),
	    ST_OK);
	assert_int_equal(rows_number(f, "SELECT k FROM v"), 0);
}

static void
more_than_the_server_takes_is_too_big(void **state)
{
	struct fixture *f = *state;
	size_t n = 17 * 1024 * 1024; /* its max_allowed_packet is 16 MiB */
	char *p = calloc(1, n);
	struct db_value big = { .type = DB_BLOB, .s = { p, n } };

	assert_non_null(p);
	fixture_script(f, "CREATE TABLE v (b LONGBLOB)");
	assert_int_equal(
	    rows_run_on(f, f->conn, "INSERT INTO v VALUES (?)", &big, 1, NULL),
	    ST_TOO_BIG);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
	free(p);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(unsigned_integers_keep_all_64_bits),
		TEST(decimals_keep_every_digit),
		TEST(small_booleans_are_booleans),
		TEST(booleans_are_bound_to_any_of_them),
		TEST(floats_mean_what_their_text_means),
		TEST(times_are_the_text_of_the_server),
		TEST(zero_dates_are_read_as_they_are),
		TEST(timestamps_are_of_the_time_zone_that_is_set),
		TEST(a_time_zone_that_is_none_is_refused),
		TEST(the_character_set_tells_bytes_from_text),
		TEST(values_of_any_length_come_whole),
		TEST(what_does_not_fit_is_never_cut),
		TEST(a_zero_for_a_counting_key_is_a_zero),
		TEST(more_than_the_server_takes_is_too_big),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
