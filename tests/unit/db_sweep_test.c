/* Writes to all rows of a filter, and the delete of every row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/services/db/db.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT, done BOOLEAN);"
    "INSERT INTO todo VALUES (1, 'a', 0), (2, 'b', 0), (3, 'c', 1), "
    "(4, 'd', 1);"
    "CREATE TABLE loose (k TEXT COLLATE NOCASE PRIMARY KEY, v INTEGER);"
    "INSERT INTO loose VALUES ('abc', 1);"
    "CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, "
    "PRIMARY KEY (a, b));"
    "INSERT INTO pair VALUES (1, 'x', 10), (1, 'y', 11);"
    "CREATE TABLE keyless (a INTEGER, v INTEGER);"
    "INSERT INTO keyless VALUES (1, 10), (2, 20);"
    "CREATE TABLE unique_name (id INTEGER PRIMARY KEY, n TEXT UNIQUE);"
    "INSERT INTO unique_name VALUES (1, 'a'), (2, 'b');"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER REFERENCES todo);"
    "CREATE VIEW names AS SELECT name FROM todo";

static const struct db_value owner = { .type = DB_INT, .i = 0 };
static const struct condition not_done = { { "done = ?", 8 }, &owner, 1 };

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, ",\"max_records\":3");
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

static void
a_change_shows_the_rows_that_matched(void **state)
{
	struct world *w = *state;

	world_expect(w, "PATCH", "_table/todo?filter=done%3Dfalse&fields=*",
	    "{\"done\":true}",
	    "{\"resource\":[{\"id\":1,\"name\":\"a\",\"done\":true},"
	    "{\"id\":2,\"name\":\"b\",\"done\":true}]}");
	world_expect(w, "PUT", "_table/todo",
	    "{\"resource\":[{\"name\":\"z\"}],\"filter\":\"id < :m\","
	    "\"params\":{\"m\":3}}",
	    "{\"resource\":[{\"id\":1},{\"id\":2}]}");
	world_expect(w, "PATCH", "_table/todo?filter=id%3D77&wrap=0",
	    "[{\"name\":\"q\"}]", "[]");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM todo WHERE name = 'z'"), 2);
}

static void
a_change_of_keys_is_followed(void **state)
{
	world_expect(*state, "PATCH", "_table/pair?filter=a%3D1&fields=*",
	    "{\"a\":5}",
	    "{\"resource\":[{\"a\":5,\"b\":\"x\",\"v\":10},"
	    "{\"a\":5,\"b\":\"y\",\"v\":11}]}");
	world_expect(*state, "PATCH", "_table/loose?filter=v%3D1", "{\"v\":2}",
	    "{\"resource\":[{\"k\":\"abc\"}]}");
	world_expect(*state, "PATCH", "_table/keyless?filter=a%3D1",
	    "{\"v\":9}", "{\"resource\":[{\"a\":1,\"v\":9}]}");
}

static void
every_match_is_written_however_many_are_shown(void **state)
{
	struct world *w = *state;

	world_expect(w, "PATCH", "_table/todo?filter=id%3E0", "{\"done\":true}",
	    "{\"resource\":[{\"id\":1},{\"id\":2},{\"id\":3}],"
	    "\"meta\":{\"count\":4}}");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM todo WHERE done"), 4);
	world_expect(w, "DELETE", "_table/todo?filter=id%3E0", NULL,
	    "{\"resource\":[{\"id\":1},{\"id\":2},{\"id\":3}],"
	    "\"meta\":{\"count\":4}}");
	assert_int_equal(world_number(w, "SELECT count(*) FROM todo"), 0);
}

static void
a_delete_shows_what_was_there(void **state)
{
	struct world *w = *state;

	world_expect(w, "DELETE", "_table/todo?fields=id,name",
	    "{\"filter\":\"done = true\"}",
	    "{\"resource\":[{\"id\":3,\"name\":\"c\"},"
	    "{\"id\":4,\"name\":\"d\"}]}");
	assert_string_equal(w->deleted, "todo ? |todo ? |");
	world_expect(w, "DELETE", "_table/keyless?filter=a%3D2", NULL,
	    "{\"resource\":[{\"a\":2,\"v\":20}]}");
	assert_int_equal(world_number(w, "SELECT count(*) FROM keyless"), 1);
}

static void
a_change_that_fails_changes_nothing(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "PATCH", "_table/unique_name?filter=id%3E0",
		"{\"n\":\"c\"}"),
	    409);
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM unique_name WHERE n = 'c'"),
	    0);
	world_expect_refusal(w, "PATCH", "_table/todo?filter=id%3D1",
	    "{\"no\":1}", "No valid fields were found in record.");
	assert_int_equal(world_call(w, "PATCH", "_table/todo?filter=id%20is",
			     "{\"name\":1}"),
	    400);
	assert_int_equal(w->n_batches, 0);
}

static void
force_deletes_every_row(void **state)
{
	struct world *w = *state;

	w->watch_sql = "SELECT count(*) FROM todo";
	world_expect(
	    w, "DELETE", "_table/todo?force=true", NULL, "{\"success\":true}");
	assert_string_equal(w->deleted, "todo ? |todo ? |");
	assert_int_equal(w->watched[0], 4);
	assert_int_equal(w->watched[1], 0);
}

static void
force_is_all_or_nothing(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO child VALUES (1, 4)");
	assert_int_equal(
	    world_call(w, "DELETE", "_table/todo?force=true", NULL), 400);
	assert_int_equal(world_number(w, "SELECT count(*) FROM todo"), 4);
	assert_int_equal(
	    world_call(w, "DELETE", "_table/names?force=true", NULL), 405);
	world_expect(w, "DELETE", "_table/todo?force=true&ids=1", NULL,
	    "{\"resource\":[{\"id\":1}]}");
	world_expect(w, "DELETE", "_table/todo?force=true&filter=id%3D2", NULL,
	    "{\"resource\":[{\"id\":2}]}");
	assert_int_equal(world_number(w, "SELECT count(*) FROM todo"), 2);
}

static void
call_as_role(
    struct world *w, const char *method, const char *target, const char *body)
{
	struct table_call c;

	world_request(w, method, target, body);
	assert_int_equal(table_call_open(&c, &w->req, NULL), ST_OK);
	c.role = &not_done;
	records_write(&c);
}

static void
a_role_reaches_its_own_rows_only(void **state)
{
	struct world *w = *state;

	call_as_role(
	    w, "PATCH", "_table/todo?filter=id%3E0", "{\"name\":\"q\"}");
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"id\":1},{\"id\":2}]}");
	call_as_role(w, "PATCH", "_table/todo?filter=id%3E0", "{\"done\":1}");
	assert_int_equal(w->req.response.status, 403);
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM todo WHERE done"), 2);
	call_as_role(w, "DELETE", "_table/todo?force=1", NULL);
	assert_int_equal(world_number(w, "SELECT count(*) FROM todo"), 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_change_shows_the_rows_that_matched),
		TEST(a_change_of_keys_is_followed),
		TEST(every_match_is_written_however_many_are_shown),
		TEST(a_delete_shows_what_was_there),
		TEST(a_change_that_fails_changes_nothing),
		TEST(force_deletes_every_row),
		TEST(force_is_all_or_nothing),
		TEST(a_role_reaches_its_own_rows_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
