#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/jsoncheck.h"

#define DEPTH 4

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* wanted NULL: the text is good; else it is the beginning of the error. */
static void
assert_check(struct str text, const char *wanted)
{
	struct error err = { 0 };
	enum status st = json_check(&arena, text, DEPTH, &err);

	if (wanted == NULL) {
		assert_string_equal(err.text, "");
		assert_int_equal(st, ST_OK);
		return;
	}
	assert_int_equal(st, ST_INVALID);
	if (!str_starts(str_of(err.text), str_of(wanted)))
		assert_string_equal(err.text, wanted);
}

static void
good_text_passes(void **state)
{
	(void)state;
	assert_check(STR("0"), NULL);
	assert_check(STR(" \t\r\n null \n"), NULL);
	assert_check(STR("\"\""), NULL);
	assert_check(STR("[]"), NULL);
	assert_check(STR("{}"), NULL);
	assert_check(STR("[true,false,null,-0,1.5e+3,1E400]"), NULL);
	assert_check(
	    STR("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":[]}"), NULL);
	assert_check(STR("{\"resource\" : [ {\"n\" : \"Zürich\"} ] }"), NULL);
	assert_check(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""), NULL);
	assert_check(STR("\"a\\u0000b\""), NULL);
	assert_check(STR("\"\\ud83d\\ude00 😀\""), NULL);
}

static void
an_empty_text_is_not_a_value(void **state)
{
	(void)state;
	assert_check(STR(""),
	    "line 1 column 1: expected a value, found the end of the text");
	assert_check(STR(" \n "),
	    "line 2 column 2: expected a value, found the end of the text");
}

static void
the_error_says_what_was_expected(void **state)
{
	(void)state;
	assert_check(STR("{\"a\":1 \"b\":2}"),
	    "line 1 column 8: expected ',' or '}' after a member, found '\"'");
	assert_check(STR("[1 2]"),
	    "line 1 column 4: expected ',' or ']' after an element, found '2'");
	assert_check(STR("{\"a\" 1}"),
	    "line 1 column 6: expected ':' after a member name, found '1'");
	assert_check(STR("{'a':1}"), "line 1 column 2: expected a member name "
				     "in double quotes or '}', found '''");
	assert_check(STR("{\"a\":1,}"),
	    "line 1 column 8: expected a member name in double quotes, found "
	    "'}'");
	assert_check(
	    STR("[1,]"), "line 1 column 4: expected a value, found ']'");
	assert_check(
	    STR("[,1]"), "line 1 column 2: expected a value or ']', found ','");
	assert_check(STR("{} x"), "line 1 column 4: expected nothing more "
				  "after the value, found 'x'");
	assert_check(STR("{\"a\":"),
	    "line 1 column 6: expected a value, found the end of the text");
	assert_check(STR("[1}"),
	    "line 1 column 3: expected ',' or ']' after an element, found '}'");
}

static void
what_is_no_value_is_refused(void **state)
{
	(void)state;
	assert_check(STR("NaN"), "line 1 column 1: expected a value");
	assert_check(STR("[Infinity]"), "line 1 column 2: expected a value");
	assert_check(STR("nul"), "line 1 column 1: expected a value");
	assert_check(STR("truex"), "line 1 column 5: expected nothing more");
	assert_check(STR("\xEF\xBB\xBF{}"),
	    "line 1 column 1: expected a value, found byte 0xEF");
	assert_check(STR("[1]\0"),
	    "line 1 column 4: expected nothing more after the value, found "
	    "byte 0x00");
	assert_check(STR("/**/1"), "line 1 column 1: expected a value");
}

static void
numbers_follow_the_grammar(void **state)
{
	(void)state;
	assert_check(STR("-"), "line 1 column 2: expected a digit");
	assert_check(STR("01"), "line 1 column 2: expected nothing more");
	assert_check(STR("+1"), "line 1 column 1: expected a value");
	assert_check(STR(".5"), "line 1 column 1: expected a value");
	assert_check(STR("1."), "line 1 column 3: expected a digit");
	assert_check(STR("1e"), "line 1 column 3: expected a digit");
	assert_check(STR("1e+"), "line 1 column 4: expected a digit");
	assert_check(STR("0x10"), "line 1 column 2: expected nothing more");
	assert_check(STR("123456789012345678901234567890.5"), NULL);
}

static void
strings_are_strict(void **state)
{
	(void)state;
	assert_check(
	    STR("[\"abc"), "line 1 column 2: a string without closing quote");
	assert_check(
	    STR("\"a\nb\""), "line 1 column 3: control byte 0x0A in a string");
	assert_check(
	    STR("\"\0\""), "line 1 column 2: control byte 0x00 in a string");
	assert_check(STR("\"\\x\""), "line 1 column 3: expected one of");
	assert_check(STR("\"\\"), "line 1 column 3: expected one of");
	assert_check(STR("\"\\\0\""), "line 1 column 3: expected one of");
	assert_check(STR("\"\\u12g4\""),
	    "line 1 column 2: expected four hexadecimal digits");
	assert_check(STR("\"\\u12"),
	    "line 1 column 2: expected four hexadecimal digits");
}

static void
half_surrogates_are_refused(void **state)
{
	(void)state;
	assert_check(STR("\"\\ud800\""), "line 1 column 2: \\uD800 is half");
	assert_check(STR("\"\\udc00\""), "line 1 column 2: \\uDC00 is half");
	assert_check(
	    STR("\"\\ud800\\ud800\""), "line 1 column 2: \\uD800 is half");
	assert_check(
	    STR("\"\\ud800\\u0041\""), "line 1 column 2: \\uD800 is half");
	assert_check(STR("\"\\ud800x\""), "line 1 column 2: \\uD800 is half");
	assert_check(STR("\"\\udbff\\udfff\""), NULL);
}

static void
only_true_utf8_passes(void **state)
{
	static const char *const bad[] = { "\x80", "\xC0\xAF", "\xC1\xBF",
		"\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
		"\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98",
		"\xE2\x28\xA1" };
	static const char *const good[] = { "\x7F", "\xC2\x80", "\xDF\xBF",
		"\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
		"\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_check(arena_printf(&arena, "\"é%s\"", bad[i]),
		    "line 1 column 3: byte 0x");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_check(arena_printf(&arena, "\"%s\"", good[i]), NULL);
}

static void
columns_count_characters(void **state)
{
	(void)state;
	assert_check(STR("{\n  \"ä€😀\": x}"),
	    "line 2 column 10: expected a value, found 'x'");
	assert_check(STR("[\r\n1,\r\n?]"), "line 3 column 1: expected a value");
}

static void
nesting_is_bounded(void **state)
{
	(void)state;
	assert_check(STR("[[[[1]]]]"), NULL);
	assert_check(STR("[{\"a\":[{}]}]"), NULL);
	assert_check(
	    STR("[[[[[1]]]]]"), "line 1 column 5: nested deeper than 4 levels");
	assert_int_equal(json_check(&arena, STR("1"), 0, NULL), ST_OK);
	assert_int_equal(json_check(&arena, STR("[]"), 0, NULL), ST_INVALID);
}

static void
a_name_stands_once_in_an_object(void **state)
{
	(void)state;
	assert_check(STR("{\"a\":1,\"b\":2,\"a\":3}"),
	    "line 1 column 14: a second member \"a\" in one object");
	assert_check(STR("{\"a\":1,\"\\u0061\":2}"),
	    "line 1 column 8: a second member \"a\"");
	assert_check(
	    STR("{\"\":1,\"\":2}"), "line 1 column 7: a second member");
	assert_check(
	    STR("{\"a\":{\"a\":1},\"A\":[{\"a\":1},{\"a\":2}]}"), NULL);
	assert_check(STR("{\"a\":{\"b\":1,\"b\":2},\"a\":1}"),
	    "line 1 column 13: a second member \"b\"");
}

static void
a_name_holds_no_nul(void **state)
{
	(void)state;
	assert_check(STR("{\"a\\u0000b\":1}"),
	    "line 1 column 4: \\u0000 in a member name");
}

/* Quadratic work on these would take minutes. */
static void
many_names_take_no_quadratic_time(void **state)
{
	int64_t began = clock_boot_ms();
	struct buf b = { 0 };

	(void)state;
	buf_put_char(&b, '{');
	for (int i = 0; i < 300000; i++)
		buf_printf(&b, "\"name%d\":1,", i);
	buf_put_lit(&b, "\"name7\":1}");
	assert_check(buf_str(&b), "line 1 column");
	buf_free(&b);
	assert_true(clock_boot_ms() - began < 20000);
}

static void
what_a_database_keeps_may_name_members_twice(void **state)
{
	char deep[2 * (JSON_TEXT_DEPTH + 1)];
	size_t n = JSON_TEXT_DEPTH;

	(void)state;
	assert_true(json_is_text(STR("{\"a\":1,\"a\":{\"\\u0000\":2}}")));
	assert_true(json_is_text(STR(" 1 ")));
	assert_false(json_is_text(STR("")));
	assert_false(json_is_text(STR("{\"a\":1")));
	assert_false(json_is_text(STR("\"\\ud800\"")));
	assert_false(json_is_text(STR("\"\xff\"")));
	memset(deep, '[', n);
	memset(deep + n, ']', n);
	assert_true(json_is_text(str_make(deep, 2 * n)));
	memset(deep, '[', n + 1);
	memset(deep + n + 1, ']', n + 1);
	assert_false(json_is_text(str_make(deep, 2 * n + 2)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text_passes),
		cmocka_unit_test(an_empty_text_is_not_a_value),
		cmocka_unit_test(the_error_says_what_was_expected),
		cmocka_unit_test(what_is_no_value_is_refused),
		cmocka_unit_test(numbers_follow_the_grammar),
		cmocka_unit_test(strings_are_strict),
		cmocka_unit_test(half_surrogates_are_refused),
		cmocka_unit_test(only_true_utf8_passes),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(a_name_stands_once_in_an_object),
		cmocka_unit_test(a_name_holds_no_nul),
		cmocka_unit_test(many_names_take_no_quadratic_time),
		cmocka_unit_test(what_a_database_keeps_may_name_members_twice),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
