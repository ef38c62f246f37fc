#include "middleware/handoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/request.h"
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

static struct handoff
how(struct request *req, const char *sendfile, const char *prefix)
{
	struct handoff out;
	struct error err = { 0 };

	assert_int_equal(handoff_read(req->arena, str_of(sendfile),
			     str_of(prefix), &out, &err),
	    ST_OK);
	return out;
}

static void
assert_line(void **state, const char *sendfile, const char *prefix,
    const char *path, const char *line)
{
	struct request *req = call_begin(*state, "GET", "/api/v2/f/a");
	struct handoff h = how(req, sendfile, prefix);

	handoff_answer(req, &h, str_of(path));
	assert_int_equal(req->response.status, 200);
	assert_true(req->response.content.handed);
	assert_int_equal(response_sent(req).n, 0);
	assert_true(str_eq(req->response.body, str_of(line)));
}

static void
the_header_names_prefix_and_path(void **state)
{
	assert_line(state, "x-accel-redirect", "/weir-files/", "a/b.txt",
	    "X-Accel-Redirect: /weir-files/a/b.txt");
	assert_line(state, "x-sendfile", "/srv/my files", "a",
	    "X-Sendfile: /srv/my%20files/a");
}

static void
what_is_no_plain_letter_is_encoded(void **state)
{
	assert_line(state, "x-accel-redirect", "/f/",
	    "50%/a?b#c+d\r\ne\"\\;\xC3\xA9~-_.",
	    "X-Accel-Redirect: "
	    "/f/50%25/a%3Fb%23c%2Bd%0D%0Ae%22%5C%3B%C3%A9~-_.");
}

static void
nothing_is_handed_off_unless_it_is_set(void **state)
{
	struct request *req = call_begin(*state, "GET", "/api/v2/f/a");
	struct handoff h = how(req, "", "");

	req->method = METHOD_GET;
	assert_false(handoff_fits(&h, req));
	h = how(req, "x-sendfile", "/srv");
	assert_true(handoff_fits(&h, req));
	req->method = METHOD_POST;
	assert_false(handoff_fits(&h, req));
}

static void
what_the_web_server_would_judge_otherwise_stays_here(void **state)
{
	static const enum request_param fields[] = { PARAM_IF_MATCH,
		PARAM_IF_UNMODIFIED_SINCE, PARAM_IF_RANGE };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct request *req = call_begin(*state, "GET", "/api/v2/f/a");
		struct handoff h = how(req, "x-sendfile", "/srv");

		req->method = METHOD_GET;
		req->param[fields[i]] = STR("\"a\"");
		assert_false(handoff_fits(&h, req));
	}
}

static void
a_wrong_setting_is_named(void **state)
{
	static const struct {
		const char *sendfile, *prefix, *named;
	} rows[] = {
		{ "x-sendfile", "", "sendfile_prefix" },
		{ "x-sendfile", "srv", "sendfile_prefix" },
		{ "x-accel-redirect", "/a\nb", "sendfile_prefix" },
		{ "X-Sendfile", "/srv", "sendfile must" },
	};
	struct request *req = call_begin(*state, "GET", "/api/v2/f/a");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct handoff out;
		struct error err = { 0 };

		assert_int_equal(
		    handoff_read(req->arena, str_of(rows[i].sendfile),
			str_of(rows[i].prefix), &out, &err),
		    ST_INVALID);
		assert_true(
		    str_starts(str_of(err.text), str_of(rows[i].named)));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_call, close_call)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_header_names_prefix_and_path),
		TEST(what_is_no_plain_letter_is_encoded),
		TEST(nothing_is_handed_off_unless_it_is_set),
		TEST(what_the_web_server_would_judge_otherwise_stays_here),
		TEST(a_wrong_setting_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
