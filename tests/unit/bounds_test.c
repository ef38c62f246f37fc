/* What a column of the catalogue holds, and how it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/value/bounds.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

static struct arena arena;

/* What is said of the JSON text as a value of the column; "" when it fits. */
static const char *
said(const struct column *column, const char *text)
{
	static struct error err;
	struct db_value v;
	struct json json;

	err = (struct error){ .text = "" };
	assert_int_equal(json_parse(&arena, str_of(text), &json, NULL), ST_OK);
	if (value_read(&arena, column, json, &v, &err) == ST_OK)
		(void)bounds_check(&arena, column, &v, &err);
	return err.text;
}

/* why: NULL when it fits, else what stands behind "Field 'f' ". */
struct bound_case {
	const char *json;
	const char *why;
};

static void
assert_cases(struct column column, const struct bound_case *cases, size_t n)
{
	column.name = STR("f");
	for (size_t i = 0; i < n; i++) {
		char want[512] = "";

		if (cases[i].why != NULL)
			(void)snprintf(
			    want, sizeof(want), "Field 'f' %s", cases[i].why);
		if (strcmp(said(&column, cases[i].json), want) != 0)
			fail_msg("%s: %s", cases[i].json,
			    said(&column, cases[i].json));
	}
}

#define ASSERT_CASES(column, cases)                                            \
	assert_cases(column, cases, sizeof(cases) / sizeof((cases)[0]))

static void
integers_stay_in_their_range(void **state)
{
	static const char tiny_range[] = "must be an integer from -128 to 127.";
	static const char big_range[] =
	    "must be an integer from 0 to 18446744073709551615.";
	static const struct bound_case tiny[] = { { "-128", NULL },
		{ "127", NULL }, { "\"0\"", NULL }, { "null", NULL },
		{ "-129", tiny_range }, { "128", tiny_range },
		{ "9223372036854775807", tiny_range } };
	static const struct bound_case big[] = { { "0", NULL },
		{ "18446744073709551615", NULL },
		{ "\"18446744073709551615\"", NULL }, { "-1", big_range },
		{ "18446744073709551616", "must be a valid integer." } };
	static const struct bound_case unknown[] = { { "-9", NULL },
		{ "9223372036854775807", NULL } };

	(void)state;
	ASSERT_CASES(((struct column){ .kind = COLUMN_INTEGER,
			 .width = 1,
			 .least = -128,
			 .most = 127 }),
	    tiny);
	ASSERT_CASES(((struct column){ .kind = COLUMN_INTEGER,
			 .is_unsigned = true,
			 .width = 8,
			 .most = UINT64_MAX }),
	    big);
	ASSERT_CASES(((struct column){ .kind = COLUMN_INTEGER }), unknown);
}

static void
a_year_is_none_or_of_its_centuries(void **state)
{
	static const char why[] = "must be a year from 1901 to 2155, or 0.";
	static const struct bound_case cases[] = { { "0", NULL },
		{ "1901", NULL }, { "2155", NULL }, { "1900", why },
		{ "2156", why }, { "5", why }, { "\"70\"", why }, { "-1", why },
		{ "9223372036854775807", why } };

	(void)state;
	ASSERT_CASES(((struct column){ .kind = COLUMN_INTEGER,
			 .form = FORM_YEAR,
			 .width = 2,
			 .most = 2155 }),
	    cases);
}

static void
a_float_has_a_range(void **state)
{
	static const char why[] =
	    "must be a number from -3.40282e+38 to 3.40282e+38.";
	static const struct bound_case cases[] = { { "3.4028235e38", NULL },
		{ "-3.4028235e38", NULL }, { "1e-300", NULL },
		{ "3.4028236e38", why }, { "-1e39", why },
		{ "1e400", "must be a valid number." } };
	static const struct bound_case unsigned_cases[] = { { "0", NULL },
		{ "-0.0", NULL }, { "-1e-9", "must not be below 0." } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_REAL, .form = FORM_FLOAT }),
	    cases);
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_REAL, .is_unsigned = true }),
	    unsigned_cases);
}

static void
a_decimal_has_places_before_the_point(void **state)
{
	static const char why[] =
	    "must have at most 3 digits before the point.";
	static const struct bound_case cases[] = { { "999.99", NULL },
		{ "-999.99", NULL }, { "0.001", NULL }, { "1.005", NULL },
		{ "999.99999999999999999999999999", NULL }, { "9.99e2", NULL },
		{ "0.0012e5", NULL }, { "1000e-1", NULL }, { "0e99", NULL },
		{ "1e-999999999999999999999", NULL }, { "1000", why },
		{ "-1000.5", why }, { "1e3", why }, { "0.0012e6", why },
		{ "\"1000\"", why }, { "1e999999999999999999999", why } };
	static const struct bound_case unsigned_cases[] = { { "0", NULL },
		{ "-0.00", NULL }, { "-0.01", "must not be below 0." } };
	static const struct bound_case fractions[] = { { "0.99", NULL },
		{ "1", "must have at most 0 digits before the point." } };

	(void)state;
	ASSERT_CASES(((struct column){
			 .kind = COLUMN_DECIMAL, .precision = 5, .scale = 2 }),
	    cases);
	ASSERT_CASES(((struct column){ .kind = COLUMN_DECIMAL,
			 .is_unsigned = true,
			 .precision = 5,
			 .scale = 2 }),
	    unsigned_cases);
	ASSERT_CASES(((struct column){
			 .kind = COLUMN_DECIMAL, .precision = 2, .scale = 2 }),
	    fractions);
}

static void
a_column_of_doubles_rounds_nothing(void **state)
{
	static const char digits[] =
	    "has more than the 15 significant digits that the database keeps.";
	static const char range[] =
	    "is out of the range that the database has.";
	static const struct bound_case cases[] = { { "0.1", NULL },
		{ "9223372036854775807", NULL }, { "0.123456789012345", NULL },
		{ "0.1234567890123456", digits }, { "1e400", range },
		{ "1e-400", range }, { "0e-400", NULL } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_DECIMAL, .digits = 15 }), cases);
}

static void
texts_have_a_length_in_characters(void **state)
{
	static const char why[] = "must have at most 3 characters.";
	static const struct bound_case cases[] = { { "\"\"", NULL },
		{ "\"abc\"", NULL }, { "\"\xe6\xbc\xa2\xc3\xa9z\"", NULL },
		{ "\"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\"",
		    NULL },
		{ "\"a\\u0000b\"", NULL }, { "123", NULL }, { "1234", why },
		{ "\"abcd\"", why }, { "\"abc \"", why },
		{ "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"", why } };
	static const struct bound_case fixed[] = { { "\"abc   \"", NULL },
		{ "\"      \"", NULL }, { "\"abcd  \"", why },
		{ "\" abc\"", why } };
	static const struct bound_case bytes[] = { { "\"abc\"", NULL },
		{ "\"\xc3\xa9z\"", NULL },
		{ "\"\xc3\xa9\xc3\xa9\"", "must have at most 3 bytes." } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_TEXT, .length = 3 }), cases);
	ASSERT_CASES(
	    ((struct column){
		.kind = COLUMN_TEXT, .form = FORM_FIXED, .length = 3 }),
	    fixed);
	ASSERT_CASES(
	    ((struct column){
		.kind = COLUMN_TEXT, .form = FORM_BYTES, .length = 3 }),
	    bytes);
}

static void
one_is_not_several(void **state)
{
	static const struct bound_case text[] = { { "\"ab\"",
	    "must have at most 1 character." } };
	static const struct bound_case bytes[] = { { "\"AP8=\"",
	    "must have at most 1 byte." } };
	static const struct bound_case number[] = { { "10",
	    "must have at most 1 digit before the point." } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_TEXT, .length = 1 }), text);
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_BINARY, .length = 1 }), bytes);
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_DECIMAL, .precision = 1 }),
	    number);
}

static void
binaries_have_a_length_in_bytes(void **state)
{
	static const char why[] = "must have at most 2 bytes.";
	static const char geo[] =
	    "must be a geometry as it is read: SRID and WKB in base64.";
	static const struct bound_case cases[] = { { "\"\"", NULL },
		{ "\"AP8=\"", NULL }, { "\"AP8A\"", why } };
	static const struct bound_case geometries[] = {
		{ "\"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==\"", NULL },
		{ "\"AAAAAAEHAAAAAAAAAA==\"", NULL }, { "\"\"", geo },
		{ "\"AAAA\"", geo },
		{ "\"AQEAAAAAAAAAAADwPwAAAAAAAABA\"", geo },
		{ "\"UE9JTlQoMSAyKQ==\"", geo }
	};

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_BINARY, .length = 2 }), cases);
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_BINARY, .form = FORM_GEOMETRY }),
	    geometries);
}

static struct str colours[] = { { "red", 3 }, { "Green", 5 }, { "it's", 4 },
	{ "7", 1 } };
static struct str accents[] = { { "\xc3\xa9", 2 }, { "x", 1 } };

static void
a_choice_is_one_of_its_column(void **state)
{
	static const char why[] = "must be one of 'red', 'Green', 'it's', '7'.";
	static const struct bound_case cases[] = { { "\"red\"", NULL },
		{ "\"RED\"", NULL }, { "\"green  \"", NULL }, { "\"7\"", NULL },
		{ "7", NULL },
		{ "\"r\xc3\xa9"
		  "d\"",
		    NULL },
		{ "\"blue\"", why }, { "\"\"", why }, { "1", why },
		{ "\"1\"", why }, { "\" red\"", why }, { "\"red,red\"", why } };
	static const struct bound_case open[] = { { "\"\xc3\xa9\"", NULL },
		{ "\"e\"", NULL }, { "1", "must be one of '\xc3\xa9', 'x'." },
		{ "\" +1\"", "must be one of '\xc3\xa9', 'x'." },
		{ "\"\"", "must be one of '\xc3\xa9', 'x'." } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){
		.kind = COLUMN_TEXT, .choices = colours, .n_choices = 4 }),
	    cases);
	ASSERT_CASES(
	    ((struct column){
		.kind = COLUMN_TEXT, .choices = accents, .n_choices = 2 }),
	    open);
}

static void
a_set_is_some_of_its_choices(void **state)
{
	static const char why[] = "must be some of 'red', 'Green', 'it's', "
				  "'7', with commas between them.";
	static const struct bound_case cases[] = { { "\"\"", NULL },
		{ "\"red\"", NULL }, { "\"green,RED\"", NULL },
		{ "\"red,red\"", NULL }, { "\"7,it's\"", NULL }, { "3", why },
		{ "\"3\"", why }, { "\"red,\"", why }, { "\",\"", why },
		{ "\"red, Green\"", why }, { "\"red,blue\"", why } };

	(void)state;
	ASSERT_CASES(((struct column){ .kind = COLUMN_TEXT,
			 .is_set = true,
			 .choices = colours,
			 .n_choices = 4 }),
	    cases);
}

static void
many_choices_are_not_named(void **state)
{
	static const struct bound_case cases[] = { { "\"x\"",
	    "must be one of the 300 choices of its column." } };
	struct str many[300];

	(void)state;
	for (size_t i = 0; i < 300; i++)
		many[i] = STR("abc");
	ASSERT_CASES(
	    ((struct column){
		.kind = COLUMN_TEXT, .choices = many, .n_choices = 300 }),
	    cases);
}

static void
moments_of_a_server_have_a_range_and_no_zone(void **state)
{
	static const char range[] =
	    "must be a time from -838:59:59 to 838:59:59.";
	static const char zone[] = "must be a date and time without a zone "
				   "(YYYY-MM-DD HH:MM:SS).";
	static const struct bound_case times[] = { { "\"838:59:59.9\"", NULL },
		{ "\"-838:59:59\"", NULL }, { "\"12:30\"", NULL },
		{ "123015", NULL }, { "\"839:00:00\"", range },
		{ "\"-999:00:00\"", range } };
	static const struct bound_case moments[] = {
		{ "\"2024-02-29T12:30:00\"", NULL },
		{ "\"2024-02-29 12:30:00+02:00\"", NULL },
		{ "\"2024-00-00 00:00:00\"", NULL },
		{ "\"2024-02-29T12:30:00Z\"", zone },
		{ "\"2024-02-29T12:30:00.000Z\"", zone }
	};

	(void)state;
	ASSERT_CASES(((struct column){ .kind = COLUMN_TIME }), times);
	ASSERT_CASES(((struct column){ .kind = COLUMN_DATETIME }), moments);
}

static void
moments_of_a_file_are_only_moments(void **state)
{
	static const struct bound_case cases[] = { { "\"2024-02-29T12:30:00Z\"",
						       NULL },
		{ "1700000000", NULL }, { "2460369.5", NULL },
		{ "\"2024-00-00 00:00:00\"",
		    "must be a date and time (YYYY-MM-DD HH:MM:SS)." } };

	(void)state;
	ASSERT_CASES(
	    ((struct column){ .kind = COLUMN_DATETIME, .form = FORM_LOOSE }),
	    cases);
}

static void
a_json_column_holds_json(void **state)
{
	static const struct bound_case cases[] = { { "{\"a\":[1]}", NULL },
		{ "\"{\\\"a\\\":1,\\\"a\\\":2}\"", NULL }, { "\"null\"", NULL },
		{ "\" 1.50 \"", NULL }, { "true", NULL },
		{ "\"text\"", "must be JSON." }, { "\"\"", "must be JSON." },
		{ "\"{\"", "must be JSON." }, { "\"'a'\"", "must be JSON." } };

	(void)state;
	ASSERT_CASES(((struct column){ .kind = COLUMN_JSON }), cases);
}

static void
expressions_are_no_values(void **state)
{
	static const char expression[] = "{\"expression\":\"NOW()\"}";
	struct column column = { .name = { "f", 1 } };

	(void)state;
	for (int kind = COLUMN_INTEGER; kind <= COLUMN_ANY; kind++) {
		column.kind = (enum column_kind)kind;
		assert_string_equal(said(&column, expression),
		    kind == COLUMN_JSON ? ""
					: "Field 'f' must be a value: SQL "
					  "expressions are not offered.");
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
		TEST(integers_stay_in_their_range),
		TEST(a_year_is_none_or_of_its_centuries),
		TEST(a_float_has_a_range),
		TEST(a_decimal_has_places_before_the_point),
		TEST(a_column_of_doubles_rounds_nothing),
		TEST(texts_have_a_length_in_characters),
		TEST(one_is_not_several),
		TEST(binaries_have_a_length_in_bytes),
		TEST(a_choice_is_one_of_its_column),
		TEST(a_set_is_some_of_its_choices),
		TEST(many_choices_are_not_named),
		TEST(moments_of_a_server_have_a_range_and_no_zone),
		TEST(moments_of_a_file_are_only_moments),
		TEST(a_json_column_holds_json),
		TEST(expressions_are_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
