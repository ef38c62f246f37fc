#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/json.h"
#include "tests/support/call.h"

#define MAX_RECORDS 3

static int
open_call(void **state)
{
	static struct test_call call;

	call_open(&call);
	*state = &call;
	return 0;
}

static int
close_call(void **state)
{
	call_close(*state);
	return 0;
}

static struct request *
post(void **state, const char *type, struct str body)
{
	struct request *req = call_begin(*state, "POST", "/api/v2/db");

	req->param[PARAM_CONTENT_TYPE] = str_of(type);
	req->body = body;
	return req;
}

static const char *
answer(struct request *req)
{
	return arena_dup(req->arena, response_body(&req->response)).p;
}

static void
a_json_type_or_none_is_read(void **state)
{
	static const char *const types[] = { NULL, "", "application/json",
		"Application/JSON; charset=utf-8", "text/json",
		"application/vnd.api+json ; x=y" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct request *req = post(state, types[i], STR("{\"a\":1}"));
		struct json v;

		assert_int_equal(json_body(req, &v), ST_OK);
		assert_int_equal(json_kind(v), JSON_OBJECT);
	}
}

static void
another_type_is_415(void **state)
{
	static const char *const types[] = { "text/plain", "application/xml",
		"application/x-www-form-urlencoded; x=json", "jso" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct request *req = post(state, types[i], STR("{\"a\":1}"));
		struct json v;

		assert_int_equal(json_body(req, &v), ST_INVALID);
		assert_int_equal(req->response.status, 415);
		assert_int_equal(json_kind(v), JSON_NONE);
	}
}

static void
an_empty_body_is_no_value(void **state)
{
	struct json v;

	assert_int_equal(
	    json_body(post(state, "text/plain", STR("")), &v), ST_OK);
	assert_int_equal(json_kind(v), JSON_NONE);
	assert_int_equal(json_body(post(state, NULL, STR_NULL), &v), ST_OK);
	assert_int_equal(json_kind(v), JSON_NONE);
}

static void
malformed_json_is_400_with_line_and_column(void **state)
{
	struct request *req =
	    post(state, "application/json", STR("{\n  \"a\": tru\n}"));
	struct json v;

	assert_int_equal(json_body(req, &v), ST_INVALID);
	assert_int_equal(req->response.status, 400);
	assert_non_null(strstr(answer(req),
	    "The body is not valid JSON: line 2 column 8: expected a value"));
}

static void
a_body_nested_too_deep_is_400(void **state)
{
	struct request *req = call_begin(*state, "POST", "/api/v2/db");
	struct buf deep = buf_in(req->arena);
	struct json v;

	for (int i = 0; i < 33; i++)
		buf_put_char(&deep, '[');
	req->body = buf_str(&deep);
	assert_int_equal(json_body(req, &v), ST_INVALID);
	assert_non_null(strstr(
	    answer(req), "line 1 column 33: nested deeper than 32 levels"));
}

/* Reads the records of a body that has some. */
static struct records
records_of(void **state, struct str body)
{
	struct request *req = post(state, NULL, body);
	struct records records;
	struct json v;

	assert_int_equal(json_body(req, &v), ST_OK);
	assert_int_equal(json_records(req, v, MAX_RECORDS, &records), ST_OK);
	return records;
}

static void
records_come_in_every_wrapping(void **state)
{
	struct records r = records_of(state, STR("{\"id\":1}"));

	assert_int_equal(r.form, RECORDS_OBJECT);
	assert_int_equal(r.n, 1);
	r = records_of(state, STR("[{\"id\":1},{\"id\":2}]"));
	assert_int_equal(r.form, RECORDS_ARRAY);
	assert_int_equal(r.n, 2);
	assert_true(str_eq(r.list[1].text, STR("{\"id\":2}")));
	r = records_of(state, STR("{\"resource\":[{},{\"a\":1},{}],\"x\":2}"));
	assert_int_equal(r.form, RECORDS_RESOURCE);
	assert_int_equal(r.n, 3);
	assert_true(str_eq(r.list[1].text, STR("{\"a\":1}")));
	r = records_of(state, STR("{\"resource\":{\"a\":1}}"));
	assert_int_equal(r.form, RECORDS_RESOURCE);
	assert_int_equal(r.n, 1);
}

static void
assert_no_records(void **state, struct str body, const char *wanted)
{
	struct request *req = post(state, NULL, body);
	struct records records;
	struct json v;

	assert_int_equal(json_body(req, &v), ST_OK);
	assert_int_not_equal(
	    json_records(req, v, MAX_RECORDS, &records), ST_OK);
	assert_int_equal(req->response.status, 400);
	assert_non_null(strstr(answer(req), wanted));
}

static void
a_body_without_records_is_400(void **state)
{
	static const char *const bodies[] = { "", "[]", "{\"resource\":[]}",
		"{\"resource\":1}", "{\"resource\":null}", "7", "\"x\"" };

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_no_records(state, str_of(bodies[i]),
		    "No record(s) detected in request.");
}

static void
too_many_records_name_the_limit(void **state)
{
	assert_no_records(state, STR("[{},{},{},{}]"),
	    "The request has 4 records; at most 3 are allowed (max_records).");
}

static void
a_record_is_an_object(void **state)
{
	assert_no_records(state, STR("[{},[]]"), "Record 2 is not an object.");
	assert_no_records(
	    state, STR("{\"resource\":[null]}"), "Record 1 is not an object.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_json_type_or_none_is_read),
		cmocka_unit_test(another_type_is_415),
		cmocka_unit_test(an_empty_body_is_no_value),
		cmocka_unit_test(malformed_json_is_400_with_line_and_column),
		cmocka_unit_test(a_body_nested_too_deep_is_400),
		cmocka_unit_test(records_come_in_every_wrapping),
		cmocka_unit_test(a_body_without_records_is_400),
		cmocka_unit_test(too_many_records_name_the_limit),
		cmocka_unit_test(a_record_is_an_object),
	};

	return cmocka_run_group_tests(tests, open_call, close_call);
}
