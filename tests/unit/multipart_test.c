#include "middleware/multipart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "app/base/arena.h"
#include "app/base/buf.h"

#define TYPE "multipart/form-data; boundary=XbX"

static struct arena arena;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* Gives a body in two pieces, then in pieces of `step` bytes. */
struct pieces {
	struct str left;
	size_t first;
	size_t step;
};

static enum status
give(void *from, void *to, size_t room, size_t *got)
{
	struct pieces *p = from;
	size_t n = p->first > 0 ? p->first : p->step;

	assert_true(room > 0);
	p->first = 0;
	if (n > p->left.n)
		n = p->left.n;
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(to, p->left.p, n);
	p->left = str_skip(p->left, n);
	*got = n;
	return ST_OK;
}

static enum status
put_content(struct multipart *m, struct buf *out, struct error *err)
{
	char piece[7];
	size_t got;
	enum status st;

	while ((st = multipart_read(m, piece, sizeof(piece), &got, err)) ==
		   ST_OK &&
	       got > 0)
		buf_put(out, str_make(piece, got));
	return st;
}

/* All of its parts as one text: name|filename|type|content, each in brackets;
 * what is absent is "-". */
static enum status
parse(const char *type, struct pieces *body, struct buf *out, struct error *err)
{
	struct multipart m;
	struct multipart_part part;
	enum status st =
	    multipart_open(&m, &arena, str_of(type), give, body, err);

	while (st == ST_OK) {
		st = multipart_next(&m, &part, err);
		if (st != ST_OK)
			return st;
		buf_printf(out, "[%.*s|%.*s|%.*s|", STR_ARG(part.name),
		    STR_ARG(
			str_is_null(part.filename) ? STR("-") : part.filename),
		    STR_ARG(str_is_null(part.type) ? STR("-") : part.type));
		st = put_content(&m, out, err);
		buf_put_char(out, ']');
	}
	return st;
}

static enum status
parse_cut(struct str body, size_t first, size_t step, struct buf *out)
{
	struct pieces pieces = { body, first, step };
	struct error err = { 0 };

	*out = buf_in(&arena);
	return parse(TYPE, &pieces, out, &err);
}

/* However it is cut. */
static void
assert_parts(struct str body, const char *parts)
{
	struct buf out;

	for (size_t first = 1; first <= body.n; first++) {
		assert_int_equal(
		    parse_cut(body, first, body.n, &out), ST_MISSING);
		assert_true(str_eq(buf_str(&out), str_of(parts)));
		if (first % 64 == 0)
			arena_reset(&arena);
	}
	for (size_t step = 1; step < 6; step++) {
		assert_int_equal(parse_cut(body, 0, step, &out), ST_MISSING);
		assert_true(str_eq(buf_str(&out), str_of(parts)));
	}
}

static void
assert_refused(struct str body, enum status wanted)
{
	struct buf out;

	assert_int_equal(parse_cut(body, 0, body.n + 1, &out), wanted);
	assert_int_equal(parse_cut(body, 0, 1, &out), wanted);
}

static void
parts_come_one_after_the_other(void **state)
{
	(void)state;
	assert_parts(
	    STR("--XbX\r\n"
		"Content-Disposition: form-data; name=\"a\"\r\n"
		"\r\n"
		"one\r\n"
		"--XbX\r\n"
		"content-disposition: FORM-DATA; name=f; filename=\"b.txt\"\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"\r\n"
		"two\r\nlines\r\n"
		"--XbX--\r\n"),
	    "[a|-|-|one][f|b.txt|text/plain; charset=utf-8|two\r\nlines]");
}

static void
what_looks_like_a_boundary_is_content(void **state)
{
	(void)state;
	assert_parts(
	    STR("--XbX\r\n"
		"Content-Disposition: form-data; name=a\r\n"
		"\r\n"
		"\r\n--Xb\r\n-\r\r\n--\r\n--XbY --XbX\n--XbX\r\r\n--XbX--"),
	    "[a|-|-|\r\n--Xb\r\n-\r\r\n--\r\n--XbY --XbX\n--XbX\r]");
}

static void
parts_may_be_empty(void **state)
{
	(void)state;
	assert_parts(STR("--XbX \t \r\n"
			 "Content-Disposition: form-data; name=a\r\n"
			 "\r\n"
			 "\r\n--XbX\r\n"
			 "Content-Disposition: form-data; filename=\"\"\r\n"
			 "\r\n"
			 "\r\n--XbX--"),
	    "[a|-|-|][||-|]");
	assert_parts(STR("--XbX--\r\n"), "");
}

static void
what_stands_around_the_parts_means_nothing(void **state)
{
	(void)state;
	assert_parts(STR("a preamble\r\nof two lines\r\n--XbX\r\n"
			 "Content-Disposition: form-data; name=a\r\n\r\n1\r\n"
			 "--XbX--\r\nan epilogue\r\n--XbX\r\n"),
	    "[a|-|-|1]");
}

static void
long_content_comes_through(void **state)
{
	static const char head[] =
	    "--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\n";
	static const char end[] = "\r\n--XbX--";
	struct buf body = buf_in(&arena), out = buf_in(&arena);
	struct multipart m;
	struct multipart_part part;
	struct pieces pieces = { .step = 50021 };
	struct error err = { 0 };
	size_t n = 0, got;
	char piece[10007];

	(void)state;
	buf_put(&body, str_of(head));
	for (size_t i = 0; i < 300000; i++)
		buf_put_char(&body, "\r\n--Xab"[i * 7919 % 13 % 7]);
	buf_put(&body, str_of(end));
	pieces.left = buf_str(&body);
	assert_int_equal(
	    multipart_open(&m, &arena, STR(TYPE), give, &pieces, &err), ST_OK);
	assert_int_equal(multipart_next(&m, &part, &err), ST_OK);
	while (multipart_read(&m, piece, sizeof(piece), &got, &err) == ST_OK &&
	       got > 0)
		buf_put(&out, str_make(piece, got));
	n = out.n;
	assert_int_equal(n, 300000);
	assert_memory_equal(out.p, body.p + sizeof(head) - 1, n);
	assert_int_equal(multipart_next(&m, &part, &err), ST_MISSING);
	assert_int_equal(multipart_next(&m, &part, &err), ST_MISSING);
}

static void
a_part_need_not_be_read(void **state)
{
	struct pieces pieces = {
		STR("--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\n"
		    "one\r\n--XbX\r\n"
		    "Content-Disposition: form-data; name=b\r\n\r\ntwo\r\n"
		    "--XbX--"),
		0, 3
	};
	struct multipart m;
	struct multipart_part part;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    multipart_open(&m, &arena, STR(TYPE), give, &pieces, &err), ST_OK);
	assert_int_equal(multipart_next(&m, &part, &err), ST_OK);
	assert_int_equal(multipart_next(&m, &part, &err), ST_OK);
	assert_true(str_eq(part.name, STR("b")));
	assert_int_equal(multipart_next(&m, &part, &err), ST_MISSING);
}

#define DISPOSED "Content-Disposition: form-data; name=a\r\n"

static void
what_is_not_in_order_is_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"no boundary at all",
		"--XbX",
		"--XbX\r\n",
		"--XbX\r\n" DISPOSED,
		"--XbX\r\n" DISPOSED "\r\n",
		"--XbX\r\n" DISPOSED "\r\none\r\n--XbX",
		"--XbX\r\n" DISPOSED "\r\none\r\n--XbX-",
		"--XbX\r\n" DISPOSED "\r\none\r\n--XbY--",
		"--XbXjunk\r\n" DISPOSED "\r\none\r\n--XbX--",
		"--XbX\r\n\r\none\r\n--XbX--",
		"--XbX\r\nContent-Type: a/b\r\n\r\none\r\n--XbX--",
		"--XbX\r\nno header\r\n" DISPOSED "\r\none\r\n--XbX--",
		"--XbX\r\n: empty\r\n" DISPOSED "\r\none\r\n--XbX--",
		"--XbX\r\nA : b\r\n" DISPOSED "\r\none\r\n--XbX--",
		"--XbX\r\nContent-Disposition: file; name=a\r\n\r\n1\r\n"
		"--XbX--",
		"--XbX\r\nContent-Transfer-Encoding: base64\r\n" DISPOSED
		"\r\nMQ==\r\n--XbX--",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_refused(str_of(bodies[i]), ST_INVALID);
}

static struct str
repeated(const char *before, const char *what, size_t n, const char *behind)
{
	struct buf out = buf_in(&arena);

	buf_put(&out, str_of(before));
	for (size_t i = 0; i < n; i++)
		buf_put(&out, str_of(what));
	buf_put(&out, str_of(behind));
	return buf_str(&out);
}

static void
headers_and_parts_have_bounds(void **state)
{
	static const char part[] = "--XbX\r\n" DISPOSED "\r\n1\r\n";
	struct buf out;

	(void)state;
	assert_refused(repeated("--XbX\r\nA: ", "a", MULTIPART_HEAD_MAX,
			   "\r\n" DISPOSED "\r\n1\r\n--XbX--"),
	    ST_TOO_BIG);
	assert_refused(repeated("--XbX\r\nA: ", "a", 200000, ""), ST_TOO_BIG);
	assert_refused(
	    repeated("", part, MULTIPART_PARTS_MAX + 1, "--XbX--"), ST_TOO_BIG);
	assert_int_equal(
	    parse_cut(repeated("", part, MULTIPART_PARTS_MAX, "--XbX--"), 0,
		9999, &out),
	    ST_MISSING);
	assert_refused(repeated("--XbX", " ", 1000, "\r\n"), ST_INVALID);
}

static void
a_boundary_has_bounds(void **state)
{
	static const char *const wrong[] = { "multipart/form-data",
		"multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"a",
		"multipart/form-data; boundary=a\xC3\xA9",
		"multipart/form-data; boundary=\"a \"",
		"multipart/form-data; boundary=a\"b",
		"multipart/mixed; boundary=a", "text/plain", "" };
	struct pieces none = { .left = STR_NULL };
	struct multipart m;
	struct str much;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(multipart_open(&m, &arena, str_of(wrong[i]),
				     give, &none, NULL),
		    ST_INVALID);
	much = repeated(
	    "multipart/form-data; boundary=", "a", MULTIPART_BOUNDARY_MAX, "");
	assert_int_equal(
	    multipart_open(&m, &arena, much, give, &none, NULL), ST_OK);
	much = repeated("multipart/form-data; boundary=", "a",
	    MULTIPART_BOUNDARY_MAX + 1, "");
	assert_int_equal(
	    multipart_open(&m, &arena, much, give, &none, NULL), ST_INVALID);
	assert_int_equal(
	    multipart_open(&m, &arena,
		STR("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\""),
		give, &none, NULL),
	    ST_OK);
}

static enum status
time_out(void *from, void *to, size_t room, size_t *got)
{
	(void)from;
	(void)to;
	(void)room;
	*got = 0;
	return ST_TIMEOUT;
}

static void
a_reader_that_fails_ends_it(void **state)
{
	struct multipart m;
	struct multipart_part part;

	(void)state;
	assert_int_equal(
	    multipart_open(&m, &arena, STR(TYPE), time_out, NULL, NULL), ST_OK);
	assert_int_equal(multipart_next(&m, &part, NULL), ST_TIMEOUT);
}

static void
a_body_that_ends_too_early_is_told_of(void **state)
{
	static const char part[] = "--XbX\r\n" DISPOSED "\r\n1";
	struct pieces pieces = { str_of(part), 0, 5 };
	struct error err = { 0 };
	struct buf out = buf_in(&arena);

	(void)state;
	assert_int_equal(parse(TYPE, &pieces, &out, &err), ST_INVALID);
	assert_string_equal(
	    err.text, "The request body ends before its last boundary.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_come_one_after_the_other),
		TEST(what_looks_like_a_boundary_is_content),
		TEST(parts_may_be_empty),
		TEST(what_stands_around_the_parts_means_nothing),
		TEST(long_content_comes_through),
		TEST(a_part_need_not_be_read),
		TEST(what_is_not_in_order_is_refused),
		TEST(headers_and_parts_have_bounds),
		TEST(a_boundary_has_bounds),
		TEST(a_reader_that_fails_ends_it),
		TEST(a_body_that_ends_too_early_is_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
