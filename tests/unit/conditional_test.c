#include "middleware/stages/conditional.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "middleware/etag.h"
#include "middleware/request.h"
#include "tests/support/call.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static const uint8_t digest_bytes[DIGEST_BYTES] = { 0xAB };

#define TAG "\"ab000000000000000000000000000000\""

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

/* A whole answer of ten bytes; of a file, when it has a tag. */
static struct request *
answered(void **state, bool has_tag)
{
	struct request *req = call_begin(*state, "GET", "/api/v2/f/a");
	struct response *res = &req->response;

	req->method = METHOD_GET;
	res->status = 200;
	res->type = STR("text/plain");
	res->body = STR("0123456789");
	if (!has_tag)
		return req;
	res->content.has_tag = true;
	memcpy(res->content.tag, digest_bytes, DIGEST_BYTES);
	res->content.modified = 784111777;
	res->content.ranges = true;
	return req;
}

/* Its head then, as text. */
static const char *
finish(struct request *req)
{
	conditional_judge(req, digest_bytes);
	conditional_answer(
	    req, digest_bytes, &(const struct keeping){ .client_ttl = 0 });
	return arena_dup(req->arena, buf_str(&req->response.head)).p;
}

static void
assert_sent(struct request *req, const char *body)
{
	struct str sent = response_sent(req);

	assert_int_equal(sent.n, strlen(body));
	if (sent.n > 0)
		assert_memory_equal(sent.p, body, sent.n);
}

static void
an_answer_names_its_tag(void **state)
{
	struct request *req = answered(state, false);
	const char *head = finish(req);

	assert_non_null(strstr(head, "ETag: " TAG "\r\n"));
	assert_non_null(strstr(head, "Cache-Control: private, no-cache\r\n"));
	assert_null(strstr(head, "Last-Modified"));
	assert_null(strstr(head, "Accept-Ranges"));
	assert_int_equal(req->response.status, 200);
}

static void
a_file_names_its_date_and_takes_ranges(void **state)
{
	struct request *req = answered(state, true);
	const char *head = finish(req);

	assert_non_null(strstr(head, "Last-Modified: " DATE "\r\n"));
	assert_non_null(strstr(head, "Accept-Ranges: bytes\r\n"));
	assert_sent(req, "0123456789");
}

static void
who_has_it_is_told_so(void **state)
{
	struct request *req = answered(state, false);

	req->param[PARAM_IF_NONE_MATCH] = STR(TAG);
	assert_non_null(strstr(finish(req), "ETag: " TAG));
	assert_int_equal(req->response.status, 304);
	req = answered(state, true);
	req->param[PARAM_IF_MODIFIED_SINCE] = STR(DATE);
	assert_non_null(strstr(finish(req), "Last-Modified: "));
	assert_int_equal(req->response.status, 304);
	assert_sent(req, "");
}

static void
an_answer_without_a_tag_of_its_own_knows_no_other_condition(void **state)
{
	struct request *req = answered(state, false);

	req->param[PARAM_IF_MATCH] = STR("\"other\"");
	req->param[PARAM_IF_MODIFIED_SINCE] = STR(DATE);
	req->param[PARAM_RANGE] = STR("bytes=1-2");
	(void)finish(req);
	assert_int_equal(req->response.status, 200);
	assert_sent(req, "0123456789");
}

static void
a_range_is_cut_out(void **state)
{
	struct request *req = answered(state, true);

	req->param[PARAM_RANGE] = STR("bytes=2-4");
	assert_non_null(strstr(finish(req), "Content-Range: bytes 2-4/10\r\n"));
	assert_int_equal(req->response.status, 206);
	assert_sent(req, "234");
	assert_int_equal(response_bytes(&req->response), 3);
	conditional_judge(req, digest_bytes);
	assert_sent(req, "234");
}

static void
a_range_of_a_file_moves_what_is_read(void **state)
{
	struct request *req = answered(state, true);
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	req->response.body = STR_NULL;
	response_file(req, fds[0], 100, INT64_C(5000000000));
	req->param[PARAM_RANGE] = STR("bytes=-7");
	(void)finish(req);
	assert_int_equal(req->response.status, 206);
	assert_int_equal(req->response.file.at, INT64_C(5000000093));
	assert_int_equal(response_bytes(&req->response), 7);
	response_file_close(&req->response);
	assert_int_equal(close(fds[0]), -1);
	(void)close(fds[1]);
}

static void
a_range_outside_is_refused(void **state)
{
	struct request *req = answered(state, true);

	req->param[PARAM_RANGE] = STR("bytes=10-");
	conditional_judge(req, digest_bytes);
	assert_int_equal(req->response.status, 416);
	assert_non_null(
	    strstr(arena_dup(req->arena, buf_str(&req->response.head)).p,
		"Content-Range: bytes */10\r\n"));
}

static void
a_range_of_what_has_changed_is_all_of_it(void **state)
{
	struct request *req = answered(state, true);

	req->param[PARAM_RANGE] = STR("bytes=2-4");
	req->param[PARAM_IF_RANGE] = STR("\"other\"");
	(void)finish(req);
	assert_int_equal(req->response.status, 200);
	req = answered(state, true);
	req->param[PARAM_RANGE] = STR("bytes=2-4");
	req->param[PARAM_IF_RANGE] = STR(TAG);
	(void)finish(req);
	assert_int_equal(req->response.status, 206);
}

static void
a_head_has_no_range(void **state)
{
	struct request *req = answered(state, true);

	req->method = METHOD_HEAD;
	req->param[PARAM_RANGE] = STR("bytes=2-4");
	(void)finish(req);
	assert_int_equal(req->response.status, 200);
	assert_int_equal(response_bytes(&req->response), 10);
	assert_sent(req, "");
}

static void
another_file_than_expected_is_a_failure(void **state)
{
	struct request *req = answered(state, true);

	req->param[PARAM_IF_MATCH] = STR("\"other\"");
	conditional_judge(req, digest_bytes);
	assert_int_equal(req->response.status, 412);
	assert_true(req->response.is_error);
}

static void
what_is_handed_off_has_a_line_and_no_body(void **state)
{
	struct request *req = answered(state, true);

	req->response.content.handed = true;
	req->response.body = STR("X-Sendfile: /srv/a");
	req->param[PARAM_RANGE] = STR("bytes=2-4");
	assert_non_null(strstr(finish(req), "X-Sendfile: /srv/a\r\n"));
	assert_int_equal(req->response.status, 200);
	assert_sent(req, "");
	req = answered(state, true);
	req->response.content.handed = true;
	req->response.body = STR("X-Sendfile: /srv/a");
	req->param[PARAM_IF_NONE_MATCH] = STR("*");
	assert_null(strstr(finish(req), "X-Sendfile"));
	assert_int_equal(req->response.status, 304);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_call, close_call)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_names_its_tag),
		TEST(a_file_names_its_date_and_takes_ranges),
		TEST(who_has_it_is_told_so),
		TEST(
		    an_answer_without_a_tag_of_its_own_knows_no_other_condition),
		TEST(a_range_is_cut_out),
		TEST(a_range_of_a_file_moves_what_is_read),
		TEST(a_range_outside_is_refused),
		TEST(a_range_of_what_has_changed_is_all_of_it),
		TEST(a_head_has_no_range),
		TEST(another_file_than_expected_is_a_failure),
		TEST(what_is_handed_off_has_a_line_and_no_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
