#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/uri.h"

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

static void
assert_decodes(const char *in, bool plus, const char *wanted)
{
	struct str out;

	assert_true(uri_decode(&arena, str_of(in), plus, &out));
	assert_true(str_eq(out, str_of(wanted)));
}

static void
plain_text_is_returned_as_it_is(void **state)
{
	struct str in = STR("abc-_.~+");
	struct str out;

	(void)state;
	assert_true(uri_decode(&arena, in, false, &out));
	assert_ptr_equal(out.p, in.p);
	assert_int_equal(out.n, in.n);
	assert_true(uri_decode(&arena, STR_NULL, false, &out));
	assert_int_equal(out.n, 0);
}

static void
percent_and_plus_are_decoded(void **state)
{
	(void)state;
	assert_decodes("a%20b", false, "a b");
	assert_decodes("%41%6a%6A", false, "Ajj");
	assert_decodes("a+b", true, "a b");
	assert_decodes("a+b", false, "a+b");
	assert_decodes("a%2Bb+c", true, "a+b c");
	assert_decodes("%25%32%35", false, "%25");
	assert_decodes("%c3%BC", false, "ü");
}

static void
bad_escapes_and_nul_are_refused(void **state)
{
	static const char *const bad[] = { "%", "a%2", "%g0", "%0g", "a%", "%%",
		"%00", "a%00b", "% 1" };
	struct str out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(uri_decode(&arena, str_of(bad[i]), true, &out));
	assert_false(uri_decode(&arena, STR("a\0b"), false, &out));
}

static void
what_is_not_plain_is_found_anywhere(void **state)
{
	char text[20];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		struct str out;

		memset(text, 'x', sizeof(text));
		text[i] = '+';
		assert_true(uri_decode(
		    &arena, str_make(text, sizeof(text)), true, &out));
		assert_int_equal(out.n, sizeof(text));
		assert_int_equal(out.p[i], ' ');
		text[i] = '\0';
		assert_false(uri_decode(
		    &arena, str_make(text, sizeof(text)), false, &out));
		text[i] = '%';
		assert_false(uri_decode(
		    &arena, str_make(text, sizeof(text)), false, &out));
	}
}

static void
a_query_keeps_its_order(void **state)
{
	struct params ps;

	(void)state;
	assert_true(uri_query(
	    &arena, STR("fields=a%2Cb&limit=5&x&limit=6&=e&y="), 9, &ps));
	assert_int_equal(ps.n, 6);
	assert_true(str_eq(ps.list[0].name, STR("fields")));
	assert_true(str_eq(ps.list[0].value, STR("a,b")));
	assert_true(str_eq(ps.list[2].name, STR("x")));
	assert_true(str_eq(params_get(&ps, STR("limit")), STR("5")));
	assert_true(str_eq(params_get(&ps, STR("")), STR("e")));
	assert_int_equal(params_get(&ps, STR("x")).n, 0);
	assert_false(str_is_null(params_get(&ps, STR("x"))));
	assert_false(str_is_null(params_get(&ps, STR("y"))));
	assert_true(str_is_null(params_get(&ps, STR("none"))));
}

static void
empty_pieces_are_skipped(void **state)
{
	struct params ps;

	(void)state;
	assert_true(uri_query(&arena, STR("&&a=1&&&b=2&"), 2, &ps));
	assert_int_equal(ps.n, 2);
	assert_true(str_eq(params_get(&ps, STR("b")), STR("2")));
	assert_true(uri_query(&arena, STR(""), 0, &ps));
	assert_int_equal(ps.n, 0);
	assert_true(uri_query(&arena, STR_NULL, 0, &ps));
	assert_true(uri_query(&arena, STR("&&&"), 0, &ps));
	assert_true(str_is_null(params_get(&ps, STR("a"))));
}

static void
a_value_may_hold_an_equals_sign(void **state)
{
	struct params ps;

	(void)state;
	assert_true(uri_query(&arena, STR("filter=a=b&c=%26"), 9, &ps));
	assert_true(str_eq(params_get(&ps, STR("filter")), STR("a=b")));
	assert_true(str_eq(params_get(&ps, STR("c")), STR("&")));
}

static void
too_many_and_bad_pieces_are_told_apart(void **state)
{
	struct params ps;

	(void)state;
	assert_false(uri_query(&arena, STR("a&b&c"), 2, &ps));
	assert_int_equal(ps.n, 2);
	assert_false(uri_query(&arena, STR("a&b=%x"), 2, &ps));
	assert_int_equal(ps.n, 1);
	assert_false(uri_query(&arena, STR("a&%00=1"), 9, &ps));
}

static void
a_value_is_found_as_it_was_sent(void **state)
{
	struct str query = STR("a=1&&k%65ys=a%2Cb,c+d&keys=later&flag&e=");

	(void)state;
	assert_true(str_eq(
	    uri_query_find(&arena, query, STR("keys")), STR("a%2Cb,c+d")));
	assert_true(str_is_null(uri_query_find(&arena, query, STR("key"))));
	assert_true(str_is_null(uri_query_find(&arena, STR_NULL, STR("a"))));
	assert_int_equal(uri_query_find(&arena, query, STR("flag")).n, 0);
	assert_false(str_is_null(uri_query_find(&arena, query, STR("flag"))));
	assert_false(str_is_null(uri_query_find(&arena, query, STR("e"))));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_returned_as_it_is),
		cmocka_unit_test(percent_and_plus_are_decoded),
		cmocka_unit_test(bad_escapes_and_nul_are_refused),
		cmocka_unit_test(what_is_not_plain_is_found_anywhere),
		cmocka_unit_test(a_query_keeps_its_order),
		cmocka_unit_test(empty_pieces_are_skipped),
		cmocka_unit_test(a_value_may_hold_an_equals_sign),
		cmocka_unit_test(too_many_and_bad_pieces_are_told_apart),
		cmocka_unit_test(a_value_is_found_as_it_was_sent),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
