/* PUT, PATCH and DELETE of several records of a database service: by ids, by
 * records that carry their identifiers, and what is said of failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "done BOOLEAN);"
    "INSERT INTO todo (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three');"
    "CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, "
    "PRIMARY KEY (a, b));"
    "INSERT INTO pair VALUES (1, 'x', 10), (1, 'y', 11);"
    "CREATE TABLE loose (k TEXT COLLATE NOCASE PRIMARY KEY, v INTEGER);"
    "INSERT INTO loose VALUES ('abc', 1);"
    "CREATE TABLE keyless (a INTEGER, v INTEGER);"
    "INSERT INTO keyless VALUES (1, 10), (2, 20), (2, 21);"
    "CREATE TABLE later (id INTEGER PRIMARY KEY, t INTEGER "
    "REFERENCES todo DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE big (id INTEGER PRIMARY KEY, data BLOB, v INTEGER);"
    "CREATE TABLE picky (id INTEGER PRIMARY KEY, v INTEGER);"
    "CREATE TRIGGER p AFTER INSERT ON picky WHEN new.v < 0 BEGIN "
    "SELECT RAISE(FAIL, 'negative'); END";

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

static int64_t
count(struct world *w, const char *condition)
{
	return world_number(
	    w, arena_printf(
		   &w->arena, "SELECT count(*) FROM todo WHERE %s", condition)
		   .p);
}

static void
assert_batch(struct world *w, const char *method, const char *target,
    const char *body, const char *context)
{
	assert_int_equal(world_call(w, method, target, body), 400);
	if (strstr(world_body(w), context) == NULL)
		assert_string_equal(world_body(w), context);
}

static void
records_carry_their_identifiers(void **state)
{
	struct world *w = *state;

	world_expect(w, "PATCH", "_table/todo",
	    "{\"resource\":[{\"id\":2,\"done\":true},{\"id\":\"1\","
	    "\"name\":\"uno\"}]}",
	    "{\"resource\":[{\"id\":2},{\"id\":1}]}");
	assert_int_equal(count(w, "id = 2 AND done"), 1);
	assert_int_equal(count(w, "id = 1 AND name = 'uno'"), 1);
	world_expect(w, "PUT", "_table/pair?fields=*",
	    "[{\"a\":1,\"b\":\"y\",\"v\":5}]",
	    "{\"resource\":[{\"a\":1,\"b\":\"y\",\"v\":5}]}");
	world_expect(
	    w, "PATCH", "_table/todo", "{\"id\":3,\"done\":1}", "{\"id\":3}");
}

static void
an_identifier_changes_no_key(void **state)
{
	world_expect(*state, "PATCH", "_table/loose?fields=*",
	    "[{\"k\":\"ABC\",\"v\":2}]",
	    "{\"resource\":[{\"k\":\"abc\",\"v\":2}]}");
	assert_batch(*state, "PATCH", "_table/loose", "[{\"k\":\"abc\"}]",
	    "No valid fields were found in record.");
}

static void
one_record_is_meant_for_all_ids(void **state)
{
	struct world *w = *state;

	world_expect(w, "PATCH", "_table/todo?ids=3,1",
	    "{\"resource\":[{\"done\":true}]}",
	    "{\"resource\":[{\"id\":3},{\"id\":1}]}");
	assert_int_equal(count(w, "done"), 2);
	world_expect(w, "PUT", "_table/todo?fields=id,done",
	    "{\"resource\":{\"done\":false},\"ids\":[2]}",
	    "{\"resource\":[{\"id\":2,\"done\":false}]}");
	world_expect(w, "PATCH", "_table/todo?ids=1&as_list=1",
	    "{\"done\":false}", "{\"resource\":[1]}");
	world_expect_refusal(w, "PATCH", "_table/todo?ids=1",
	    "[{\"done\":1},{\"done\":0}]",
	    "One record is needed for all that the path, 'ids' or 'filter' "
	    "name.");
	world_expect_refusal(w, "PATCH", "_table/todo?ids=1", NULL,
	    "No record(s) detected in request. Please make sure record(s) are "
	    "wrapped in a 'resource' tag. Example: "
	    "{\"resource\":[{\"record\":1},{\"record\":2}]}");
}

static void
a_missing_record_stops_the_rest(void **state)
{
	struct world *w = *state;

	assert_batch(w, "PATCH", "_table/todo?ids=1,9,2", "{\"done\":1}",
	    "\"code\":1000,\"context\":{\"error\":[1],\"resource\":[{\"id\":1},"
	    "{\"code\":404,\"context\":null,\"message\":\"Record with "
	    "identifier '9' not found.\",\"status_code\":404}]}");
	assert_string_equal(world_message(w),
	    "Batch Error: Not all requested records could be patched.");
	assert_int_equal(count(w, "done"), 1);
	assert_batch(w, "PUT", "_table/todo?ids=9,2&continue=1", "{\"done\":1}",
	    "\"error\":[0],");
	assert_string_equal(world_message(w),
	    "Batch Error: Not all requested records could be updated.");
	assert_int_equal(count(w, "done"), 2);
	assert_batch(w, "DELETE", "_table/todo?ids=1,9&rollback=1", NULL,
	    "\"error\":[1],");
	assert_string_equal(world_message(w),
	    "Batch Error: Not all requested records could be deleted. All "
	    "changes rolled back.");
	assert_int_equal(count(w, "1"), 3);
}

static void
a_conflict_is_told_by_its_place(void **state)
{
	struct world *w = *state;

	assert_batch(w, "PATCH", "_table/todo?continue=true",
	    "[{\"id\":1,\"name\":\"two\"},{\"id\":3,\"name\":\"tres\"},{}]",
	    "\"error\":[0,2],\"resource\":[{\"code\":409,");
	assert_int_equal(count(w, "name = 'tres'"), 1);
	assert_batch(
	    w, "PATCH", "_table/todo", "[{\"id\":1,\"name\":\"two\"}]", "409");
}

static void
records_and_ids_are_deleted(void **state)
{
	struct world *w = *state;

	world_expect(w, "DELETE", "_table/todo?ids=1,3&fields=name", NULL,
	    "{\"resource\":[{\"name\":\"one\"},{\"name\":\"three\"}]}");
	world_expect(w, "DELETE", "_table/todo", "[{\"id\":2,\"x\":1}]",
	    "{\"resource\":[{\"id\":2}]}");
	world_expect(w, "DELETE", "_table/pair",
	    "{\"ids\":[[1,\"x\"]],\"wrap\":false}", "[{\"a\":1,\"b\":\"x\"}]");
	assert_int_equal(count(w, "1"), 0);
}

static void
a_delete_must_name_something(void **state)
{
	struct world *w = *state;

	world_expect_refusal(w, "DELETE", "_table/todo", NULL,
	    "No filter or records given for delete request.");
	world_expect_refusal(w, "DELETE", "_table/todo?force=false",
	    "{\"id\":1}", "No filter or records given for delete request.");
	assert_int_equal(
	    world_call(w, "DELETE", "_table/todo?ids=2", "[{\"id\":1}]"), 400);
	assert_int_equal(
	    world_call(w, "DELETE", "_table/todo?filter=id%3D1&limit=1", NULL),
	    400);
	assert_int_equal(w->n_batches, 0);
	assert_int_equal(count(w, "1"), 3);
}

static void
other_fields_may_identify_what_is_written(void **state)
{
	struct world *w = *state;

	world_expect(w, "PATCH", "_table/todo/two?id_field=name",
	    "{\"done\":1}", "{\"id\":2}");
	world_expect(w, "PATCH", "_table/todo?id_field=name",
	    "[{\"name\":\"one\",\"done\":1}]", "{\"resource\":[{\"id\":1}]}");
	world_expect(w, "DELETE", "_table/todo?ids=three&id_field=name", NULL,
	    "{\"resource\":[{\"id\":3}]}");
	world_expect(w, "PATCH", "_table/keyless/1?id_field=a", "{\"v\":1}",
	    "{\"a\":1,\"v\":1}");
	world_expect_refusal(w, "PATCH", "_table/keyless/2?id_field=a",
	    "{\"v\":1}", "Identifier '2' names more than one record.");
	world_expect_refusal(w, "DELETE", "_table/keyless/2?id_field=a", NULL,
	    "Identifier '2' names more than one record.");
	world_expect_refusal(w, "DELETE", "_table/keyless/9?id_field=a", NULL,
	    "Record with identifier '9' not found.");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM keyless WHERE v > 1"), 2);
}

static void
a_failed_record_leaves_nothing_behind(void **state)
{
	struct world *w = *state;

	assert_batch(w, "POST", "_table/picky?continue=true",
	    "[{\"id\":1,\"v\":1},{\"id\":2,\"v\":-1},{\"id\":3,\"v\":3}]",
	    "\"error\":[1],");
	assert_int_equal(world_number(w, "SELECT sum(id) FROM picky"), 4);
	assert_batch(w, "POST", "_table/picky",
	    "[{\"id\":5,\"v\":1},{\"id\":6,\"v\":-1},{\"id\":7,\"v\":3}]",
	    "\"error\":[1],");
	assert_int_equal(world_number(w, "SELECT sum(id) FROM picky"), 9);
}

static void
what_fails_at_the_commit_fails_them_all(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO later VALUES (1, 1), (2, 2)");
	assert_batch(w, "PATCH", "_table/later?ids=1,2", "{\"t\":77}",
	    "\"error\":[0,1],");
	world_expect_refusal(w, "PATCH", "_table/later/1", "{\"t\":77}",
	    "FOREIGN KEY constraint failed");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM later WHERE t > 2"), 0);
}

static void
without_upsert_a_missing_record_is_not_made(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "PUT", "_table/todo/9", "{\"name\":\"x\"}"), 404);
	assert_int_equal(count(w, "1"), 3);
}

static void
with_upsert_a_missing_record_is_made(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, script, ",\"allow_upsert\":true");
	world_expect(
	    &w, "PUT", "_table/todo/9", "{\"name\":\"nine\"}", "{\"id\":9}");
	world_expect(&w, "PATCH", "_table/todo?fields=id,name",
	    "[{\"id\":9,\"name\":\"neun\"},{\"id\":10,\"name\":\"zehn\"}]",
	    "{\"resource\":[{\"id\":9,\"name\":\"neun\"},{\"id\":10,"
	    "\"name\":\"zehn\"}]}");
	world_expect(&w, "PATCH", "_table/pair/(7,z)?fields=*", "{\"v\":3}",
	    "{\"a\":7,\"b\":\"z\",\"v\":3}");
	world_expect_refusal(&w, "PUT", "_table/todo/11", "{\"done\":1}",
	    "Required field 'name' can not be NULL.");
	assert_int_equal(
	    world_call(&w, "PUT", "_table/todo/x", "{\"name\":\"x\"}"), 404);
	assert_int_equal(world_call(&w, "DELETE", "_table/todo/77", NULL), 404);
	assert_int_equal(count(&w, "1"), 5);
	world_close(&w);
}

static void
the_number_of_records_is_bounded(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, script, ",\"max_records\":2");
	world_expect_refusal(&w, "DELETE", "_table/todo?ids=1,2,3", NULL,
	    "Parameter 'ids' names more than 2 records (max_records).");
	world_expect_refusal(&w, "PATCH", "_table/todo",
	    "[{\"id\":1},{\"id\":2},{\"id\":3}]",
	    "The request has 3 records; at most 2 are allowed (max_records).");
	world_close(&w);
}

static void
an_answer_that_is_too_large_undoes_the_call(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO big (id, data) VALUES "
			"(1, zeroblob(30000000)), (2, zeroblob(30000000))");
	world_expect_refusal(w, "PATCH", "_table/big?ids=1,2&fields=*",
	    "{\"v\":1}", "The answer is too large: ask for fewer records.");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM big WHERE v IS NULL"), 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(records_carry_their_identifiers),
		TEST(an_identifier_changes_no_key),
		TEST(one_record_is_meant_for_all_ids),
		TEST(a_missing_record_stops_the_rest),
		TEST(a_conflict_is_told_by_its_place),
		TEST(records_and_ids_are_deleted),
		TEST(a_delete_must_name_something),
		TEST(other_fields_may_identify_what_is_written),
		TEST(a_failed_record_leaves_nothing_behind),
		TEST(what_fails_at_the_commit_fails_them_all),
		TEST(without_upsert_a_missing_record_is_not_made),
		TEST(with_upsert_a_missing_record_is_made),
		TEST(the_number_of_records_is_bounded),
		TEST(an_answer_that_is_too_large_undoes_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
