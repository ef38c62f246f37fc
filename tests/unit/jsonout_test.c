#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/base/jsonout.h"

static void
assert_text(const struct buf *b, const char *wanted)
{
	assert_int_equal(b->n, strlen(wanted));
	assert_memory_equal(b->p, wanted, b->n);
}

static void
assert_string_out(struct str in, const char *wanted)
{
	struct buf b = { 0 };

	json_put_str(&b, in);
	assert_text(&b, wanted);
	buf_free(&b);
}

static void
assert_double_out(double v, const char *wanted)
{
	struct buf b = { 0 };

	json_put_double(&b, v);
	assert_text(&b, wanted);
	buf_free(&b);
}

static void
a_string_stands_in_quotes(void **state)
{
	(void)state;
	assert_string_out(STR(""), "\"\"");
	assert_string_out(STR("abc/d"), "\"abc/d\"");
	assert_string_out(STR("a longer text of some words"),
	    "\"a longer text of some words\"");
}

static void
only_what_must_be_escaped_is(void **state)
{
	(void)state;
	assert_string_out(STR("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
	assert_string_out(
	    STR("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\x7f\"");
	assert_string_out(STR("Zürich 東京 😀"), "\"Zürich 東京 😀\"");
}

static void
an_escape_is_found_at_every_place_of_a_word(void **state)
{
	static const char special[] = { '"', '\\', '\x1f', '\0', '\n' };

	(void)state;
	for (size_t i = 0; i < 24; i++) {
		for (size_t k = 0; k < sizeof(special); k++) {
			char text[24];
			struct buf b = { 0 };

			memset(text, 'x', sizeof(text));
			text[i] = special[k];
			json_put_str(&b, str_make(text, sizeof(text)));
			assert_true(b.n > sizeof(text) + 2);
			assert_int_equal(b.p[1 + i], '\\');
			buf_free(&b);
		}
	}
}

static void
each_byte_that_is_not_utf8_is_replaced(void **state)
{
	(void)state;
	assert_string_out(STR("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
	assert_string_out(STR("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	assert_string_out(
	    STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
	assert_string_out(STR("\xE6\x9D"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void
whole_doubles_have_no_point(void **state)
{
	(void)state;
	assert_double_out(10.0, "10");
	assert_double_out(0.0, "0");
	assert_double_out(-0.0, "-0");
	assert_double_out(-42.0, "-42");
	assert_double_out(9007199254740991.0, "9007199254740991");
	assert_double_out(1e300, "1e+300");
	assert_double_out(-1.5e17, "-1.5e+17");
}

static void
doubles_are_as_short_as_can_be(void **state)
{
	(void)state;
	assert_double_out(0.1, "0.1");
	assert_double_out(1.10, "1.1");
	assert_double_out(-19.99, "-19.99");
	assert_double_out(1234.005, "1234.005");
	assert_double_out(0.000001, "0.000001");
	assert_double_out(0.3, "0.3");
	assert_double_out(0.1 + 0.2, "0.30000000000000004");
	assert_double_out(1.0 / 3, "0.3333333333333333");
	assert_double_out(123456789.123456789, "123456789.12345679");
	assert_double_out(5e-324, "5e-324");
	assert_double_out(1e-323, "1e-323");
	assert_double_out(2.225073858507201e-308, "2.225073858507201e-308");
	assert_double_out(1.7976931348623157e308, "1.7976931348623157e+308");
}

static void
what_is_not_finite_is_null(void **state)
{
	(void)state;
	assert_double_out(INFINITY, "null");
	assert_double_out(-INFINITY, "null");
	assert_double_out(NAN, "null");
}

/* xorshift64: the same doubles in every run. */
static double
next_double(uint64_t *seed)
{
	double v;

	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	memcpy(&v, seed, sizeof(v));
	return v;
}

static void
every_double_reads_back(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double v = next_double(&seed);
		struct buf b = { 0 };

		if (i % 2 == 0)
			v = (double)((int64_t)seed % 100000000) / 1000;
		if (!isfinite(v))
			continue;
		json_put_double(&b, v);
		buf_put_char(&b, '\0');
		assert_true(strtod(b.p, NULL) == v);
		buf_free(&b);
	}
}

static void
the_locale_does_not_matter(void **state)
{
	(void)state;
	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
		(void)setlocale(LC_NUMERIC, "ps_AF.UTF-8");
	assert_double_out(0.5, "0.5");
	assert_double_out(1.0 / 3, "0.3333333333333333");
	assert_double_out(1.5e-9, "1.5e-09");
	(void)setlocale(LC_NUMERIC, "C");
}

static void
bytes_go_out_as_base64(void **state)
{
	static const char *const wanted[] = { "\"\"", "\"Zg==\"", "\"Zm8=\"",
		"\"Zm9v\"", "\"Zm9vYg==\"", "\"Zm9vYmE=\"", "\"Zm9vYmFy\"" };
	struct buf b = { 0 };

	(void)state;
	for (size_t n = 0; n < sizeof(wanted) / sizeof(wanted[0]); n++) {
		json_put_base64(&b, "foobar", n);
		assert_text(&b, wanted[n]);
		b.n = 0;
	}
	json_put_base64(&b, "\xFF\xFE\xFB\x00", 4);
	assert_text(&b, "\"//77AA==\"");
	buf_free(&b);
}

static void
commas_come_between_members_only(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_put_lit(&b, "[{");
	json_put_name(&b, STR("a"));
	json_put_str(&b, STR("{"));
	json_put_name(&b, STR("b\""));
	json_put_bool(&b, true);
	json_put_name(&b, STR("c"));
	json_put_bool(&b, false);
	buf_put_lit(&b, "}]");
	assert_text(&b, "[{\"a\":\"{\",\"b\\\"\":true,\"c\":false}]");
	buf_free(&b);
}

static void
any_bytes_make_valid_json(void **state)
{
	uint64_t seed = 1234567;
	struct arena a;

	(void)state;
	arena_init(&a, 4096);
	for (int i = 0; i < 20000; i++) {
		struct buf b = buf_in(&a);
		char text[24];

		for (size_t k = 0; k < sizeof(text); k++) {
			double v = next_double(&seed);

			memcpy(&text[k], &v, 1);
		}
		json_put_str(&b, str_make(text, (size_t)i % sizeof(text)));
		assert_int_equal(json_check(&a, buf_str(&b), 1, NULL), ST_OK);
		arena_reset(&a);
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_stands_in_quotes),
		cmocka_unit_test(only_what_must_be_escaped_is),
		cmocka_unit_test(an_escape_is_found_at_every_place_of_a_word),
		cmocka_unit_test(each_byte_that_is_not_utf8_is_replaced),
		cmocka_unit_test(whole_doubles_have_no_point),
		cmocka_unit_test(doubles_are_as_short_as_can_be),
		cmocka_unit_test(what_is_not_finite_is_null),
		cmocka_unit_test(every_double_reads_back),
		cmocka_unit_test(the_locale_does_not_matter),
		cmocka_unit_test(bytes_go_out_as_base64),
		cmocka_unit_test(commas_come_between_members_only),
		cmocka_unit_test(any_bytes_make_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
