#include "middleware/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"

#define MAX 10000

static struct arena arena;

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

static void
expect(const char *csv, const char *records)
{
	struct str want = arena_printf(&arena, "{\"resource\":[%s]}", records);
	struct error err = { .text = "" };
	struct str json;

	if (csv_to_json(&arena, str_of(csv), MAX, &json, &err) != ST_OK)
		fail_msg("%s: %s", csv, err.text);
	assert_string_equal(arena_dup(&arena, json).p, want.p);
}

static void
expect_fault(const char *csv, const char *fault)
{
	struct error err = { .text = "" };
	struct str json;

	assert_int_equal(
	    csv_to_json(&arena, str_of(csv), MAX, &json, &err), ST_INVALID);
	assert_string_equal(err.text, fault);
}

static void
lines_become_records(void **state)
{
	(void)state;
	expect("a,b\r\n1,x\r\n2,y\r\n",
	    "{\"a\":\"1\",\"b\":\"x\"},{\"a\":\"2\",\"b\":\"y\"}");
	expect("a,b\n1,x", "{\"a\":\"1\",\"b\":\"x\"}");
	expect("\xEF\xBB\xBF"
	       "a\n1\n",
	    "{\"a\":\"1\"}");
	expect("a\n", "");
	expect("a", "");
}

static void
an_empty_field_is_null_and_a_quoted_one_is_not(void **state)
{
	(void)state;
	expect("a,b,c\n,\"\",\n", "{\"a\":null,\"b\":\"\",\"c\":null}");
	expect("a\n\"\"\n", "{\"a\":\"\"}");
}

static void
quotes_hold_anything(void **state)
{
	(void)state;
	expect("\"a\"\"b\",c\n\"1,2\",\"x\r\ny\"\"\"\n",
	    "{\"a\\\"b\":\"1,2\",\"c\":\"x\\r\\ny\\\"\"}");
	expect("a\n\"\"\"\"\n", "{\"a\":\"\\\"\"}");
	expect("a,b\n x ,\"y\"\n", "{\"a\":\" x \",\"b\":\"y\"}");
}

static void
blank_lines_are_no_records_beside_several_columns(void **state)
{
	(void)state;
	expect("a,b\n\n1,2\n\r\n\n3,4\n\n",
	    "{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"4\"}");
	expect("a\n\n1\n", "{\"a\":null},{\"a\":\"1\"}");
}

static void
a_fault_is_found_where_it_stands(void **state)
{
	(void)state;
	expect_fault("", "line 1 column 1: no columns are named");
	expect_fault("\n1\n", "line 1 column 1: a column without a name");
	expect_fault("a,\n", "line 1 column 3: a column without a name");
	expect_fault(
	    "a,b,a\n", "line 1 column 5: a second column of that name");
	expect_fault("a,b\n1,2\n3\n",
	    "line 3 column 1: 1 fields, where the first line names 2 columns");
	expect_fault("a,b\n1,2,\n",
	    "line 2 column 1: 3 fields, where the first line names 2 columns");
	expect_fault(
	    "a\n\"x\ny\n", "line 2 column 1: a field in quotes has no end");
	expect_fault("a\n\"x\"y\n",
	    "line 2 column 4: expected a comma or the end of the line behind a "
	    "field");
	expect_fault("a\n\xC3\xA9\"\n",
	    "line 2 column 2: a quote within a field: put the field in quotes, "
	    "and each quote in it twice");
	expect_fault("a\rb\r",
	    "line 1 column 2: expected a comma or the end of the line behind a "
	    "field");
	expect_fault("a\n\xE9\n", "line 2 column 1: not valid UTF-8");
}

/* Few bytes of CSV may mean many of JSON. */
static void
what_it_means_is_bounded(void **state)
{
	struct buf csv = buf_in(&arena);
	struct error err = { .text = "" };
	struct str json;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_put_char(&csv, 'n');
	for (int i = 0; i < 20; i++)
		buf_put_lit(&csv, "\n1");
	assert_int_equal(
	    csv_to_json(&arena, buf_str(&csv), MAX, &json, &err), ST_TOO_BIG);
	csv.n = 0;
	for (unsigned i = 0; i <= CSV_COLUMNS_MAX; i++)
		buf_printf(&csv, "c%u,", i);
	assert_int_equal(
	    csv_to_json(&arena, buf_str(&csv), MAX, &json, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "more than 4096 columns"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_become_records),
		TEST(an_empty_field_is_null_and_a_quoted_one_is_not),
		TEST(quotes_hold_anything),
		TEST(blank_lines_are_no_records_beside_several_columns),
		TEST(a_fault_is_found_where_it_stands),
		TEST(what_it_means_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
