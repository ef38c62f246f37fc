/* The table of a database store: whose it is, what is in it, and what others
 * do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/database_rows.h"

#define KEY  STR("a key")
#define ROWS "SELECT COUNT(*) FROM weir_cache WHERE space <> x''"

/* 64 characters, and one more. */
static const char longest[] =
    "a234567890a234567890a234567890a234567890a234567890a234567890a234";
static const char too_long[] =
    "a234567890a234567890a234567890a234567890a234567890a234567890a2345";

static enum status
open_with(struct fixture *f, const char *table, struct error *err)
{
	struct cache_config config = f->config;

	fixture_part(f);
	*err = (struct error){ .text = "" };
	config.table = table;
	return f->driver->open(&config, &f->cache, err);
}

static void
assert_refused(struct fixture *f, const char *table)
{
	struct error err;

	assert_int_equal(open_with(f, table, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "DB_CACHE_TABLE"));
}

/* Laravel's own, and one that has the names of columns almost. */
static void
the_table_of_another_is_left_alone(void **state)
{
	struct fixture *f = *state;

	rows_sql(f, "CREATE TABLE cache (`key` VARCHAR(255) PRIMARY KEY,"
		    " value TEXT, expiration INT)");
	rows_sql(f, "INSERT INTO cache VALUES ('k', 'v', 1)");
	rows_sql(f, "CREATE TABLE near_it (id INT, space INT, name INT,"
		    " value INT, expires INT)");
	assert_refused(f, "cache");
	assert_refused(f, "near_it");
	assert_int_equal(rows_number(f, "SELECT COUNT(*) FROM cache"), 1);
	assert_int_equal(rows_number(f, "SELECT COUNT(*) FROM near_it"), 0);
}

static void
what_is_no_name_of_a_table_is_refused(void **state)
{
	static const char *const names[] = { "", "a b", "1a", "a`b", "a.b",
		"a-b", "t\xc3\xa4", too_long };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_refused(f, names[i]);
}

static void
any_name_of_a_table_will_do(void **state)
{
	static const char *const names[] = { "order", "Select", "_", "t1",
		longest };
	struct fixture *f = *state;
	struct error err;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_with(f, names[i], &err), ST_OK);
		f->conn = fixture_connect(f);
		assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
		assert_value(f, KEY, STR("value"));
		assert_int_equal(count(f, KEY, 1, 60), ST_OK);
		assert_int_equal(pull(f, KEY, NULL), ST_OK);
	}
}

static void
a_prefix_must_fit(void **state)
{
	struct fixture *f = *state;
	struct cache_config config = f->config;
	struct error err = { .text = "" };
	char prefix[200];

	fixture_part(f);
	memset(prefix, 'p', sizeof(prefix));
	prefix[172] = '\0';
	config.prefix = prefix;
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_value(f, KEY, STR("value"));
	fixture_part(f);
	prefix[172] = 'p';
	prefix[173] = '\0';
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "CACHE_PREFIX"));
}

/* What the operator does: the store works on, and is another life. */
static void
assert_reborn(struct fixture *f, const char *sql)
{
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	incarnation_of(f, f->conn, before);
	rows_sql(f, sql);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	incarnation_of(f, f->conn, after);
	assert_memory_not_equal(before, after, sizeof(before));
}

static void
a_table_that_is_dropped_is_made_again(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = {
		{ .kind = CACHE_SET, .key = KEY, .value = STR("new") },
		{ .kind = CACHE_GET, .key = KEY },
		{ .kind = CACHE_DEL, .key = STR("other") },
	};

	assert_reborn(f, "DROP TABLE weir_cache");
	rows_sql(f, "DROP TABLE weir_cache");
	run(f, ops, 3);
	assert_int_equal(ops[0].status, ST_OK);
	assert_int_equal(ops[1].status, ST_OK);
	assert_int_equal(ops[2].status, ST_MISSING);
	rows_sql(f, "DROP TABLE weir_cache");
	assert_int_equal(count(f, KEY, 1, 60), ST_OK);
	rows_sql(f, "DROP TABLE weir_cache");
	flush(f, &fixture_space);
	rows_sql(f, "DROP TABLE weir_cache");
	assert_int_equal(list(f, &fixture_space, STR(""), 10).n, 0);
	rows_sql(f, "DROP TABLE weir_cache");
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
}

static void
a_table_that_is_emptied_is_another_life(void **state)
{
	assert_reborn(*state, "DELETE FROM weir_cache");
}

static void
what_has_expired_is_swept(void **state)
{
	struct fixture *f = *state;
	int64_t deadline_ms = fixture_deadline();

	for (unsigned i = 0; i < 1200; i += 100) {
		struct cache_op ops[100];

		for (unsigned k = 0; k < 100; k++)
			ops[k] = (struct cache_op){ .kind = CACHE_SET,
				.key = arena_printf(&f->arena, "%u", i + k),
				.value = STR("x"),
				.ttl = 1 };
		run(f, ops, 100);
	}
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(set(f, STR("for ever"), STR("value"), 0), ST_OK);
	assert_int_equal(count(f, KEY, 1, 1), ST_OK);
	assert_int_equal(rows_number(f, ROWS), 1203);
	while (rows_number(f, ROWS) > 2 && clock_boot_ms() < deadline_ms)
		f->driver->upkeep(f->conn);
	assert_int_equal(rows_number(f, ROWS), 2);
	assert_value(f, KEY, STR("value"));
	assert_value(f, STR("for ever"), STR("value"));
}

static void
a_large_table_is_estimated(void **state)
{
	struct fixture *f = *state;
	struct cache_stats stats;

	if (!rows_in_file(f))
		rows_sql(f, "SET max_recursive_iterations = 20000;"
			    "INSERT INTO weir_cache WITH RECURSIVE n(i) AS "
			    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
			    "i < 12000) SELECT UNHEX(MD5(i)), 'weir:v:space',"
			    " RPAD(i, 10, 'x'), REPEAT('x', 90), 0, 0 FROM n");
	else
		rows_sql(f, "INSERT INTO weir_cache WITH RECURSIVE n(i) AS "
			    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
			    "i < 12000) SELECT randomblob(16), "
			    "CAST('weir:v:space' AS BLOB), randomblob(10), "
			    "randomblob(90), 0, 0 FROM n");
	assert_int_equal(
	    f->driver->stats(f->conn, &stats, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(stats.items, 12000);
	assert_in_range(stats.bytes, 1190000, 1210000);
	assert_int_equal(stats.bytes_limit, -1);
	flush(f, &fixture_space);
	assert_int_equal(rows_number(f, ROWS), 0);
}

/* A page of keys that begin so; its cursor is what was given and then comes. */
static enum status
page(struct fixture *f, struct str prefix, struct str *cursor, size_t *n)
{
	struct cache_page p = { .prefix = prefix,
		.cursor = *cursor,
		.limit = 1,
		.arena = &f->arena };
	enum status st = f->driver->list(
	    f->conn, &fixture_space, &p, fixture_deadline(), NULL);

	*cursor = p.cursor;
	*n = p.n;
	return st;
}

static void
a_cursor_does_not_lead_out_of_the_prefix(void **state)
{
	struct fixture *f = *state;
	struct str of_all = STR("");
	struct str of_b = STR("");
	size_t n;

	assert_int_equal(set(f, STR("a1"), STR("value"), 60), ST_OK);
	assert_int_equal(set(f, STR("a2"), STR("value"), 60), ST_OK);
	assert_int_equal(set(f, STR("b1"), STR("value"), 60), ST_OK);
	assert_int_equal(page(f, STR(""), &of_all, &n), ST_OK);
	assert_int_equal(page(f, STR("b"), &of_b, &n), ST_OK);
	assert_true(of_all.n > 0 && of_b.n > 0);
	assert_int_equal(page(f, STR("b"), &of_all, &n), ST_INVALID);
	assert_int_equal(page(f, STR("a"), &of_b, &n), ST_INVALID);
	assert_int_equal(page(f, STR("b"), &of_b, &n), ST_OK);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS_TEST(the_table_of_another_is_left_alone),
		ROWS_TEST(what_is_no_name_of_a_table_is_refused),
		ROWS_TEST(any_name_of_a_table_will_do),
		ROWS_TEST(a_prefix_must_fit),
		ROWS_TEST(a_table_that_is_dropped_is_made_again),
		ROWS_TEST(a_table_that_is_emptied_is_another_life),
		ROWS_TEST(what_has_expired_is_swept),
		ROWS_TEST(a_large_table_is_estimated),
		ROWS_TEST(a_cursor_does_not_lead_out_of_the_prefix),
	};

	return ROWS_RUN("database_table", tests);
}
