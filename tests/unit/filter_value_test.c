/* What stands as a value in a filter, and what is bound for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "tests/support/filter_shown.h"

#define U "Invalid or unparsable filter request. "

static struct arena arena;

#define EXPECT_ALL(pairs)                                                      \
	filter_expect_all(&arena, pairs, sizeof(pairs) / sizeof(pairs[0]))

static void
values_need_no_quotes(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "name = John Smith", "name = 'John Smith'" },
		{ "name = John Smith and id=1",
		    "name = 'John Smith' AND id = 1" },
		{ "(name =  John Smith  )", "name = 'John Smith'" },
		{ "name = O'Brien", "name = 'O'Brien'" },
		{ "name = android or id=1", "name = 'android' OR id = 1" },
		{ "name = sand and id=1", "name = 'sand' AND id = 1" },
		{ "name = and-or", "name = 'and-or'" },
		{ "name = OR", "name = 'OR'" },
		{ "(name = or) or id=1", "name = 'or' OR id = 1" },
		{ "name = OR and id=1", "name = 'OR' AND id = 1" },
		{ "name = f(a and (b)) and id=1",
		    "name = 'f(a and (b))' AND id = 1" },
		{ "name = a&b|c", "name = 'a&b|c'" },
		{ "name = a&&id=1", "name = 'a' AND id = 1" },
		{ "name = http://x/?a=b", "name = 'http://x/?a=b'" },
		{ "name = x<y", "name = 'x<y'" },
		{ "name = :)", "! " U "Expected and, or, xor, nor or the end; "
			       "text with such words in it needs quotes. "
			       "Position 9." },
		{ "name = :(", "! " U "A parenthesis in a value without quotes "
			       "is never closed. Position 8." },
		{ "name in (a and b, c (d, e), or)",
		    "name IN ('a and b', 'c (d, e)', 'or')" },
		{ "name = true", "name = 'true'" },
		{ "name = 007", "name = '007'" },
		{ "name = \\n", "name = '\\n'" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
quotes_hold_anything(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "name = ''", "name = ''" },
		{ "name = 'O''Brien'", "name = 'O'Brien'" },
		{ "name = 'O'Brien'", "name = 'O'Brien'" },
		{ "name = \"a \"\"b\"\"\"", "name = 'a \"b\"'" },
		{ "name = 'a \"b\"'", "name = 'a \"b\"'" },
		{ "name = ''''", "name = '''" },
		{ "name = 'C:\\dir\\'", "name = 'C:\\dir\\'" },
		{ "name = 'x and id=1'", "name = 'x and id=1'" },
		{ "name = ') or (id=1'", "name = ') or (id=1'" },
		{ "name = ' x '", "name = ' x '" },
		{ "name='x'&&id=1", "name = 'x' AND id = 1" },
		{ "name in ('a,b',\"c)\")", "name IN ('a,b', 'c)')" },
		{ "name = 'null'", "name = 'null'" },
		{ "name = ':t'", "name = ':t'" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
a_value_has_the_type_of_its_column(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id = '-5'", "id = -5" },
		{ "big = 18446744073709551615", "big = 18446744073709551615u" },
		{ "price = 1.10", "price = <1.10>" },
		{ "price > '-0.5'", "price > <-0.5>" },
		{ "ratio = 1e3", "ratio = 1000" },
		{ "truth = true", "truth = true" },
		{ "truth = 0", "truth = false" },
		{ "truth != 'yes'", "truth <> true" },
		{ "raw = AP8Q", "raw = x'00ff10'" },
		{ "day = 2024-02-29", "day = '2024-02-29'" },
		{ "day > 1700000000", "day > 1700000000" },
		{ "clock < '12:30'", "clock < '12:30'" },
		{ "moment >= 2024-02-29 12:30:00",
		    "moment >= '2024-02-29 12:30:00'" },
		{ "loose = 5", "loose = 5" },
		{ "loose = '5'", "loose = '5'" },
		{ "loose = 0.5", "loose = 0.5" },
		{ "loose = true", "loose = true" },
		{ "loose = x", "loose = 'x'" },
		{ "id like '1%'", "id LIKE '1%' ESCAPE '!'" },
		{ "id = 1.5", "id = 1.5" },
		{ "id > '1.5'", "id > 1.5" },
		{ "not id <= -0.5", "id > -0.5" },
		{ "id in (1, 1.5, 2.0, 1e2)", "id IN (1, 1.5, 2, 100)" },
		{ "id < 9007199254740991.0", "! Field 'id' must be a valid "
					     "integer. Position 6." },
		{ "id < 4503599627370495.5", "! Field 'id' must be a valid "
					     "integer. Position 6." },
		{ "id < 1e16",
		    "! Field 'id' must be a valid integer. Position 6." },
		{ "id < 1e-400",
		    "! Field 'id' must be a valid integer. Position 6." },
		{ "id = 1.5x",
		    "! Field 'id' must be a valid integer. Position 6." },
		{ "id in (1, x)",
		    "! Field 'id' must be a valid integer. Position 11." },
		{ "id = ''",
		    "! Field 'id' must be a valid integer. Position 6." },
		{ "id = 18446744073709551615",
		    "! Field 'id' must be an integer of 64 bits with sign. "
		    "Position 6." },
		{ "truth = maybe",
		    "! Field 'truth' must be true or false. Position 9." },
		{ "raw = ?!",
		    "! Field 'raw' must be a string in base64. Position 7." },
		{ "day = 2023-02-29",
		    "! Field 'day' must be a date (YYYY-MM-DD). Position 7." },
		{ "raw contains x",
		    "! Field 'raw' is binary, and has no text to look into. "
		    "Position 14." },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
null_is_looked_for_by_is(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id = null", "id IS NULL" },
		{ "id != NULL", "id IS NOT NULL" },
		{ "id not = null", "id IS NOT NULL" },
		{ "not id = null", "id IS NOT NULL" },
		{ "id in (null)", "id IS NULL" },
		{ "id not in (null,null)", "id IS NOT NULL" },
		{ "id in (1,null,2)", "(id IN (1, 2) OR id IS NULL)" },
		{ "id not in (null,1)", "(id NOT IN (1) AND id IS NOT NULL)" },
		{ "not id in (null,1)", "(id NOT IN (1) AND id IS NOT NULL)" },
		{ "id > null",
		    "! " U "Nothing is less or more than null. Position 6." },
		{ "name like null", "! " U "A text is missing. Position 11." },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
parameters_are_values(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id = :i", "id = 5" },
		{ "id=:i and name=:t", "id = 5 AND name = 'it's'" },
		{ "id in (:i, 6, :n)", "(id IN (5, 6) OR id IS NULL)" },
		{ "name = :n", "name IS NULL" },
		{ "name = :w", "name = 'null'" },
		{ "name contains :t", "name LIKE '%it's%' ESCAPE '!'" },
		{ "(name = :t)", "name = 'it's'" },
		{ "id = :t",
		    "! Field 'id' must be a valid integer. Position 6." },
		{ "id = :nosuch", "! Parameter ':nosuch' of the filter is not "
				  "among 'params'. Position 6." },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
only_like_has_wildcards(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "name like 'a%_b'", "name LIKE 'a%_b' ESCAPE '!'" },
		{ "name like '50\\%!'", "name LIKE '50!%!!' ESCAPE '!'" },
		{ "name like 'a\\\\%'", "name LIKE 'a\\%' ESCAPE '!'" },
		{ "name like 'a\\b\\'", "name LIKE 'a\\b\\' ESCAPE '!'" },
		{ "name contains '50%_!\\'",
		    "name LIKE '%50!%!_!!\\%' ESCAPE '!'" },
		{ "name starts with ''", "name LIKE '%' ESCAPE '!'" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(values_need_no_quotes),
		TEST(quotes_hold_anything),
		TEST(a_value_has_the_type_of_its_column),
		TEST(null_is_looked_for_by_is),
		TEST(parameters_are_values),
		TEST(only_like_has_wildcards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
