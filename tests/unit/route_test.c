#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "middleware/request.h"
#include "tests/support/call.h"

#define EIGHT    "01234567"
#define TOO_LONG (EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "8")

static int
open_call(void **state)
{
	static struct test_call call;

	assert_true(secret_init());
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

/* Routes a GET that must be understood. */
static struct request *
route(void **state, const char *uri)
{
	struct request *req = call_begin(*state, "GET", uri);

	assert_int_equal(request_route(req), ST_OK);
	assert_int_equal(req->response.status, 0);
	return req;
}

static void
assert_refused(void **state, const char *method, const char *uri, int status)
{
	struct request *req = call_begin(*state, method, uri);

	assert_int_not_equal(request_route(req), ST_OK);
	assert_int_equal(req->response.status, status);
	assert_true(req->response.is_error);
}

static void
assert_str(struct str s, const char *wanted)
{
	assert_non_null(s.p);
	assert_true(str_eq(s, str_of(wanted)));
}

static void
the_root_is_without_service(void **state)
{
	static const char *const roots[] = { "/api", "/api/", "/api/v2",
		"/api/v2/", "/api/v2.0", "/api/v2.0/?a=b", "/api?x",
		"/api/v3" };

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct request *req = route(state, roots[i]);

		assert_str(req->service_name, "");
		assert_str(req->resource, "");
		assert_str(req->path, "");
		assert_int_equal(req->n_segments, 0);
	}
}

static void
the_version_may_be_left_out(void **state)
{
	static const char *const same[] = { "/api/v2/db/_table/todo",
		"/api/db/_table/todo", "/api/v2.0/db/_table/todo?limit=1" };

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct request *req = route(state, same[i]);

		assert_int_equal(req->method, METHOD_GET);
		assert_str(req->service_name, "db");
		assert_str(req->resource, "_table/todo");
		assert_str(req->path, "db/_table/todo");
		assert_int_equal(req->n_segments, 2);
		assert_str(req->segment[0], "_table");
		assert_str(req->segment[1], "todo");
	}
}

static void
slashes_at_the_ends_are_no_segments(void **state)
{
	struct request *req = route(state, "/api/v2/db//_table/todo//");

	assert_str(req->resource, "_table/todo");
	assert_int_equal(req->n_segments, 2);
	assert_str(req->path, "db//_table/todo//");
	req = route(state, "/api/v2/db/");
	assert_str(req->resource, "");
	assert_int_equal(req->n_segments, 0);
}

static void
an_empty_segment_inside_is_kept(void **state)
{
	struct request *req = route(state, "/api/v2/cache/a//b");

	assert_str(req->resource, "a//b");
	assert_int_equal(req->n_segments, 3);
	assert_str(req->segment[1], "");
}

static void
segments_are_decoded_after_the_split(void **state)
{
	struct request *req =
	    route(state, "/api/v2/D%62/_table/a%2Fb%20c+d/%C3%BC");

	assert_str(req->service_name, "db");
	assert_str(req->resource, "_table/a/b c+d/ü");
	assert_int_equal(req->n_segments, 3);
	assert_str(req->segment[1], "a/b c+d");
	assert_str(req->segment[2], "ü");
}

static void
the_last_segment_takes_the_rest(void **state)
{
	struct request *req = route(state, "/api/c/1/2/3/4/5/6/7/8/9%2f/0");

	assert_int_equal(req->n_segments, SEGMENTS_MAX);
	assert_str(req->segment[6], "7");
	assert_str(req->segment[7], "8/9//0");
	assert_str(req->resource, "1/2/3/4/5/6/7/8/9//0");
}

static void
service_names_are_lower_case(void **state)
{
	assert_str(
	    route(state, "/api/v2/My-DB_2.x")->service_name, "my-db_2.x");
	assert_str(route(state, "/api/v2x/t")->service_name, "v2x");
	assert_str(route(state, "/api/v/t")->service_name, "v");
}

static void
a_name_no_service_can_have_is_not_found(void **state)
{
	assert_refused(state, "GET", "/api/v2/a%20b/x", 404);
	assert_refused(state, "GET", "/api/v2/d%C3%BC", 404);
	assert_refused(state, "GET", "/api/v2//x", 404);
	assert_refused(state, "GET", "/api/v2/a%2Fb", 404);
}

static void
other_paths_are_not_found(void **state)
{
	assert_refused(state, "GET", "/", 404);
	assert_refused(state, "GET", "/apiary", 404);
	assert_refused(state, "GET", "/API/v2", 404);
	assert_refused(state, "GET", "/index.html?a=/api/v2", 404);
	assert_refused(state, "GET", "*", 404);
	assert_refused(state, "GET", "http://host/api/v2", 404);
	assert_refused(state, "GET", "", 400);
}

static void
paths_that_climb_are_refused(void **state)
{
	assert_refused(state, "GET", "/api/v2/../x", 400);
	assert_refused(state, "GET", "/api/v2/db/..", 400);
	assert_refused(state, "GET", "/api/v2/db/%2e%2E/x", 400);
	assert_refused(state, "GET", "/api/v2/db/a%2F..%2Fx", 400);
	assert_str(route(state, "/api/v2/db/a..b/...")->resource, "a..b/...");
}

static void
bad_escapes_are_refused(void **state)
{
	assert_refused(state, "GET", "/api/v2/db/%", 400);
	assert_refused(state, "GET", "/api/v2/db/%zz", 400);
	assert_refused(state, "GET", "/api/v2/db/a%00b", 400);
	assert_refused(state, "GET", "/api/v2/db?a=%", 400);
	assert_refused(state, "GET", "/api/v2/db?a=1&b%00=2", 400);
}

static void
the_query_comes_from_its_own_parameter(void **state)
{
	struct request *req = call_begin(*state, "GET", "/api/v2/db?a=1");

	req->param[PARAM_QUERY] = STR("&&b=2&c");
	assert_int_equal(request_route(req), ST_OK);
	assert_true(str_is_null(request_query(req, STR("a"))));
	assert_str(request_query(req, STR("b")), "2");
	assert_int_equal(req->query.n, 2);
}

static void
the_query_is_taken_from_the_uri_otherwise(void **state)
{
	struct request *req = route(state, "/api/v2/db/x?a=1%26?&b=+");

	assert_str(request_query(req, STR("a")), "1&?");
	assert_str(request_query(req, STR("b")), " ");
	assert_str(req->resource, "x");
}

static void
too_many_parameters_name_the_limit(void **state)
{
	struct request *req;

	(void)route(state, "/api/v2/db?a&b&c&d");
	assert_refused(state, "GET", "/api/v2/db?a&b&c&d&e", 400);
	req = &((struct test_call *)*state)->req;
	assert_non_null(
	    strstr(arena_dup(req->arena, response_body(&req->response)).p,
		"more than 4 parameters (MAX_PARAMS)"));
}

static void
an_unknown_verb_is_told_what_is_allowed(void **state)
{
	struct request *req = call_begin(*state, "BREW", "/api/v2/db");

	assert_int_equal(request_route(req), ST_INVALID);
	assert_int_equal(req->response.status, 405);
	assert_str(buf_str(&req->response.head),
	    "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
	assert_refused(state, "", "/api/v2/db", 405);
}

/* Routes a POST with one header that names another verb. */
static enum method
tunnel(
    void **state, enum request_param header, const char *verb, const char *uri)
{
	struct request *req = call_begin(*state, "POST", uri);

	req->param[header] = str_of(verb);
	if (request_route(req) != ST_OK)
		return METHOD_NONE;
	assert_int_equal(req->tunnelled, *verb != '\0');
	return req->method;
}

static void
a_post_may_stand_for_another_verb(void **state)
{
	static const enum request_param headers[] = { PARAM_X_HTTP_METHOD,
		PARAM_X_METHOD_OVERRIDE, PARAM_X_HTTP_METHOD_OVERRIDE };

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
		    tunnel(state, headers[i], "get", "/api/v2/db"), METHOD_GET);
		assert_int_equal(
		    tunnel(state, headers[i], "Merge", "/api/v2/db"),
		    METHOD_PATCH);
		assert_int_equal(
		    tunnel(state, headers[i], "", "/api/v2/db"), METHOD_POST);
	}
	assert_int_equal(tunnel(state, PARAM_X_HTTP_METHOD, "PUT",
			     "/api/v2/db?method=DELETE"),
	    METHOD_PUT);
}

static void
the_query_may_name_the_verb_of_a_post(void **state)
{
	struct request *req =
	    call_begin(*state, "POST", "/api/v2/db?method=delete");

	assert_int_equal(request_route(req), ST_OK);
	assert_int_equal(req->method, METHOD_DELETE);
	assert_true(req->tunnelled);
	req = call_begin(*state, "POST", "/api/v2/db?_method=PUT");
	assert_int_equal(request_route(req), ST_OK);
	assert_int_equal(req->method, METHOD_PUT);
	req = route(state, "/api/v2/db?method=delete");
	assert_int_equal(req->method, METHOD_GET);
	assert_false(req->tunnelled);
}

static void
a_post_cannot_stand_for_anything(void **state)
{
	static const char *const bad[] = { "HEAD", "OPTIONS", "BREW", " get" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    tunnel(state, PARAM_X_HTTP_METHOD, bad[i], "/api/v2/db"),
		    METHOD_NONE);
		assert_int_equal(
		    ((struct test_call *)*state)->req.response.status, 405);
	}
}

static void
the_id_of_the_web_server_is_kept(void **state)
{
	struct request *req = call_begin(*state, "GET", "/api/v2");

	req->param[PARAM_REQUEST_ID] = STR("abc-DEF_1.2");
	req->param[PARAM_X_REQUEST_ID] = STR("client");
	(void)request_route(req);
	assert_str(req->id, "abc-DEF_1.2");
	req->param[PARAM_REQUEST_ID] = STR("");
	(void)request_route(req);
	assert_str(req->id, "client");
}

static void
a_bad_id_is_replaced(void **state)
{
	static const char *const bad[] = { "", "a b", "a\nb", "a\"b",
		TOO_LONG };
	char last[16] = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct request *req = call_begin(*state, "GET", "/nothing");

		req->param[PARAM_X_REQUEST_ID] = str_of(bad[i]);
		(void)request_route(req);
		assert_int_equal(req->id.n, 16);
		assert_memory_not_equal(req->id.p, last, sizeof(last));
		memcpy(last, req->id.p, sizeof(last));
	}
}

static void
what_was_sent_is_kept(void **state)
{
	static const struct {
		const char *uri;
		const char *resource;
	} cases[] = {
		{ "/api/v2/db", NULL },
		{ "/api/v2/db/", "" },
		{ "/api/v2/db//", "/" },
		{ "/api/v2/db/a%2Fb/?x", "a%2Fb/" },
		{ "/api/v2/db/a/b+c%20//", "a/b+c%20//" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request *req = call_begin(*state, "GET", cases[i].uri);

		assert_int_equal(request_route(req), ST_OK);
		assert_true(
		    str_eq(req->resource_sent, str_of(cases[i].resource)));
		assert_int_equal(
		    str_is_null(req->resource_sent), cases[i].resource == NULL);
	}
}

static void
the_query_is_kept_as_it_was_sent(void **state)
{
	struct request *req =
	    call_begin(*state, "GET", "/api/v2/db?keys=a%2C,b");

	assert_int_equal(request_route(req), ST_OK);
	assert_true(str_eq(req->query_sent, STR("keys=a%2C,b")));
	req = call_begin(*state, "GET", "/api/v2/db");
	assert_int_equal(request_route(req), ST_OK);
	assert_int_equal(req->query_sent.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_is_without_service),
		cmocka_unit_test(the_version_may_be_left_out),
		cmocka_unit_test(slashes_at_the_ends_are_no_segments),
		cmocka_unit_test(an_empty_segment_inside_is_kept),
		cmocka_unit_test(segments_are_decoded_after_the_split),
		cmocka_unit_test(the_last_segment_takes_the_rest),
		cmocka_unit_test(service_names_are_lower_case),
		cmocka_unit_test(a_name_no_service_can_have_is_not_found),
		cmocka_unit_test(other_paths_are_not_found),
		cmocka_unit_test(paths_that_climb_are_refused),
		cmocka_unit_test(bad_escapes_are_refused),
		cmocka_unit_test(the_query_comes_from_its_own_parameter),
		cmocka_unit_test(the_query_is_taken_from_the_uri_otherwise),
		cmocka_unit_test(too_many_parameters_name_the_limit),
		cmocka_unit_test(an_unknown_verb_is_told_what_is_allowed),
		cmocka_unit_test(a_post_may_stand_for_another_verb),
		cmocka_unit_test(the_query_may_name_the_verb_of_a_post),
		cmocka_unit_test(a_post_cannot_stand_for_anything),
		cmocka_unit_test(the_id_of_the_web_server_is_kept),
		cmocka_unit_test(a_bad_id_is_replaced),
		cmocka_unit_test(what_was_sent_is_kept),
		cmocka_unit_test(the_query_is_kept_as_it_was_sent),
	};

	return cmocka_run_group_tests(tests, open_call, close_call);
}
