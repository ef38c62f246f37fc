/* Row filters as an access row holds them: what is understood, and what opens
 * nothing because it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/registry/row_filters.h"

static struct arena arena;

static const char *
shown(const char *filters, const char *op)
{
	struct buf b = buf_in(&arena);

	row_filters_put(
	    &b, row_filters_read(&arena, str_of(filters), str_of(op)));
	buf_put_char(&b, '\0');
	return b.p;
}

#define ONE(op, value)                                                         \
	"[{\"name\":\"a\",\"operator\":\"" op "\",\"value\":" value "}]"

static void
nothing_is_no_filter(void **state)
{
	static const char *const none[] = { NULL, "", "  ", "null", "[]",
		" [ ] " };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(
		    row_filters_read(&arena, str_of(none[i]), STR("nonsense")));
}

static void
every_operator_is_known_in_any_case(void **state)
{
	static const struct {
		const char *filters;
		const char *shown;
	} pairs[] = {
		{ ONE("=", "\"x y\""), "a = \"x y\"" },
		{ ONE(" != ", "5"), "a != 5" },
		{ ONE("<>", "1.50"), "a != 1.50" },
		{ ONE("<", "true"), "a < true" },
		{ ONE("<=", "0"), "a <= 0" },
		{ ONE(">", "0"), "a > 0" },
		{ ONE(">=", "0"), "a >= 0" },
		{ ONE("=", "null"), "a = null" },
		{ ONE("IN", "[1,null,\"x\"]"), "a in [1,null,\"x\"]" },
		{ ONE("Not In", "\"1,2\""), "a not in \"1,2\"" },
		{ ONE("like", "\"x%\""), "a like \"x%\"" },
		{ ONE("NOT LIKE", "\"x%\""), "a not like \"x%\"" },
		{ ONE("starts with", "\"x\""), "a starts with \"x\"" },
		{ ONE("not starts with", "\"x\""), "a not starts with \"x\"" },
		{ ONE("ends with", "\"x\""), "a ends with \"x\"" },
		{ ONE("not ends with", "\"x\""), "a not ends with \"x\"" },
		{ ONE("contains", "\"x\""), "a contains \"x\"" },
		{ ONE("not contains", "\"x\""), "a not contains \"x\"" },
		{ ONE("is null", "\"{any.thing}\""), "a is null" },
		{ ONE("is not null", "[1]"), "a is not null" },
		{ "[{\"operator\":\"IS NULL\",\"name\":\" a \"}]",
		    "a is null" },
		{ ONE("=", "\"{open\""), "a = \"{open\"" },
		{ ONE("=", "\"}{\""), "a = \"}{\"" },
		{ ONE("=", "\"{user.id}\""), "a = \"{user.id}\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(
		    shown(pairs[i].filters, NULL), pairs[i].shown);
}

static void
filters_are_joined_by_and_or_by_or(void **state)
{
	static const char two[] =
	    "[{\"name\":\"a\",\"operator\":\"=\",\"value\":1},"
	    "{\"name\":\"b\",\"operator\":\"is null\",\"value\":\"\"}]";

	(void)state;
	assert_string_equal(shown(two, ""), "a = 1 and b is null");
	assert_string_equal(shown(two, "AND"), "a = 1 and b is null");
	assert_string_equal(shown(two, "&&"), "a = 1 and b is null");
	assert_string_equal(shown(two, " Or "), "a = 1 or b is null");
	assert_string_equal(shown(two, "||"), "a = 1 or b is null");
	assert_string_equal(shown(two, "xor"),
	    "unusable: filters are joined by \"and\" or \"or\", not \"xor\"");
}

static void
what_is_not_understood_says_why(void **state)
{
	static const struct {
		const char *filters;
		const char *words;
	} wrong[] = {
		{ "[", "filters are no JSON: " },
		{ "x", "filters are no JSON: " },
		{ "{}", "filters must be a JSON array" },
		{ "\"\"", "filters must be a JSON array" },
		{ "[1]", "a filter must be an object with" },
		{ "[{}]", "a filter must be an object with" },
		{ "[{\"name\":\"\",\"operator\":\"=\",\"value\":1}]",
		    "a filter must be an object with" },
		{ "[{\"name\":\"a\",\"value\":1}]",
		    "a filter must be an object with" },
		{ ONE("", "1"), "\"a\" has the operator \"\"" },
		{ ONE("= 1 or 1 =", "1"), "has the operator \"= 1 or 1 =\"" },
		{ ONE("between", "1"), "has the operator \"between\"" },
		{ "[{\"name\":\"a\",\"operator\":\"=\"}]",
		    "the filter on \"a\" needs a value" },
		{ ONE("=", "[1]"), "the filter on \"a\" needs a value" },
		{ ONE("in", "{}"), "the filter on \"a\" needs a value" },
		{ ONE("in", "[1,[2]]"), "the filter on \"a\" needs a value" },
		{ ONE("in", "[]"), "the list of the filter on \"a\" is empty" },
		{ ONE("=", "\"x\\u0000\""), "has a NUL byte" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *got = shown(wrong[i].filters, NULL);

		if (!str_starts(str_of(got), STR("unusable: ")) ||
		    strstr(got, wrong[i].words) == NULL)
			fail_msg("%s: %s", wrong[i].filters, got);
	}
}

/* One that is understood does not help another that is not. */
static void
one_fault_makes_all_unusable(void **state)
{
	const struct row_filters *filters = row_filters_read(&arena,
	    STR("[{\"name\":\"a\",\"operator\":\"=\",\"value\":1},"
		"{\"name\":\"b\",\"operator\":\"is\",\"value\":1}]"),
	    STR("or"));

	(void)state;
	assert_non_null(filters);
	assert_non_null(filters->fault);
	assert_int_equal(filters->n, 0);
}

/* They are what a cached answer depends on. */
static void
what_is_looked_up_is_known_once(void **state)
{
	static const char four[] =
	    "[{\"name\":\"a\",\"operator\":\"=\",\"value\":\"{user.id}\"},"
	    "{\"name\":\"b\",\"operator\":\"in\",\"value\":"
	    "[1,\"x{a}{user.id}\",\"{trim(b)}\"]},"
	    "{\"name\":\"{c}\",\"operator\":\"is null\",\"value\":\"{d}\"},"
	    "{\"name\":\"e\",\"operator\":\"=\",\"value\":true}]";
	static const char *const names[] = { "user.id", "a", "trim(b)" };
	const struct row_filters *filters =
	    row_filters_read(&arena, str_of(four), STR("and"));

	(void)state;
	assert_null(filters->fault);
	assert_int_equal(filters->n_lookups, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(str_eq(filters->lookups[i], str_of(names[i])));
}

static void
their_number_and_length_are_bounded(void **state)
{
	struct buf b = buf_in(&arena);

	(void)state;
	buf_put_char(&b, '[');
	for (unsigned i = 0; i <= ROW_FILTERS_MAX; i++)
		buf_printf(&b, "%s{\"name\":\"a\",\"operator\":\"is null\"}",
		    i == 0 ? "" : ",");
	buf_put_lit(&b, "]\0");
	assert_string_equal(
	    shown(b.p, NULL), "unusable: a row may have at most 100 filters");
	b.n = 0;
	for (size_t i = 0; i <= ROW_FILTERS_BYTES_MAX; i++)
		buf_put_char(&b, '1');
	buf_put_char(&b, '\0');
	assert_string_equal(shown(b.p, NULL),
	    "unusable: the filters of a row may have at most 16384 bytes");
	b.n = 0;
	buf_put_lit(&b, "[{\"name\":\"a\",\"operator\":\"=\",\"value\":\"");
	for (unsigned i = 0; i <= ROW_LOOKUPS_MAX; i++)
		buf_printf(&b, "{a%u}", i);
	buf_put_lit(&b, "\"}]\0");
	assert_non_null(
	    strstr(shown(b.p, NULL), "at most 100 different lookups"));
}

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_filter),
		cmocka_unit_test(every_operator_is_known_in_any_case),
		cmocka_unit_test(filters_are_joined_by_and_or_by_or),
		cmocka_unit_test(what_is_not_understood_says_why),
		cmocka_unit_test(one_fault_makes_all_unusable),
		cmocka_unit_test(what_is_looked_up_is_known_once),
		cmocka_unit_test(their_number_and_length_are_bounded),
	};

	return cmocka_run_group_tests_name(
	    "row filters", tests, open_arena, close_arena);
}
