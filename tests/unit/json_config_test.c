#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "middleware/json_config.h"

struct said {
	struct str host, port, tls;
};

static const struct json_config_member rows[] = {
	JSON_CONFIG_MEMBER(struct said, host),
	JSON_CONFIG_MEMBER(struct said, port),
	JSON_CONFIG_MEMBER(struct said, tls),
	{ .name = NULL },
};

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 1024);
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
each_member_goes_where_its_row_says(void **state)
{
	struct error err = { 0 };
	struct said said;

	(void)state;
	assert_int_equal(json_config_read(&arena,
			     STR("{\"tls\":true,\"port\":3306,"
				 "\"host\":\"db.lan\"}"),
			     rows, &said, &err),
	    ST_OK);
	assert_string_equal(said.host.p, "db.lan");
	assert_string_equal(said.port.p, "3306");
	assert_string_equal(said.tls.p, "true");
}

static void
what_is_missing_null_or_unknown_is_no_error(void **state)
{
	struct error err = { 0 };
	struct said said = { STR("old"), STR("old"), STR("old") };

	(void)state;
	assert_int_equal(json_config_read(&arena,
			     STR("{\"port\":null,\"colour\":\"red\","
				 "\"tls\":\"\"}"),
			     rows, &said, &err),
	    ST_OK);
	assert_true(str_is_null(said.host));
	assert_true(str_is_null(said.port));
	assert_false(str_is_null(said.tls));
	assert_int_equal(said.tls.n, 0);
}

static void
a_value_that_is_not_plain_is_named(void **state)
{
	struct error err = { 0 };
	struct said said;

	(void)state;
	assert_int_equal(json_config_read(&arena, STR("{\"port\":[3306]}"),
			     rows, &said, &err),
	    ST_INVALID);
	assert_string_equal(err.text, "\"port\" has a wrong value");
}

static void
a_config_is_an_object(void **state)
{
	struct error err = { 0 };
	struct said said;

	(void)state;
	assert_int_equal(
	    json_config_read(&arena, STR("[]"), rows, &said, &err), ST_INVALID);
	assert_string_equal(err.text, "a JSON object is expected");
}

static void
an_integer_is_taken_only_within_its_range(void **state)
{
	static const struct {
		const char *text;
		enum status st;
		int64_t number;
	} cases[] = {
		{ "1", ST_OK, 1 },
		{ "9", ST_OK, 9 },
		{ "", ST_OK, 5 },
		{ NULL, ST_OK, 5 },
		{ "0", ST_INVALID, 5 },
		{ "10", ST_INVALID, 5 },
		{ "1.5", ST_INVALID, 5 },
		{ "true", ST_INVALID, 5 },
	};
	const struct json_config_range range = { 1, 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = { 0 };
		int64_t number = 5;

		assert_int_equal(
		    json_config_integer(
			"size", str_of(cases[i].text), range, &number, &err),
		    cases[i].st);
		assert_int_equal(number, cases[i].number);
		assert_string_equal(
		    err.text, cases[i].st == ST_OK
				  ? ""
				  : "size must be an integer from 1 to 9");
	}
}

static void
seconds_are_never_negative(void **state)
{
	struct error err = { 0 };
	uint32_t seconds = 7;

	(void)state;
	assert_int_equal(
	    json_config_seconds("ttl", STR("-1"), 60, &seconds, &err),
	    ST_INVALID);
	assert_int_equal(seconds, 7);
	assert_string_equal(err.text, "ttl must be an integer from 0 to 60");
	assert_int_equal(
	    json_config_seconds("ttl", STR("60"), 60, &seconds, &err), ST_OK);
	assert_int_equal(seconds, 60);
}

static void
an_empty_text_is_what_is_usual(void **state)
{
	(void)state;
	assert_string_equal(json_config_string(STR("a"), "b"), "a");
	assert_string_equal(json_config_string(STR(""), "b"), "b");
	assert_null(json_config_string(STR_NULL, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_member_goes_where_its_row_says),
		cmocka_unit_test(what_is_missing_null_or_unknown_is_no_error),
		cmocka_unit_test(a_value_that_is_not_plain_is_named),
		cmocka_unit_test(a_config_is_an_object),
		cmocka_unit_test(an_integer_is_taken_only_within_its_range),
		cmocka_unit_test(seconds_are_never_negative),
		cmocka_unit_test(an_empty_text_is_what_is_usual),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
