#include "middleware/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

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

static struct request *
begin(void **state, int64_t most)
{
	struct request *req = call_begin(*state, "POST", "/api/v2/f/a");

	req->body_limit = (struct body_limit){ most, "max_file_size" };
	return req;
}

/* A source that gives one byte after the other, then how it ends. */
struct dripping {
	struct body_source source; /* first */
	const char *left;
	enum status end;
};

static enum status
drip(struct body_source *source, char *to, size_t room, size_t *got)
{
	struct dripping *d = (struct dripping *)source;

	assert_true(room > 0);
	if (*d->left == '\0')
		return d->end;
	*to = *d->left++;
	*got = 1;
	return ST_OK;
}

static void
a_body_that_came_whole_is_read_in_pieces(void **state)
{
	struct request *req = begin(state, 10);
	char piece[4];
	size_t got;

	req->body = STR("0123456");
	req->param[PARAM_CONTENT_LENGTH] = STR("7");
	assert_int_equal(body_read(req, piece, 4, &got), ST_OK);
	assert_int_equal(got, 4);
	assert_memory_equal(piece, "0123", 4);
	assert_int_equal(body_read(req, piece, 4, &got), ST_OK);
	assert_int_equal(got, 3);
	assert_memory_equal(piece, "456", 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(body_read(req, piece, 4, &got), ST_OK);
		assert_int_equal(got, 0);
	}
	assert_int_equal(body_taken(req), 7);
}

static void
a_request_without_a_body_ends_at_once(void **state)
{
	struct request *req = begin(state, 10);
	char piece[4];
	size_t got = 9;

	assert_int_equal(body_read(req, piece, 4, &got), ST_OK);
	assert_int_equal(got, 0);
}

static enum status
read_all(struct request *req, size_t *n)
{
	char piece[4];
	size_t got;
	enum status st;

	*n = 0;
	while ((st = body_read(req, piece, 4, &got)) == ST_OK && got > 0)
		*n += got;
	return st;
}

static void
a_body_is_read_as_it_arrives(void **state)
{
	struct request *req = begin(state, 5);
	struct dripping d = { { drip }, "01234", ST_OK };
	size_t n;

	req->source = &d.source;
	assert_int_equal(read_all(req, &n), ST_OK);
	assert_int_equal(n, 5);
}

static void
what_is_longer_than_its_limit_is_too_big(void **state)
{
	struct request *req = begin(state, 5);
	struct dripping d = { { drip }, "012345", ST_OK };
	size_t n;

	req->source = &d.source;
	assert_int_equal(read_all(req, &n), ST_TOO_BIG);
	assert_int_equal(n, 5);
	body_fail(req, ST_TOO_BIG);
	assert_int_equal(req->response.status, 413);
	assert_string_equal(req->response.message.p,
	    "The request body is larger than max_file_size (5 bytes).");
}

static void
what_is_not_as_long_as_announced_is_refused(void **state)
{
	struct request *req = begin(state, 9);
	struct dripping d = { { drip }, "012345", ST_OK };
	size_t n;

	req->source = &d.source;
	req->param[PARAM_CONTENT_LENGTH] = STR("7");
	assert_int_equal(read_all(req, &n), ST_INVALID);
	body_fail(req, ST_INVALID);
	assert_int_equal(req->response.status, 400);
	assert_string_equal(req->response.message.p,
	    "The request body has 6 bytes, Content-Length says 7.");
}

static void
how_it_broke_off_is_told(void **state)
{
	static const struct {
		enum status st;
		int status;
	} rows[] = { { ST_TIMEOUT, 408 }, { ST_UNAVAILABLE, RESPONSE_GONE },
		{ ST_ERROR, 500 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request *req = begin(state, 9);
		struct dripping d = { { drip }, "01", rows[i].st };
		size_t n;

		req->source = &d.source;
		assert_int_equal(read_all(req, &n), rows[i].st);
		assert_int_equal(n, 2);
		body_fail(req, rows[i].st);
		assert_int_equal(req->response.status, rows[i].status);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_call, close_call)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_body_that_came_whole_is_read_in_pieces),
		TEST(a_request_without_a_body_ends_at_once),
		TEST(a_body_is_read_as_it_arrives),
		TEST(what_is_longer_than_its_limit_is_too_big),
		TEST(what_is_not_as_long_as_announced_is_refused),
		TEST(how_it_broke_off_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
