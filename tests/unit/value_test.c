#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

static struct arena arena;

static enum status
read_as(enum column_kind kind, const char *text, struct db_value *out)
{
	struct column column = {
		.name = { "f", 1 }, .kind = kind, .is_unsigned = true
	};
	struct json v;

	assert_int_equal(json_parse(&arena, str_of(text), &v, NULL), ST_OK);
	return value_read(&arena, &column, v, out, NULL);
}

static void
assert_text(enum column_kind kind, const char *text, enum db_type type,
    const char *want)
{
	struct db_value v;

	assert_int_equal(read_as(kind, text, &v), ST_OK);
	assert_int_equal(v.type, type);
	assert_true(str_eq(v.s, str_of(want)));
}

static void
assert_integer(
    enum column_kind kind, const char *text, enum db_type type, int64_t want)
{
	struct db_value v;

	assert_int_equal(read_as(kind, text, &v), ST_OK);
	assert_int_equal(v.type, type);
	assert_true(v.i == want);
}

static void
assert_refused(enum column_kind kind, const char *text)
{
	struct db_value v;

	assert_int_equal(read_as(kind, text, &v), ST_INVALID);
}

static void
integers_keep_64_bits(void **state)
{
	(void)state;
	assert_integer(
	    COLUMN_INTEGER, "-9223372036854775808", DB_INT, INT64_MIN);
	assert_integer(
	    COLUMN_INTEGER, "\"9223372036854775807\"", DB_INT, INT64_MAX);
	assert_integer(COLUMN_INTEGER, "18446744073709551615", DB_UINT, -1);
	assert_integer(COLUMN_INTEGER, "\"18446744073709551615\"", DB_UINT, -1);
	assert_refused(COLUMN_INTEGER, "18446744073709551616");
	assert_refused(COLUMN_INTEGER, "1.0");
	assert_refused(COLUMN_INTEGER, "true");
	assert_refused(COLUMN_INTEGER, "\"\"");
	assert_refused(COLUMN_INTEGER, "[1]");
}

static void
booleans_have_many_words(void **state)
{
	(void)state;
	assert_integer(COLUMN_BOOLEAN, "true", DB_BOOL, 1);
	assert_integer(COLUMN_BOOLEAN, "1", DB_BOOL, 1);
	assert_integer(COLUMN_BOOLEAN, "\"Yes\"", DB_BOOL, 1);
	assert_integer(COLUMN_BOOLEAN, "false", DB_BOOL, 0);
	assert_integer(COLUMN_BOOLEAN, "0", DB_BOOL, 0);
	assert_integer(COLUMN_BOOLEAN, "\"off\"", DB_BOOL, 0);
	assert_refused(COLUMN_BOOLEAN, "2");
	assert_refused(COLUMN_BOOLEAN, "\"\"");
	assert_refused(COLUMN_BOOLEAN, "{}");
}

static void
decimals_keep_their_digits(void **state)
{
	(void)state;
	assert_text(COLUMN_DECIMAL, "1.10", DB_NUMBER, "1.10");
	assert_text(COLUMN_DECIMAL, "\"-0.50\"", DB_NUMBER, "-0.50");
	assert_refused(COLUMN_DECIMAL, "\"1.1.1\"");
	assert_refused(COLUMN_DECIMAL, "\"\"");
	assert_refused(COLUMN_DECIMAL, "\"[1]\"");
	assert_refused(COLUMN_DECIMAL, "true");
}

static void
reals_are_finite_numbers(void **state)
{
	struct db_value v;

	(void)state;
	assert_int_equal(read_as(COLUMN_REAL, "\"2.5\"", &v), ST_OK);
	assert_true(v.type == DB_REAL && v.d == 2.5);
	assert_refused(COLUMN_REAL, "1e400");
	assert_refused(COLUMN_REAL, "\"nan\"");
}

static void
text_takes_strings_and_numbers(void **state)
{
	(void)state;
	assert_text(COLUMN_TEXT, "\"\\u00e9\"", DB_TEXT, "\xc3\xa9");
	assert_text(COLUMN_TEXT, "1.50", DB_TEXT, "1.50");
	assert_refused(COLUMN_TEXT, "true");
	assert_refused(COLUMN_TEXT, "{}");
}

static void
moments_are_checked_or_numbers(void **state)
{
	(void)state;
	assert_text(COLUMN_DATE, "\"2024-02-29\"", DB_TEXT, "2024-02-29");
	assert_text(COLUMN_TIME, "\"12:30\"", DB_TEXT, "12:30");
	assert_text(COLUMN_DATETIME, "\"2024-02-29 12:30\"", DB_TEXT,
	    "2024-02-29 12:30");
	assert_integer(COLUMN_DATETIME, "1700000000", DB_INT, 1700000000);
	assert_refused(COLUMN_TIME, "\"12:61\"");
	assert_refused(COLUMN_DATE, "true");
}

static void
json_takes_anything(void **state)
{
	(void)state;
	assert_text(COLUMN_JSON, "{\"a\": [1]}", DB_TEXT, "{\"a\": [1]}");
	assert_text(COLUMN_JSON, "\"{}\"", DB_TEXT, "{}");
	assert_text(COLUMN_JSON, "true", DB_TEXT, "true");
}

static void
an_untyped_column_takes_scalars(void **state)
{
	struct db_value v;

	(void)state;
	assert_integer(COLUMN_ANY, "5", DB_INT, 5);
	assert_integer(COLUMN_ANY, "true", DB_BOOL, 1);
	assert_text(COLUMN_ANY, "\"5\"", DB_TEXT, "5");
	assert_int_equal(read_as(COLUMN_ANY, "0.5", &v), ST_OK);
	assert_true(v.type == DB_REAL && v.d == 0.5);
	assert_refused(COLUMN_ANY, "[]");
}

static struct db_value
formed(struct column column, const char *text)
{
	struct db_value v;
	struct json json;

	assert_int_equal(json_parse(&arena, str_of(text), &json, NULL), ST_OK);
	assert_int_equal(value_read(&arena, &column, json, &v, NULL), ST_OK);
	return v;
}

static void
values_have_the_form_that_is_kept(void **state)
{
	struct column real = { .kind = COLUMN_REAL, .form = FORM_FLOAT };
	struct column text = { .kind = COLUMN_TEXT, .form = FORM_FIXED };
	struct column bytes = {
		.kind = COLUMN_BINARY, .form = FORM_FIXED, .length = 4
	};
	struct str wide = formed(bytes, "\"AAECAwQ=\"").s;

	(void)state;
	assert_true(formed(real, "0.1").d == (double)0.1f);
	assert_true(formed(real, "3.4028235e38").d == (double)FLT_MAX);
	assert_true(formed(real, "1e39").d == 1e39);
	assert_true(str_eq(formed(text, "\" ab  \"").s, STR(" ab")));
	assert_int_equal(formed(text, "\"  \"").s.n, 0);
	assert_true(str_eq(formed(bytes, "\"/w==\"").s, STR("\377\0\0\0")));
	assert_true(str_eq(formed(bytes, "\"\"").s, STR("\0\0\0\0")));
	assert_int_equal(wide.n, 5);
}

static void
some_moments_are_for_one_engine_alone(void **state)
{
	struct column loose = { .kind = COLUMN_DATE, .form = FORM_LOOSE };
	struct column strict = { .kind = COLUMN_DATE };
	struct db_value v;

	(void)state;
	assert_true(formed(loose, "2460369.5").d == 2460369.5);
	assert_true(formed(strict, "20240229").i == 20240229);
	assert_true(
	    str_eq(formed(strict, "\"2024-00-00\"").s, STR("2024-00-00")));
	assert_int_equal(value_read(&arena, &strict,
			     (struct json){ STR("2460369.5") }, &v, NULL),
	    ST_INVALID);
	assert_int_equal(value_read(&arena, &loose,
			     (struct json){ STR("\"2024-00-00\"") }, &v, NULL),
	    ST_INVALID);
}

static void
null_is_null_for_all(void **state)
{
	struct db_value v;

	(void)state;
	for (int kind = COLUMN_INTEGER; kind <= COLUMN_ANY; kind++) {
		assert_int_equal(
		    read_as((enum column_kind)kind, "null", &v), ST_OK);
		assert_int_equal(v.type, DB_NULL);
	}
}

static void
values_become_json(void **state)
{
	static const struct {
		struct db_value v;
		const char *json;
	} cases[] = {
		{ { .type = DB_NULL }, "null" },
		{ { .type = DB_INT, .i = INT64_MIN }, "-9223372036854775808" },
		{ { .type = DB_UINT, .u = UINT64_MAX },
		    "18446744073709551615" },
		{ { .type = DB_REAL, .d = 10.0 }, "10" },
		{ { .type = DB_BOOL, .i = 1 }, "true" },
		{ { .type = DB_NUMBER, .s = { "1.10", 4 } }, "1.10" },
		{ { .type = DB_TEXT, .s = { "a\"b", 3 } }, "\"a\\\"b\"" },
		{ { .type = DB_BLOB, .s = { "\0\377", 2 } }, "\"AP8=\"" },
		{ { .type = DB_BLOB, .s = { "", 0 } }, "\"\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = buf_in(&arena);

		value_put(&out, &cases[i].v);
		assert_true(str_eq(buf_str(&out), str_of(cases[i].json)));
	}
}

static void
json_goes_out_as_such_where_it_is_meant_to(void **state)
{
	static const struct {
		enum column_form form;
		struct db_value v;
		const char *json;
	} cases[] = {
		{ FORM_PLAIN, { .type = DB_TEXT, .s = { "[1]", 3 } },
		    "\"[1]\"" },
		{ FORM_OBJECT, { .type = DB_TEXT, .s = { "[1]", 3 } }, "[1]" },
		{ FORM_OBJECT, { .type = DB_TEXT, .s = { "[1", 2 } },
		    "\"[1\"" },
		{ FORM_OBJECT, { .type = DB_TEXT, .s = { "", 0 } }, "\"\"" },
		{ FORM_OBJECT, { .type = DB_NULL }, "null" },
		{ FORM_OBJECT, { .type = DB_INT, .i = 7 }, "7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct column column = { .kind = COLUMN_JSON,
			.form = cases[i].form };
		struct buf out = buf_in(&arena);

		value_put_field(&out, &column, &cases[i].v);
		assert_true(str_eq(buf_str(&out), str_of(cases[i].json)));
	}
}

static void
a_number_of_a_boolean_column_is_a_boolean(void **state)
{
	static const struct {
		struct db_value v;
		const char *json;
	} cases[] = {
		{ { .type = DB_INT, .i = 0 }, "false" },
		{ { .type = DB_INT, .i = 1 }, "true" },
		{ { .type = DB_INT, .i = 2 }, "2" },
		{ { .type = DB_REAL, .d = 1 }, "1" },
	};
	struct column column = { .kind = COLUMN_BOOLEAN };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = buf_in(&arena);

		value_put_field(&out, &column, &cases[i].v);
		assert_true(str_eq(buf_str(&out), str_of(cases[i].json)));
	}
}

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

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(integers_keep_64_bits),
		TEST(booleans_have_many_words),
		TEST(decimals_keep_their_digits),
		TEST(reals_are_finite_numbers),
		TEST(text_takes_strings_and_numbers),
		TEST(moments_are_checked_or_numbers),
		TEST(json_takes_anything),
		TEST(an_untyped_column_takes_scalars),
		TEST(values_have_the_form_that_is_kept),
		TEST(some_moments_are_for_one_engine_alone),
		TEST(null_is_null_for_all),
		TEST(values_become_json),
		TEST(json_goes_out_as_such_where_it_is_meant_to),
		TEST(a_number_of_a_boolean_column_is_a_boolean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
