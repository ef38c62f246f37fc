#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/file/path.h"

#define LONG_255                                                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
assert_path(const char *text, const char *path, bool is_folder)
{
	struct error err = { .text = "" };
	struct file_path out;

	assert_int_equal(file_path_read(str_of(text), &out, &err), ST_OK);
	assert_string_equal(err.text, "");
	assert_true(str_eq(out.text, str_of(path)));
	assert_int_equal(out.is_folder, is_folder);
}

static void
assert_refused(struct str text, const char *why)
{
	struct error err = { .text = "" };
	struct file_path out;

	assert_int_equal(file_path_read(text, &out, &err), ST_INVALID);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%.*s\": %s", STR_ARG(text), err.text);
}

static void
a_slash_at_the_end_means_a_folder(void **state)
{
	(void)state;
	assert_path("", "", true);
	assert_path("a", "a", false);
	assert_path("a/", "a", true);
	assert_path("a/b.txt", "a/b.txt", false);
	assert_path("a/b/", "a/b", true);
	assert_path(LONG_255, LONG_255, false);
}

/* They are odd, and harmless. */
static void
names_may_be_odd(void **state)
{
	static const char *const names[] = { "...", ".htaccess", "a b", "50%",
		"50%25", "100%zz", "a%2", "%41", "ä ö", "漢字", "..a", "a..",
		"AC\xEF\xBC\x8F"
		"DC",
		"1\xE2\x81\x84"
		"2",
		"C:", "~", "*", "a:b", "-rf", "con", "e\xCC\x81",
		"\xF0\x9F\x91\xA9\xE2\x80"
		"\x8D\xF0\x9F\x92\xBB",
		"weir-", "\"'" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_path(names[i], names[i], false);
}

static void
what_climbs_is_refused(void **state)
{
	static const char *const paths[] = { "..", ".", "../a", "a/..",
		"a/../b", "a/./b", "./a", "a/../", "../../../../etc/passwd" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_refused(str_of(paths[i]), "is '.' or '..'");
}

static void
what_climbs_when_decoded_again_is_refused(void **state)
{
	static const char *const paths[] = { "%2e%2e", "%2E%2e/a", "%2e.",
		".%2e", "a/%2e%2e/b", "%2e%2e%2fetc", "..%2fetc", "..%5cetc",
		"a%2fb", "%2fetc", "a%00", "a%0ab", "%252e%252e", "%252fetc",
		"%2e", "%25252e%25252e", "%c0%ae%c0%ae%2f" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_refused(str_of(paths[i]), "is encoded twice");
	assert_refused(STR("%2525252525252541"), "is encoded many times");
}

static void
what_looks_like_climbing_is_refused(void **state)
{
	static const char *const paths[] = { "\xE2\x80\xA5",
		"\xEF\xBC\x8E\xEF\xBC\x8E", ".\xE2\x80\xA4",
		"..\xEF\xBC\x8F"
		"etc",
		"a\xE2\x88\x95..",
		"..\xEF\xBC\xBC"
		"x",
		"\xE2\x80\xA4\xE2\x80\xA4\xE2\x88\x95"
		"x",
		"\xEF\xBC\x8E" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_refused(str_of(paths[i]), "looks like");
}

static void
there_is_one_way_to_write_a_path(void **state)
{
	(void)state;
	assert_refused(STR("/"), "begin with a slash");
	assert_refused(STR("/etc/passwd"), "begin with a slash");
	assert_refused(STR("//a"), "begin with a slash");
	assert_refused(STR("a//b"), "Name 2 of the path is empty");
	assert_refused(STR("a//"), "Name 2 of the path is empty");
	assert_refused(STR("a\\b"), "backslash");
	assert_refused(STR("..\\..\\a"), "backslash");
}

static void
control_characters_are_refused(void **state)
{
	(void)state;
	assert_refused(STR("a\0b"), "control");
	assert_refused(STR("a\nb"), "control");
	assert_refused(STR("a\x7F"), "control");
	assert_refused(STR("a\xC2\x80"), "control");
	assert_refused(STR("a\xE2\x80\xAE"
			   "gpj.exe"),
	    "control");
	assert_refused(STR("\xEF\xBB\xBF"
			   "a"),
	    "control");
	assert_refused(STR("a\xEF\xBF\xBF"), "control");
}

static void
what_is_no_utf8_is_refused(void **state)
{
	(void)state;
	assert_refused(STR("\xC0\xAE\xC0\xAE"), "UTF-8");
	assert_refused(STR("\xE0\x80\xAF"), "UTF-8");
	assert_refused(STR("a\xFF"), "UTF-8");
	assert_refused(STR("\xED\xA0\x80"), "UTF-8");
}

static void
the_names_of_weir_are_refused(void **state)
{
	(void)state;
	assert_refused(STR(".weir-0123"), "weir's own");
	assert_refused(STR("a/.weir-/b"), "Name 2 of the path is one of");
}

static void
lengths_are_bounded(void **state)
{
	char text[FILE_PATH_MAX + 2];
	struct file_path out;

	(void)state;
	assert_refused(STR(LONG_255 "a"), "longer than 255");
	memset(text, 'a', sizeof(text));
	for (size_t i = 100; i < sizeof(text); i += 100)
		text[i] = '/';
	assert_int_equal(
	    file_path_read(str_make(text, FILE_PATH_MAX), &out, NULL), ST_OK);
	assert_refused(str_make(text, FILE_PATH_MAX + 1), "1024 bytes");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'a' : '/';
	assert_int_equal(
	    file_path_read(str_make(text, 2 * FILE_DEPTH_MAX), &out, NULL),
	    ST_OK);
	assert_refused(str_make(text, 2 * FILE_DEPTH_MAX + 1), "32 names");
}

static void
a_path_is_a_folder_and_a_name(void **state)
{
	(void)state;
	assert_true(str_eq(file_path_name(STR("a/b/c")), STR("c")));
	assert_true(str_eq(file_path_folder(STR("a/b/c")), STR("a/b")));
	assert_true(str_eq(file_path_name(STR("a")), STR("a")));
	assert_true(str_eq(file_path_folder(STR("a")), STR("")));
	assert_true(str_eq(file_path_name(STR("")), STR("")));
	assert_true(str_eq(file_path_folder(STR("")), STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slash_at_the_end_means_a_folder),
		cmocka_unit_test(names_may_be_odd),
		cmocka_unit_test(what_climbs_is_refused),
		cmocka_unit_test(what_climbs_when_decoded_again_is_refused),
		cmocka_unit_test(what_looks_like_climbing_is_refused),
		cmocka_unit_test(there_is_one_way_to_write_a_path),
		cmocka_unit_test(control_characters_are_refused),
		cmocka_unit_test(what_is_no_utf8_is_refused),
		cmocka_unit_test(the_names_of_weir_are_refused),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(a_path_is_a_folder_and_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
