/*
 * The condition that a role puts on rows, as calls carry it: rows outside of it
 * are neither shown, counted, changed nor made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/services/db/db.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, owner INTEGER, v INTEGER);"
    "INSERT INTO t VALUES (1, 7, 10), (2, 8, 20), (3, 7, 30);"
    "CREATE TABLE keyless (owner INTEGER)";

static const struct db_value owner = { .type = DB_INT, .i = 7 };
static const struct condition only_mine = { { "owner = ?", 9 }, &owner, 1 };

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, "");
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

static int
call(struct world *w, const char *method, const char *target, const char *body)
{
	struct table_call c;

	world_request(w, method, target, body);
	assert_int_equal(table_call_open(&c, &w->req, NULL), ST_OK);
	c.role = &only_mine;
	if (w->req.method == METHOD_GET)
		records_read(&c);
	else
		records_write(&c);
	return w->req.response.status;
}

static void
assert_get(struct world *w, const char *target, const char *want)
{
	assert_int_equal(call(w, "GET", target, NULL), 200);
	assert_string_equal(world_body(w), want);
}

static void
only_rows_of_the_role_are_shown_and_counted(void **state)
{
	struct world *w = *state;

	assert_get(w, "_table/t?fields=id&include_count=true",
	    "{\"resource\":[{\"id\":1},{\"id\":3}],\"meta\":{\"count\":2}}");
	assert_get(w, "_table/t?count_only=true", "2");
	assert_get(w, "_table/t/1?fields=v", "{\"v\":10}");
	assert_int_equal(call(w, "GET", "_table/t/2", NULL), 404);
	assert_int_equal(call(w, "GET", "_table/t?ids=1,2", NULL), 400);
}

static void
other_rows_cannot_be_changed_or_deleted(void **state)
{
	struct world *w = *state;

	assert_int_equal(call(w, "PATCH", "_table/t/2", "{\"v\":0}"), 404);
	assert_int_equal(call(w, "DELETE", "_table/t/2", NULL), 404);
	assert_int_equal(call(w, "DELETE", "_table/t/2?fields=*", NULL), 404);
	assert_int_equal(world_number(w, "SELECT v FROM t WHERE id = 2"), 20);
	assert_int_equal(call(w, "PATCH", "_table/t/1", "{\"v\":11}"), 200);
	assert_int_equal(call(w, "DELETE", "_table/t/3", NULL), 200);
	assert_int_equal(world_number(w, "SELECT count(*) FROM t"), 2);
}

static void
a_row_cannot_be_given_away(void **state)
{
	struct world *w = *state;

	assert_int_equal(call(w, "PATCH", "_table/t/1", "{\"owner\":8}"), 403);
	assert_int_equal(
	    world_number(w, "SELECT owner FROM t WHERE id = 1"), 7);
}

static void
a_row_of_others_cannot_be_made(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    call(w, "POST", "_table/t", "[{\"owner\":7},{\"owner\":8}]"), 403);
	assert_int_equal(world_number(w, "SELECT count(*) FROM t"), 3);
	assert_int_equal(call(w, "POST", "_table/t", "[{\"owner\":7}]"), 200);
	assert_string_equal(world_body(w), "{\"resource\":[{\"id\":4}]}");
	assert_int_equal(
	    call(w, "POST", "_table/keyless", "[{\"owner\":7}]"), 403);
	assert_int_equal(world_number(w, "SELECT count(*) FROM keyless"), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(only_rows_of_the_role_are_shown_and_counted),
		TEST(other_rows_cannot_be_changed_or_deleted),
		TEST(a_row_cannot_be_given_away),
		TEST(a_row_of_others_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
