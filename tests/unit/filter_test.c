/* Filters from text to SQL: grammar, precedence, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/filter/filter.h"
#include "tests/support/filter_shown.h"

#define U "Invalid or unparsable filter request. "

static struct arena arena;

#define EXPECT_ALL(pairs)                                                      \
	filter_expect_all(&arena, pairs, sizeof(pairs) / sizeof(pairs[0]))

static void
every_operator_has_its_sql(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id=1", "id = 1" },
		{ "id != 1", "id <> 1" },
		{ "id <> 1", "id <> 1" },
		{ "id<1", "id < 1" },
		{ "id<=1", "id <= 1" },
		{ "id>1", "id > 1" },
		{ "id >=1", "id >= 1" },
		{ "id eq 1", "id = 1" },
		{ "id NE 1", "id <> 1" },
		{ "id lt 1", "id < 1" },
		{ "id Lte 1", "id <= 1" },
		{ "id gt 1", "id > 1" },
		{ "id gte 1", "id >= 1" },
		{ "id in (1,2 , 3)", "id IN (1, 2, 3)" },
		{ "id not in(1)", "id NOT IN (1)" },
		{ "name like 'a%'", "name LIKE 'a%' ESCAPE '!'" },
		{ "name NOT LIKE \"%b\"", "name NOT LIKE '%b' ESCAPE '!'" },
		{ "name contains b", "name LIKE '%b%' ESCAPE '!'" },
		{ "name starts with b", "name LIKE 'b%' ESCAPE '!'" },
		{ "name ends\twith 'b'", "name LIKE '%b' ESCAPE '!'" },
		{ "name not contains b", "name NOT LIKE '%b%' ESCAPE '!'" },
		{ "name is null", "name IS NULL" },
		{ "name IS  Not NULL", "name IS NOT NULL" },
		{ "name not is null", "name IS NOT NULL" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
a_negated_operator_is_its_contrary(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id not = 1", "id <> 1" },
		{ "id not != 1", "id = 1" },
		{ "id not < 1", "id >= 1" },
		{ "id not >= 1", "id < 1" },
		{ "id not gt 1", "id <= 1" },
		{ "id not lte 1", "id > 1" },
		{ "not id = 1", "id <> 1" },
		{ "not (id = 1)", "id <> 1" },
		{ "not not id = 1", "id = 1" },
		{ "not id not in (1)", "id IN (1)" },
		{ "NOT(name is not null)", "name IS NULL" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
not_binds_before_and_before_xor_before_or_before_nor(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id=1 and id=2 and id=3", "id = 1 AND id = 2 AND id = 3" },
		{ "id=1 or id=2 and id=3", "id = 1 OR (id = 2 AND id = 3)" },
		{ "id=1 && id=2||id=3", "(id = 1 AND id = 2) OR id = 3" },
		{ "(id=1 or id=2) and id=3", "(id = 1 OR id = 2) AND id = 3" },
		{ "id=1 xor id=2", "(id = 1) <> (id = 2)" },
		{ "id=1 xor id=2 or id=3", "((id = 1) <> (id = 2)) OR id = 3" },
		{ "id=1 xor id=2 and id=3", "(id = 1) <> (id = 2 AND id = 3)" },
		{ "id=1 nor id=2", "NOT ((id = 1) OR (id = 2))" },
		{ "id=1 nor id=2 nor id=3",
		    "NOT (NOT ((id = 1) OR (id = 2)) OR (id = 3))" },
		{ "id=1 or id=2 nor id=3",
		    "NOT ((id = 1 OR id = 2) OR (id = 3))" },
		{ "not id=1 and id=2", "id <> 1 AND id = 2" },
		{ "not (id=1 and id=2) or id=3",
		    "(NOT (id = 1 AND id = 2)) OR id = 3" },
		{ "not not (id=1 or id=2)", "id = 1 OR id = 2" },
		{ "not (not (id=1 or id=2))", "id = 1 OR id = 2" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
ways_of_writing_make_the_same_sql(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "(id=1)and(name='x')", "id = 1 AND name = 'x'" },
		{ " ( ( id = 1 ) && ( name eq \"x\" ) ) ",
		    "id = 1 AND name = 'x'" },
		{ "\"ID\"=1 AND `name`=x", "id = 1 AND name = 'x'" },
		{ "id='1'\r\nAnd\tname=x", "id = 1 AND name = 'x'" },
		{ "((((id=1)) and ((name=x))))", "id = 1 AND name = 'x'" },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
names_are_the_catalogues(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "`a b`=1", "a b = '1'" },
		{ "\"a`b\"=1", "ab = '1'" },
		{ "`a``b`=1", "ab = '1'" },
		{ "x.y=1", "x.y = '1'" },
		{ "n\xc3\xa9-1=1", "n\xc3\xa9-1 = 1" },
		{ "in in (in)", "in IN ('in')" },
		{ "\"not\" not like x", "not NOT LIKE 'x' ESCAPE '!'" },
		{ "nosuch = 1",
		    "! Invalid or unparsable field in filter request: "
		    "'nosuch'. Position 1." },
		{ "id=1 and  `no``such`=1",
		    "! Invalid or unparsable field in filter request: "
		    "'no`such'. Position 11." },
		{ "customers.country='USA'",
		    "! Invalid or unparsable field in filter request: "
		    "'customers.country'. Position 1." },
		{ "``=1", "! " U "A field is missing. Position 1." },
		{ "=1", "! " U "A field is missing. Position 1." },
		{ "'name'=1", "! " U "A field is missing. Position 1." },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

static void
what_cannot_be_understood_says_where(void **state)
{
	static const struct filter_pair pairs[] = {
		{ "id", "! " U "An operator is missing. Position 3." },
		{ "id is 5", "! " U "An operator is missing. Position 4." },
		{ "id starts 5", "! " U "An operator is missing. Position 4." },
		{ "id between 1 and 2",
		    "! " U "An operator is missing. Position 4." },
		{ "id all (1)",
		    "! The operator 'all' is not offered. Position 4." },
		{ "id =", "! " U "A value is missing. Position 5." },
		{ "(id = )", "! " U "A value is missing. Position 7." },
		{ "id == 1", "! " U "A value is missing. Position 5." },
		{ "id = && id = 1", "! " U "A value is missing. Position 6." },
		{ "id = 1 and", "! " U "A condition is missing. Position 11." },
		{ "id = 1 or or",
		    "! Invalid or unparsable field in filter request: 'or'. "
		    "Position 11." },
		{ "()", "! " U "A field is missing. Position 2." },
		{ "name = 'x' y",
		    "! " U "Expected and, or, xor, nor or the end; text with "
		    "such words in it needs quotes. Position 12." },
		{ "id = 1)",
		    "! " U "Expected and, or, xor, nor or the end; text with "
		    "such words in it needs quotes. Position 7." },
		{ "(id = 1", "! " U "Expected and, or, xor, nor or a closing "
			     "parenthesis. Position 8." },
		{ "name = 'x", "! " U "A quote is never closed. Position 8." },
		{ "`name = 1", "! " U "A quote is never closed. Position 1." },
		{ "name = rock and roll",
		    "! Invalid or unparsable field in filter request: 'roll'. "
		    "Position 17." },
		{ "id = (SELECT 1)", "! Expressions of SQL are not offered as "
				     "values. Position 6." },
		{ "id in 1,2", "! Filter value lists must be wrapped in "
			       "parentheses. Position 7." },
		{ "id in (1",
		    "! " U "Expected a comma or the closing parenthesis of a "
		    "list. Position 9." },
		{ "id in ()", "! " U "A value is missing. Position 8." },
		{ "id in (1,)", "! " U "A value is missing. Position 10." },
		{ "id in ('1' 2)",
		    "! " U "Expected a comma or the closing parenthesis of a "
		    "list. Position 12." },
		{ "id = 1 and name = 'x' and price > cheap",
		    "! Field 'price' must be a valid number. Position 35." },
		{ "name = '\xff'", "! " U "It is no text in UTF-8." },
	};

	(void)state;
	EXPECT_ALL(pairs);
}

/* n times a, b, n times c */
static struct str
repeated(const char *a, const char *b, const char *c, size_t n)
{
	struct buf text = buf_in(&arena);

	for (size_t i = 0; i < n; i++)
		buf_put(&text, str_of(a));
	buf_put(&text, str_of(b));
	for (size_t i = 0; i < n; i++)
		buf_put(&text, str_of(c));
	return buf_str(&text);
}

static void
assert_bound(struct str fits, struct str over, const char *words)
{
	struct str got = filter_shown(&arena, fits, NULL);

	assert_false(str_starts(got, STR("!")));
	got = filter_shown(&arena, over, NULL);
	assert_true(str_starts(got, STR("! ")));
	assert_non_null(strstr(arena_dup(&arena, got).p, words));
}

static void
every_bound_is_named(void **state)
{
	static const char *const logics[] = { " and id=1", " or id=1",
		" xor id=1", "&&id=1" };

	(void)state;
	assert_bound(repeated("(", "id=1", ")", FILTER_DEPTH_MAX),
	    repeated("(", "id=1", ")", FILTER_DEPTH_MAX + 1),
	    "at most 64 parentheses");
	assert_bound(repeated("not(", "id=1", ")", FILTER_DEPTH_MAX),
	    repeated("not(", "id=1", ")", 10000), "at most 64 parentheses");
	for (size_t i = 0; i < sizeof(logics) / sizeof(logics[0]); i++)
		assert_bound(
		    repeated("", "id=1", logics[i], FILTER_CONDITIONS_MAX - 1),
		    repeated("", "id=1", logics[i], FILTER_CONDITIONS_MAX),
		    "at most 200 conditions");
}

/* What SQLite's parser could not hold is refused on every engine. */
static void
nesting_is_bounded(void **state)
{
	static const struct {
		const char *before;
		const char *after;
		size_t fits;
	} shapes[] = {
		{ "(", " and id=1)", FILTER_DEPTH_MAX },
		{ "(id=1 or ", ")", 23 },
		{ "(id=1 xor ", ")", 23 },
		{ "not (id=1 and ", ")", 14 },
		{ "", " nor id=1", 33 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		assert_bound(repeated(shapes[i].before, "id=1", shapes[i].after,
				 shapes[i].fits),
		    repeated(shapes[i].before, "id=1", shapes[i].after,
			shapes[i].fits + 1),
		    i == 0 ? "at most 64 parentheses" : "too deeply");
}

/* "id in (1,1) or id in (1)" of so many elements in all */
static struct str
lists(size_t n)
{
	struct str list = repeated("", "id in (1", ",1", n - 2);

	return arena_printf(&arena, "%.*s) or id in (1)", STR_ARG(list));
}

static void
lists_share_their_bound(void **state)
{
	(void)state;
	assert_bound(lists(FILTER_ELEMENTS_MAX), lists(FILTER_ELEMENTS_MAX + 1),
	    "at most 1000 values");
}

static void
length_is_bounded(void **state)
{
	struct str pattern =
	    repeated("", "name like ", "x", FILTER_PATTERN_MAX + 1);

	(void)state;
	assert_bound(repeated("", "name=", "x", FILTER_BYTES_MAX - 5),
	    repeated("", "name=", "x", FILTER_BYTES_MAX - 4),
	    "at most 65536 bytes");
	assert_bound(
	    str_make(pattern.p, pattern.n - 1), pattern, "at most 16384 bytes");
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
		TEST(every_operator_has_its_sql),
		TEST(a_negated_operator_is_its_contrary),
		TEST(not_binds_before_and_before_xor_before_or_before_nor),
		TEST(ways_of_writing_make_the_same_sql),
		TEST(names_are_the_catalogues),
		TEST(what_cannot_be_understood_says_where),
		TEST(every_bound_is_named),
		TEST(nesting_is_bounded),
		TEST(lists_share_their_bound),
		TEST(length_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
