#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/jsonread.h"

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

/* The text without a byte behind it, so that ASan sees a step too far. */
static struct json
parse(struct str text)
{
	char *p = arena_alloc(&arena, text.n);
	struct error err = { 0 };
	struct json v;

	memcpy(p, text.p, text.n);
	(void)json_parse(&arena, str_make(p, text.n), &v, &err);
	assert_string_equal(err.text, "");
	return v;
}

static void
assert_str(struct str s, const char *wanted)
{
	assert_non_null(s.p);
	assert_int_equal(s.n, strlen(wanted));
	assert_memory_equal(s.p, wanted, s.n);
}

static void
the_kind_is_seen_from_the_text(void **state)
{
	(void)state;
	assert_int_equal(json_kind(parse(STR(" {} "))), JSON_OBJECT);
	assert_int_equal(json_kind(parse(STR("[]"))), JSON_ARRAY);
	assert_int_equal(json_kind(parse(STR("\"x\""))), JSON_STRING);
	assert_int_equal(json_kind(parse(STR("-1"))), JSON_NUMBER);
	assert_int_equal(json_kind(parse(STR("true"))), JSON_BOOL);
	assert_int_equal(json_kind(parse(STR("false"))), JSON_BOOL);
	assert_int_equal(json_kind(parse(STR("\nnull"))), JSON_NULL);
	assert_int_equal(json_kind((struct json){ STR_NULL }), JSON_NONE);
}

static void
bad_text_has_no_value(void **state)
{
	struct error err = { 0 };
	struct json v;

	(void)state;
	assert_int_equal(json_parse(&arena, STR("[1"), &v, &err), ST_INVALID);
	assert_int_equal(json_kind(v), JSON_NONE);
	assert_non_null(strstr(err.text, "line 1 column 3"));
}

static void
members_come_in_their_order(void **state)
{
	struct json v = parse(
	    STR("{ \"b\" : 1 ,\"a\":[1,{\"x\":\"}\"}], \"\\u0063\":\"\\\"\"}"));
	struct json_walk walk = json_walk(&arena, v);
	struct json_member m;

	(void)state;
	assert_true(json_next(&walk, &m));
	assert_str(m.name, "b");
	assert_str(m.value.text, "1");
	assert_true(json_next(&walk, &m));
	assert_str(m.name, "a");
	assert_str(m.value.text, "[1,{\"x\":\"}\"}]");
	assert_true(json_next(&walk, &m));
	assert_str(m.name, "c");
	assert_str(json_to_str(&arena, m.value), "\"");
	assert_false(json_next(&walk, &m));
	assert_false(json_next(&walk, &m));
	assert_int_equal(json_count(v), 3);
}

static void
elements_have_no_name(void **state)
{
	struct json v = parse(STR("[ 1.10 ,null,[],\"a,b]\" ]"));
	struct json_walk walk = json_walk(&arena, v);
	struct json_member m;

	(void)state;
	assert_true(json_next(&walk, &m));
	assert_true(str_is_null(m.name));
	assert_str(m.value.text, "1.10");
	assert_true(json_next(&walk, &m));
	assert_int_equal(json_kind(m.value), JSON_NULL);
	assert_true(json_next(&walk, &m));
	assert_int_equal(json_count(m.value), 0);
	assert_true(json_next(&walk, &m));
	assert_str(m.value.text, "\"a,b]\"");
	assert_false(json_next(&walk, &m));
	assert_int_equal(json_count(v), 4);
}

static void
a_string_ends_at_its_own_quote(void **state)
{
	struct json v = parse(STR("[\"\\\\\",\"\\\\\\\"]\",\"\",\"\\\"\"]"));
	struct json_walk walk = json_walk(&arena, v);
	struct json_member m;

	(void)state;
	assert_true(json_next(&walk, &m));
	assert_str(json_to_str(&arena, m.value), "\\");
	assert_true(json_next(&walk, &m));
	assert_str(json_to_str(&arena, m.value), "\\\"]");
	assert_true(json_next(&walk, &m));
	assert_str(json_to_str(&arena, m.value), "");
	assert_true(json_next(&walk, &m));
	assert_str(json_to_str(&arena, m.value), "\"");
	assert_false(json_next(&walk, &m));
}

static void
a_scalar_has_nothing_to_walk_over(void **state)
{
	struct json_walk walk = json_walk(&arena, parse(STR("12")));
	struct json_member m;

	(void)state;
	assert_false(json_next(&walk, &m));
	assert_int_equal(json_count(parse(STR("\"ab\""))), 0);
	assert_int_equal(json_count((struct json){ STR_NULL }), 0);
}

static void
a_member_is_found_by_its_name(void **state)
{
	struct json v = parse(STR("{\"a\":{\"b\":1},\"b\":2,\"\\u00e9\":3}"));

	(void)state;
	assert_str(json_get(&arena, v, STR("b")).text, "2");
	assert_str(json_get(&arena, v, STR("é")).text, "3");
	assert_int_equal(json_kind(json_get(&arena, v, STR("c"))), JSON_NONE);
	assert_int_equal(
	    json_kind(json_get(&arena, parse(STR("[\"b\"]")), STR("b"))),
	    JSON_NONE);
}

static void
strings_lose_their_escapes(void **state)
{
	struct json nul = parse(STR("\"a\\u0000b\""));

	(void)state;
	assert_str(json_to_str(&arena, parse(STR("\"plain ü\""))), "plain ü");
	assert_str(json_to_str(&arena, parse(STR("\"\""))), "");
	assert_str(json_to_str(&arena,
		       parse(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041x\""))),
	    "\"\\/\b\f\n\r\tAx");
	assert_str(json_to_str(&arena,
		       parse(STR("\"\\u00e9\\u20AC\\uD83d\\ude00\\u007f\""))),
	    "é€😀\x7f");
	assert_true(str_eq(json_to_str(&arena, nul), STR("a\0b")));
	assert_true(str_is_null(json_to_str(&arena, parse(STR("1")))));
}

static void
numbers_are_read_when_they_fit(void **state)
{
	int64_t i = 7;
	uint64_t u = 7;
	double d = 7;

	(void)state;
	assert_true(json_to_i64(parse(STR("-9223372036854775808")), &i));
	assert_true(i == INT64_MIN);
	assert_true(json_to_u64(parse(STR("18446744073709551615")), &u));
	assert_true(u == UINT64_MAX);
	assert_true(json_to_double(&arena, parse(STR("-1.5e3")), &d));
	assert_true(d == -1500);
	assert_true(json_to_double(&arena, parse(STR("12")), &d));
	assert_true(d == 12);
}

static void
numbers_that_do_not_fit_keep_their_text(void **state)
{
	struct json big = parse(STR("18446744073709551616"));
	int64_t i = 7;
	uint64_t u = 7;
	double d = 7;

	(void)state;
	assert_false(json_to_i64(parse(STR("9223372036854775808")), &i));
	assert_false(json_to_i64(parse(STR("1.0")), &i));
	assert_false(json_to_i64(parse(STR("1e2")), &i));
	assert_false(json_to_i64(parse(STR("\"1\"")), &i));
	assert_false(json_to_u64(big, &u));
	assert_false(json_to_u64(parse(STR("-1")), &u));
	assert_false(json_to_double(&arena, parse(STR("1e400")), &d));
	assert_false(json_to_double(&arena, parse(STR("null")), &d));
	assert_true(i == 7 && u == 7 && d == 7);
	assert_str(big.text, "18446744073709551616");
}

static void
booleans_are_booleans_only(void **state)
{
	bool b = false;

	(void)state;
	assert_true(json_to_bool(parse(STR("true")), &b));
	assert_true(b);
	assert_true(json_to_bool(parse(STR("false")), &b));
	assert_false(b);
	assert_false(json_to_bool(parse(STR("1")), &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kind_is_seen_from_the_text),
		cmocka_unit_test(bad_text_has_no_value),
		cmocka_unit_test(members_come_in_their_order),
		cmocka_unit_test(elements_have_no_name),
		cmocka_unit_test(a_string_ends_at_its_own_quote),
		cmocka_unit_test(a_scalar_has_nothing_to_walk_over),
		cmocka_unit_test(a_member_is_found_by_its_name),
		cmocka_unit_test(strings_lose_their_escapes),
		cmocka_unit_test(numbers_are_read_when_they_fit),
		cmocka_unit_test(numbers_that_do_not_fit_keep_their_text),
		cmocka_unit_test(booleans_are_booleans_only),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
