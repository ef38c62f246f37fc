#include "middleware/multipart_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/multipart.h"

static struct arena arena;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static struct str
repeated(const char *what, size_t n)
{
	struct buf out = buf_in(&arena);

	for (size_t i = 0; i < n; i++)
		buf_put(&out, str_of(what));
	return buf_str(&out);
}

static void
file_names_are_made_harmless(void **state)
{
	static const struct {
		const char *sent, *name;
	} rows[] = {
		{ "a.txt", "a.txt" },
		{ "../../etc/passwd", "passwd" },
		{ "/etc/passwd", "passwd" },
		{ "C:\\temp\\b.txt", "b.txt" },
		{ "a/b\\c", "c" },
		{ "a/", "" },
		{ ".", "" },
		{ "..", "" },
		{ "x/..", "" },
		{ "...", "..." },
		{ ".hidden", ".hidden" },
		{ " a b ", "a b" },
		{ "a\r\nb\x01\x7F", "ab" },
		{ ".\x01.", "" },
		{ "\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9" },
		{ "\xE9t\xE9", "" },
		{ "\xC0\xAE\xC0\xAE", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(
		    str_eq(multipart_filename(&arena, str_of(rows[i].sent)),
			str_of(rows[i].name)));
	assert_int_equal(multipart_filename(&arena, str_make("a\0b", 3)).n, 2);
	assert_int_equal(multipart_filename(&arena, repeated("a", 255)).n, 255);
	assert_int_equal(multipart_filename(&arena, repeated("a", 256)).n, 0);
}

static void
the_extended_file_name_goes_first(void **state)
{
	static const struct {
		const char *parameters, *name;
	} rows[] = {
		{ "filename=\"a.txt\"; filename*=UTF-8''%c3%a9.txt",
		    "\xC3\xA9.txt" },
		{ "filename*=utf-8'en'b%20c.txt; filename=a", "b c.txt" },
		{ "filename*=ISO-8859-1''%E9; filename=a", "a" },
		{ "filename*=UTF-8''%; filename=a", "a" },
		{ "filename*=UTF-8''..%2F..%2Fx", "x" },
		{ "filename*=UTF-8''%00a; filename=b", "b" },
		{ "filename=\"say \\\"a\\\" ; b\\\\c.txt\"", "c.txt" },
		{ "filename=\"a;b=c.txt\"; name=x", "a;b=c.txt" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct multipart_part part;
		struct str lines = arena_printf(&arena,
		    "Content-Disposition: form-data; %s", rows[i].parameters);

		assert_int_equal(
		    multipart_head_read(&arena, lines, &part, NULL), ST_OK);
		assert_true(str_eq(part.filename, str_of(rows[i].name)));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_names_are_made_harmless),
		TEST(the_extended_file_name_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
