#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/jsoncheck.h"
#include "middleware/response.h"
#include "middleware/stream.h"
#include "tests/support/call.h"

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
begin(void **state)
{
	struct request *req = call_begin(*state, "GET", "/api/v2");

	req->id = STR("id1");
	return req;
}

static void
assert_body(struct request *req, const char *wanted)
{
	struct str body = response_body(&req->response);

	assert_int_equal(json_check(req->arena, body, 8, NULL), ST_OK);
	assert_string_equal(arena_dup(req->arena, body).p, wanted);
}

static void
assert_head(struct request *req, const char *wanted)
{
	struct str head = buf_str(&req->response.head);

	assert_string_equal(arena_dup(req->arena, head).p, wanted);
}

static void
a_failure_has_the_envelope_in_its_order(void **state)
{
	struct request *req = begin(state);

	response_fail(req, 404, "No table '%s'.", "a\"<é>");
	assert_int_equal(req->response.status, 404);
	assert_true(req->response.is_error);
	assert_true(str_eq(req->response.type, STR("application/json")));
	assert_body(req, "{\"error\":{\"code\":404,\"context\":null,"
			 "\"message\":\"No table 'a\\\"<é>'.\","
			 "\"status_code\":404,\"request_id\":\"id1\"}}");
}

static void
an_answer_whose_head_has_left_stays_as_it_is(void **state)
{
	struct request *req = begin(state);
	struct stream stream = { .begun = true };

	req->stream = &stream;
	req->response.status = 200;
	buf_put_lit(&req->response.build, "[1");
	response_fail(req, 503, "The database is away.");
	assert_int_equal(req->response.status, 200);
	assert_false(req->response.is_error);
	assert_true(req->response.cut);
	req->response.cut = false;
	response_gone(req);
	assert_int_equal(req->response.status, 200);
	assert_true(req->response.cut);
	assert_int_equal(req->response.build.n, 2);
}

static void
a_failure_may_have_a_context_and_a_code(void **state)
{
	struct request *req = begin(state);

	response_fail_context(
	    req, 400, 1000, STR("{\"error\":[1]}"), STR("Batch Error"));
	assert_body(req, "{\"error\":{\"code\":1000,"
			 "\"context\":{\"error\":[1]},"
			 "\"message\":\"Batch Error\",\"status_code\":400,"
			 "\"request_id\":\"id1\"}}");
}

static void
a_failure_replaces_the_body(void **state)
{
	struct request *req = begin(state);
	struct response *res = &req->response;

	buf_put_lit(&res->build, "{\"resource\":[{\"half");
	response_fail(req, 500, "x");
	assert_true(str_starts(response_body(res), STR("{\"error\":{\"code")));
	res->body = STR("cached");
	response_fail(req, 503, "y");
	assert_true(
	    str_starts(response_body(res), STR("{\"error\":{\"code\":503")));
}

static void
to_who_has_gone_nothing_is_said(void **state)
{
	struct request *req = begin(state);

	buf_put_lit(&req->response.build, "{\"resource\":[{\"half");
	response_gone(req);
	assert_int_equal(req->response.status, 499);
	assert_int_equal(response_body(&req->response).n, 0);
}

static void
a_problem_is_sent_to_who_accepts_it(void **state)
{
	static const char *const accepts[] = { "application/problem+json",
		"text/html, Application/Problem+JSON;q=0.9, */*" };

	for (size_t i = 0; i < 2; i++) {
		struct request *req = begin(state);

		req->param[PARAM_ACCEPT] = str_of(accepts[i]);
		response_fail(req, 429, "Too fast.");
		assert_true(str_eq(
		    req->response.type, STR("application/problem+json")));
		assert_body(req,
		    "{\"type\":\"about:blank\","
		    "\"title\":\"Too Many Requests\",\"status\":429,"
		    "\"detail\":\"Too fast.\",\"code\":429,\"context\":null,"
		    "\"request_id\":\"id1\"}");
	}
}

static void
other_accepts_get_the_envelope(void **state)
{
	static const char *const accepts[] = { "", "*/*", "application/json",
		"application/problem+jsonx", "application/problem", ",,;" };

	for (size_t i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
		struct request *req = begin(state);

		req->param[PARAM_ACCEPT] = str_of(accepts[i]);
		response_fail(req, 400, "x");
		assert_true(
		    str_eq(req->response.type, STR("application/json")));
	}
}

static void
a_header_cannot_smuggle_a_line(void **state)
{
	struct request *req = begin(state);

	response_header(
	    &req->response, STR("ETag"), STR("a\r\nSet-Cookie: x\0\x7f\tb"));
	response_header(&req->response, STR("X-Ü"), STR("ü "));
	response_header_i64(&req->response, STR("Age"), -5);
	assert_head(req, "ETag: aSet-Cookie: xb\r\nX-Ü: ü \r\nAge: -5\r\n");
}

static void
header_lines_survive_a_failure(void **state)
{
	struct request *req = begin(state);

	response_header(&req->response, STR("Allow"), STR("GET"));
	response_fail(req, 405, "x");
	assert_head(req, "Allow: GET\r\n");
}

static void
each_outcome_has_a_status(void **state)
{
	(void)state;
	assert_int_equal(response_status_of(ST_OK), 200);
	assert_int_equal(response_status_of(ST_MISSING), 404);
	assert_int_equal(response_status_of(ST_EXISTS), 409);
	assert_int_equal(response_status_of(ST_INVALID), 400);
	assert_int_equal(response_status_of(ST_DENIED), 403);
	assert_int_equal(response_status_of(ST_REFUSED), 429);
	assert_int_equal(response_status_of(ST_TOO_BIG), 413);
	assert_int_equal(response_status_of(ST_FULL), 503);
	assert_int_equal(response_status_of(ST_TIMEOUT), 504);
	assert_int_equal(response_status_of(ST_UNAVAILABLE), 503);
	assert_int_equal(response_status_of(ST_STALE), 503);
	assert_int_equal(response_status_of(ST_ERROR), 500);
	for (int st = ST_OK; st <= ST_ERROR; st++)
		assert_string_not_equal(
		    response_reason(response_status_of((enum status)st)),
		    "Other");
	assert_string_equal(response_reason(299), "Other");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_has_the_envelope_in_its_order),
		cmocka_unit_test(an_answer_whose_head_has_left_stays_as_it_is),
		cmocka_unit_test(a_failure_may_have_a_context_and_a_code),
		cmocka_unit_test(a_failure_replaces_the_body),
		cmocka_unit_test(to_who_has_gone_nothing_is_said),
		cmocka_unit_test(a_problem_is_sent_to_who_accepts_it),
		cmocka_unit_test(other_accepts_get_the_envelope),
		cmocka_unit_test(a_header_cannot_smuggle_a_line),
		cmocka_unit_test(header_lines_survive_a_failure),
		cmocka_unit_test(each_outcome_has_a_status),
	};

	return cmocka_run_group_tests(tests, open_call, close_call);
}
