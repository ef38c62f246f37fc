/* How records are named: ids, id_field, keys of several columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "middleware/service.h"
#include "tests/support/todo.h"

static void
ids_come_in_the_order_asked_for(void **state)
{
	todo_expect(*state, "_table/todo?ids=3,1&fields=name",
	    "{\"resource\":[{\"name\":\"three\"},{\"name\":\"one\"}]}");
}

static void
a_missing_id_of_several_is_a_batch_error(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "GET", "_table/todo?ids=1,9,2&fields=id", NULL), 400);
	assert_string_equal(world_message(w),
	    "Batch Error: Not all requested records could be retrieved.");
	assert_non_null(strstr(world_body(w),
	    "\"code\":1000,\"context\":{\"error\":[1],\"resource\":["
	    "{\"id\":1},{\"code\":404,\"context\":null,\"message\":"
	    "\"Record with identifier '9' not found.\","
	    "\"status_code\":404}]}"));
}

static void
continue_collects_the_rest(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(
		w, "GET", "_table/todo?ids=9,2&fields=id&continue=true", NULL),
	    400);
	assert_non_null(strstr(world_body(w), "\"error\":[0]"));
	assert_non_null(strstr(world_body(w), "{\"id\":2}]"));
}

static void
a_key_of_two_columns_names_a_record(void **state)
{
	todo_expect(
	    *state, "_table/pair/(1,y)", "{\"a\":1,\"b\":\"y\",\"v\":11}");
	todo_expect(*state, "_table/pair/2,x?fields=v", "{\"v\":12}");
	todo_expect(*state, "_table/pair?ids=(2,x),(1,x)&fields=v",
	    "{\"resource\":[{\"v\":12},{\"v\":10}]}");
	todo_expect_refused(*state, "_table/pair/1", 400,
	    "Identifier '1' does not have the 2 parts of the key.");
}

static void
a_table_without_a_key_has_no_identifiers(void **state)
{
	todo_expect(
	    *state, "_table/keyless?fields=", "{\"resource\":[{\"v\":7}]}");
	todo_expect_refused(*state, "_table/keyless/7", 400,
	    "Table 'keyless' has no primary key to identify records by.");
}

static void
other_fields_may_identify_a_record(void **state)
{
	todo_expect(
	    *state, "_table/todo/two?id_field=name&fields=id", "{\"id\":2}");
	todo_expect(*state, "_table/todo?ids=two,one&id_field=name&fields=id",
	    "{\"resource\":[{\"id\":2},{\"id\":1}]}");
	todo_expect(*state, "_table/keyless/7?id_field=v", "{\"v\":7}");
	todo_expect(
	    *state, "_table/pair/y,1?id_field=b,a&fields=v", "{\"v\":11}");
	todo_expect_refused(*state, "_table/pair/x?id_field=b", 400,
	    "Identifier 'x' names more than one record.");
	assert_int_equal(
	    world_call(*state, "GET", "_table/pair?ids=x&id_field=b", NULL),
	    400);
	todo_expect_refused(*state, "_table/pair/x?id_field=no", 400,
	    "Invalid field in id_field: 'no'.");
}

static void
a_part_of_a_key_may_hold_a_comma(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO pair VALUES (3, 'a,b', 13);"
			"CREATE TABLE text (k TEXT PRIMARY KEY);"
			"INSERT INTO text VALUES ('a,b'), ('a'), ('b')");
	w->service.type->close(w->service.instance);
	assert_int_equal(w->service.type->open(
			     &w->service, &w->host, &w->service.instance, NULL),
	    ST_OK);
	todo_expect(w, "_table/pair/(3,a,b)?fields=v", "{\"v\":13}");
	todo_expect(w, "_table/pair/3,a%2Cb?fields=v", "{\"v\":13}");
	todo_expect(w, "_table/pair?ids=(3,a%2Cb),(1,x)&fields=v",
	    "{\"resource\":[{\"v\":13},{\"v\":10}]}");
	todo_expect(w, "_table/pair?ids=%281%2Cx%29%2C%283%2Ca%2Cb%29&fields=v",
	    "{\"resource\":[{\"v\":10},{\"v\":13}]}");
	todo_expect(w, "_table/text?ids=a%2Cb",
	    "{\"resource\":[{\"k\":\"a\"},{\"k\":\"b\"}]}");
	todo_expect(w, "_table/text?ids=a%2Cb,b",
	    "{\"resource\":[{\"k\":\"a,b\"},{\"k\":\"b\"}]}");
}

static void
what_the_database_takes_for_equal_is_found(void **state)
{
	struct world *w = *state;

	world_script(w, "CREATE TABLE loose (k TEXT COLLATE NOCASE PRIMARY KEY,"
			"v INTEGER);"
			"INSERT INTO loose VALUES ('abc', 1), ('x', 2)");
	w->service.type->close(w->service.instance);
	assert_int_equal(w->service.type->open(
			     &w->service, &w->host, &w->service.instance, NULL),
	    ST_OK);
	todo_expect(w, "_table/loose?ids=X,ABC,abc",
	    "{\"resource\":[{\"k\":\"x\",\"v\":2},{\"k\":\"abc\",\"v\":1},"
	    "{\"k\":\"abc\",\"v\":1}]}");
}

static void
records_in_the_body_name_those_to_read(void **state)
{
	struct world *w = *state;

	world_request(w, "POST", "_table/todo?method=GET&fields=id",
	    "{\"resource\":[{\"id\":3},{\"id\":\"1\",\"x\":1}]}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"id\":3},{\"id\":1}]}");
	world_request(w, "POST", "_table/pair?method=GET&fields=v",
	    "[{\"a\":1,\"b\":\"y\"}]");
	w->service.type->handle(&w->req);
	assert_string_equal(world_body(w), "{\"resource\":[{\"v\":11}]}");
	world_request(w, "POST", "_table/todo?method=GET", "[{\"name\":1}]");
	w->service.type->handle(&w->req);
	assert_string_equal(world_message(w),
	    "Identifying field 'id' is missing in the record.");
	world_request(
	    w, "POST", "_table/todo?method=GET&ids=1", "[{\"id\":1}]");
	w->service.type->handle(&w->req);
	assert_int_equal(w->req.response.status, 400);
}

static void
ids_in_the_body_are_taken_as_they_are(void **state)
{
	struct world *w = *state;

	world_request(w, "POST", "_table/pair?method=GET&fields=v",
	    "{\"ids\":[[1,\"y\"],\"(1,x)\"]}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"v\":11},{\"v\":10}]}");
	world_request(
	    w, "POST", "_table/todo?method=GET", "{\"ids\":[1,null]}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_message(w), "Element 2 of 'ids' is no identifier.");
	world_request(
	    w, "POST", "_table/todo?method=GET&fields=id", "{\"ids\":\"2,1\"}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"id\":2},{\"id\":1}]}");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, todo_set_up, todo_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(ids_come_in_the_order_asked_for),
		TEST(a_missing_id_of_several_is_a_batch_error),
		TEST(continue_collects_the_rest),
		TEST(a_key_of_two_columns_names_a_record),
		TEST(a_table_without_a_key_has_no_identifiers),
		TEST(other_fields_may_identify_a_record),
		TEST(a_part_of_a_key_may_hold_a_comma),
		TEST(what_the_database_takes_for_equal_is_found),
		TEST(records_in_the_body_name_those_to_read),
		TEST(ids_in_the_body_are_taken_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
