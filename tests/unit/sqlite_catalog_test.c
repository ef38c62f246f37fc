/* What SQLite's own declarations mean, beyond what every database has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
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
table_read(struct fixture *f)
{
	struct catalog *c = arena_alloc(&f->arena, sizeof(*c));
	const struct db_table *t;

	assert_int_equal(
	    db_sqlite.catalog(f->conn, &f->arena, fixture_deadline(), c, NULL),
	    ST_OK);
	t = catalog_table(c, STR("t"));
	assert_non_null(t);
	return t;
}

static const struct column *
column_of(const struct db_table *t, const char *name)
{
	const struct column *c = table_column(t, str_of(name));

	assert_non_null(c);
	return c;
}

static void
every_integer_has_eight_bytes(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(
	    f, "CREATE TABLE t (a TINYINT, b INT, c BOOLEAN, d INT(11))");
	t = table_read(f);
	for (size_t i = 0; i < t->n_columns; i++) {
		assert_int_equal(t->columns[i].width, 8);
		assert_true(t->columns[i].least == INT64_MIN);
		assert_true(t->columns[i].most == INT64_MAX);
		assert_int_equal(t->columns[i].length, 0);
		assert_int_equal(t->columns[i].precision, 0);
	}
}

static void
a_quote_in_a_name_is_escaped(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a INT, \"b \"\"c\" INT)");
	t = table_read(f);
	assert_true(str_eq(t->columns[1].label, STR(",\"b \\\"c\":")));
}

static void
dates_stay_as_they_are_written(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(
	    f, "CREATE TABLE t (a DATE, b TIMESTAMP, c TIME, d VARCHAR(9))");
	t = table_read(f);
	for (const char *name = "abc"; *name != '\0'; name++) {
		char one[] = { *name, '\0' };

		assert_int_equal(column_of(t, one)->form, FORM_LOOSE);
	}
	assert_int_equal(column_of(t, "d")->form, FORM_PLAIN);
}

static void
only_a_number_is_a_length(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a VARCHAR, b VARCHAR (+0), c VARCHAR(0), "
	    "d VARCHAR(-5), e VARCHAR(99999999999999999999), "
	    "f VARCHAR(2000000000), g TEXT, h, i NATIVE CHARACTER(70), "
	    "j VARCHAR( 9 ))");
	t = table_read(f);
	for (const char *name = "abcdefgh"; *name != '\0'; name++) {
		char one[] = { *name, '\0' };

		assert_int_equal(column_of(t, one)->length, 0);
	}
	assert_int_equal(column_of(t, "i")->length, 70);
	assert_int_equal(column_of(t, "j")->length, 9);
}

static void
an_index_over_an_expression_is_left_out(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a TEXT, b TEXT);"
			  "CREATE INDEX x ON t (lower(a));"
			  "CREATE INDEX y ON t (b, lower(a));"
			  "CREATE INDEX z ON t (a, b)");
	t = table_read(f);
	assert_int_equal(t->n_indexes, 1);
	assert_true(str_eq(t->indexes[0].name, STR("z")));
	assert_false(column_of(t, "b")->is_index);
}

static void
unique_among_some_rows_is_not_unique(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a TEXT, b INTEGER);"
			  "CREATE UNIQUE INDEX x ON t (a) WHERE b = 1");
	t = table_read(f);
	assert_int_equal(t->n_indexes, 1);
	assert_false(t->indexes[0].is_unique);
	assert_false(column_of(t, "a")->is_unique);
	assert_true(column_of(t, "a")->is_index);
}

static void
foreign_keys_have_no_name(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE p (k INTEGER PRIMARY KEY);"
			  "CREATE TABLE t (x INTEGER REFERENCES p)");
	t = table_read(f);
	assert_int_equal(t->n_foreign_keys, 1);
	assert_true(str_is_null(t->foreign_keys[0].name));
	assert_true(str_eq(t->foreign_keys[0].on_delete, STR("NO ACTION")));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_integer_has_eight_bytes),
		TEST(a_quote_in_a_name_is_escaped),
		TEST(dates_stay_as_they_are_written),
		TEST(only_a_number_is_a_length),
		TEST(an_index_over_an_expression_is_left_out),
		TEST(unique_among_some_rows_is_not_unique),
		TEST(foreign_keys_have_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
