/* How columns of MariaDB's own types take their values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
#include "drivers/db/mysql.h"
#include "tests/contract/db_fixture.h"

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

/* The column c of a table made of that type. */
static const struct column *
column_of(struct fixture *f, const char *type)
{
	struct catalog *c = arena_alloc(&f->arena, sizeof(*c));
	const struct db_table *t;
	char sql[256];

	(void)snprintf(
	    sql, sizeof(sql), "CREATE OR REPLACE TABLE t (c %s)", type);
	fixture_script(f, sql);
	assert_int_equal(
	    db_mysql.catalog(f->conn, &f->arena, fixture_deadline(), c, NULL),
	    ST_OK);
	t = catalog_table(c, STR("t"));
	assert_non_null(t);
	return &t->columns[0];
}

static void
integers_have_a_range(void **state)
{
	static const struct {
		const char *type;
		int64_t least;
		uint64_t most;
	} wanted[] = {
		{ "TINYINT", -128, 127 },
		{ "TINYINT UNSIGNED", 0, 255 },
		{ "SMALLINT", -32768, 32767 },
		{ "MEDIUMINT", -8388608, 8388607 },
		{ "MEDIUMINT UNSIGNED", 0, 16777215 },
		{ "INT(3)", INT32_MIN, INT32_MAX },
		{ "INT(6) ZEROFILL", 0, UINT32_MAX },
		{ "BIGINT", INT64_MIN, INT64_MAX },
		{ "BIGINT UNSIGNED", 0, UINT64_MAX },
		{ "BIT(1)", 0, 1 },
		{ "BIT(5)", 0, 31 },
		{ "BIT(64)", 0, UINT64_MAX },
		{ "YEAR", 0, 2155 },
		{ "DECIMAL(9,2)", 0, 0 },
		{ "ENUM('unsigned')", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct column *c = column_of(*state, wanted[i].type);

		assert_true(c->least == wanted[i].least);
		assert_true(c->most == wanted[i].most);
	}
}

static void
numbers_say_whether_they_have_a_sign(void **state)
{
	struct fixture *f = *state;

	assert_true(column_of(f, "DECIMAL(9,2) UNSIGNED")->is_unsigned);
	assert_true(column_of(f, "FLOAT UNSIGNED")->is_unsigned);
	assert_true(column_of(f, "DOUBLE ZEROFILL")->is_unsigned);
	assert_false(column_of(f, "DECIMAL(9,2)")->is_unsigned);
	assert_false(column_of(f, "ENUM('unsigned')")->is_unsigned);
	assert_false(column_of(f, "POINT")->is_unsigned);
}

static void
types_have_forms(void **state)
{
	static const struct {
		const char *type;
		enum column_form form;
	} wanted[] = {
		{ "YEAR", FORM_YEAR },
		{ "FLOAT", FORM_FLOAT },
		{ "FLOAT(7,2)", FORM_FLOAT },
		{ "FLOAT(30)", FORM_PLAIN },
		{ "DOUBLE", FORM_PLAIN },
		{ "CHAR(3)", FORM_FIXED },
		{ "VARCHAR(3)", FORM_PLAIN },
		{ "BINARY(3)", FORM_FIXED },
		{ "VARBINARY(3)", FORM_PLAIN },
		{ "TINYTEXT", FORM_BYTES },
		{ "LONGTEXT", FORM_BYTES },
		{ "TEXT CHARACTER SET utf8mb3", FORM_BYTES },
		{ "TEXT CHARACTER SET latin1", FORM_PLAIN },
		{ "TEXT CHARACTER SET utf16", FORM_PLAIN },
		{ "JSON", FORM_PLAIN },
		{ "BLOB", FORM_PLAIN },
		{ "DATE", FORM_PLAIN },
		{ "MULTIPOINT", FORM_GEOMETRY },
		{ "GEOMETRYCOLLECTION", FORM_GEOMETRY },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(
		    column_of(*state, wanted[i].type)->form, wanted[i].form);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(integers_have_a_range),
		TEST(numbers_say_whether_they_have_a_sign),
		TEST(types_have_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
