/* Where the values of ":name" come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"

#define ROWS(list) (sizeof(list) / sizeof((list)[0]))

static struct arena arena;
static struct error err;

static enum status
read_params(struct param *list, size_t n, struct params *out)
{
	struct params options = { list, n };

	err = (struct error){ .text = "" };
	return filter_params(&arena, &options, out, &err);
}

static void
assert_value(const struct params *params, const char *name, const char *value)
{
	assert_true(str_eq(params_get(params, str_of(name)), str_of(value)));
}

static void
the_url_names_them_in_brackets(void **state)
{
	struct param list[] = {
		{ STR("params[:a]"), STR("1") },
		{ STR("params[b]"), STR("x y") },
		{ STR("PARAMS[C]"), STR("") },
		{ STR("params[a]"), STR("second") },
		{ STR("filter"), STR("a = :a") },
		{ STR("params["), STR("no") },
		{ STR("params"), STR("") },
	};
	struct params params;

	(void)state;
	assert_int_equal(read_params(list, ROWS(list), &params), ST_OK);
	assert_int_equal(params.n, 3);
	assert_value(&params, "a", "1");
	assert_value(&params, "b", "x y");
	assert_value(&params, "C", "");
}

static void
an_object_holds_them_with_or_without_colons(void **state)
{
	struct param list[] = { { STR("Params"),
	    STR(" {\":a\": 1.10, \"b\": \"\\u00e9\", \"c\": null, \"d\": "
		"true} ") } };
	struct params params;

	(void)state;
	assert_int_equal(read_params(list, ROWS(list), &params), ST_OK);
	assert_int_equal(params.n, 4);
	assert_value(&params, "a", "1.10");
	assert_value(&params, "b", "\xc3\xa9");
	assert_true(str_is_null(params_get(&params, STR("c"))));
	assert_value(&params, "d", "true");
}

static void
the_url_counts_before_the_object(void **state)
{
	struct param list[] = {
		{ STR("params"), STR("{\":a\": 1}") },
		{ STR("params[:a]"), STR("2") },
	};
	struct params params;

	(void)state;
	assert_int_equal(read_params(list, ROWS(list), &params), ST_OK);
	assert_int_equal(params.n, 1);
	assert_value(&params, "a", "2");
}

static void
without_any_there_are_none(void **state)
{
	struct params params;

	(void)state;
	assert_int_equal(read_params(NULL, 0, &params), ST_OK);
	assert_int_equal(params.n, 0);
}

static void
what_is_no_object_of_scalars_is_refused(void **state)
{
	static const struct {
		struct str text;
		const char *why;
	} bad[] = {
		{ { "[1]", 3 }, "Parameter 'params' must be an object." },
		{ { "5", 1 }, "Parameter 'params' must be an object." },
		{ { "{\"a\":[1]}", 9 },
		    "Parameter 'a' of 'params' must be a string, a number, "
		    "true, false or null." },
	};
	struct params params;
	struct param malformed = { STR("params"), STR("{") };

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct param param = { STR("params"), bad[i].text };

		assert_int_equal(read_params(&param, 1, &params), ST_INVALID);
		assert_string_equal(err.text, bad[i].why);
	}
	assert_int_equal(read_params(&malformed, 1, &params), ST_INVALID);
	assert_non_null(strstr(err.text, "line 1 column 2"));
}

static void
their_number_is_bounded(void **state)
{
	static struct param list[FILTER_PARAMS_MAX + 1];
	struct params params;

	(void)state;
	for (size_t i = 0; i < FILTER_PARAMS_MAX; i++)
		list[i] =
		    (struct param){ arena_printf(&arena, "params[p%zu]", i),
			    STR("1") };
	list[FILTER_PARAMS_MAX] =
	    (struct param){ STR("params"), STR("{\"a\": 1}") };
	assert_int_equal(read_params(list, FILTER_PARAMS_MAX, &params), ST_OK);
	assert_int_equal(params.n, FILTER_PARAMS_MAX);
	assert_int_equal(
	    read_params(list, FILTER_PARAMS_MAX + 1, &params), ST_INVALID);
	assert_non_null(strstr(err.text, "at most 1200 values"));
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
		TEST(the_url_names_them_in_brackets),
		TEST(an_object_holds_them_with_or_without_colons),
		TEST(the_url_counts_before_the_object),
		TEST(without_any_there_are_none),
		TEST(what_is_no_object_of_scalars_is_refused),
		TEST(their_number_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
