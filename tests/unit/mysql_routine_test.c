/* The routines of a database, as the mysql driver reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/db/mysql.h"
#include "drivers/db/routine.h"
#include "tests/contract/db_fixture.h"

/* The client of the server cuts a script where this stands. */
#define SCRIPT(sql) "DELIMITER //\n" sql "//\n"

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

#define assert_text(text, literal)                                             \
	do {                                                                   \
		struct str got_ = (text);                                      \
		if (!str_eq(got_, STR(literal)))                               \
			fail_msg("%.*s", STR_ARG(got_));                       \
	} while (0)

static struct routines
routines_of(struct fixture *f, enum routine_kind kind, struct str name)
{
	struct routine_order order = { kind, name, &f->arena,
		fixture_deadline() };
	struct routines list;
	struct error err = { .text = "" };

	if (db_mysql.routines(f->conn, &order, &list, &err) != ST_OK)
		fail_msg("%s", err.text);
	return list;
}

#define MADE                                                                   \
	SCRIPT("CREATE PROCEDURE b(IN a INT UNSIGNED, OUT `odd ``\" é` "      \
	       "DECIMAL(9,3), INOUT c ENUM('x','it''s')) "                     \
	       "COMMENT 'says so' BEGIN END")                                  \
	SCRIPT("CREATE PROCEDURE a() BEGIN END")                               \
	SCRIPT("CREATE PROCEDURE C(x VARCHAR(7), j JSON) BEGIN END")           \
	SCRIPT("CREATE FUNCTION b(q BIGINT) RETURNS TINYINT(1) RETURN 1")

static void
routines_are_listed_with_their_parameters(void **state)
{
	struct fixture *f = *state;
	struct routines list;
	const struct routine *r;

	mariadb_sql(f->name, MADE);
	list = routines_of(f, ROUTINE_PROCEDURE, STR_NULL);
	assert_int_equal(list.n, 3);
	r = &list.list[0];
	assert_text(r->name, "C");
	assert_int_equal(r->n_params, 2);
	assert_int_equal(r->params[0].column.length, 7);
	assert_int_equal(r->params[0].mode, ROUTINE_IN);
	assert_int_equal(r->params[1].column.kind, COLUMN_JSON);
	assert_text(list.list[1].name, "a");
	assert_int_equal(list.list[1].n_params, 0);
	r = &list.list[2];
	assert_text(r->comment, "says so");
	assert_int_equal(r->n_params, 3);
	assert_true(r->params[0].column.is_unsigned);
	assert_text(r->params[1].column.name, "odd `\" é");
	assert_int_equal(r->params[1].mode, ROUTINE_OUT);
	assert_int_equal(r->params[1].column.precision, 9);
	assert_int_equal(r->params[1].column.scale, 3);
	assert_int_equal(r->params[2].mode, ROUTINE_INOUT);
	assert_int_equal(r->params[2].column.n_choices, 2);
	assert_text(r->params[2].column.choices[1], "it's");
}

static void
a_routine_is_found_by_its_name(void **state)
{
	struct fixture *f = *state;
	struct routines list;

	mariadb_sql(f->name, MADE);
	list = routines_of(f, ROUTINE_PROCEDURE, STR("B"));
	assert_int_equal(list.n, 1);
	assert_text(list.list[0].name, "b");
	assert_int_equal(list.list[0].n_params, 3);
	list = routines_of(f, ROUTINE_FUNCTION, STR("b"));
	assert_int_equal(list.n, 1);
	assert_int_equal(list.list[0].n_params, 1);
	assert_int_equal(list.list[0].result.kind, COLUMN_BOOLEAN);
	/* as the server has it, é is e */
	assert_int_equal(routines_of(f, ROUTINE_PROCEDURE, STR("ä")).n, 0);
	assert_int_equal(routines_of(f, ROUTINE_FUNCTION, STR("a")).n, 0);
	assert_int_equal(routines_of(f, ROUTINE_PROCEDURE, STR("")).n, 0);
	assert_int_equal(
	    routines_of(f, ROUTINE_PROCEDURE, STR("b' OR '1'='1")).n, 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(routines_are_listed_with_their_parameters),
		TEST(a_routine_is_found_by_its_name),
	};

	mariadb_options("character-set-server=latin1\n");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
