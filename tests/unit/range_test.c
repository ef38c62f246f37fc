#include "middleware/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"

static void
one_range_is_a_part(void **state)
{
	static const struct {
		const char *field;
		int64_t size, first, length;
	} rows[] = {
		{ "bytes=0-0", 10, 0, 1 },
		{ "bytes=0-9", 10, 0, 10 },
		{ "bytes=3-", 10, 3, 7 },
		{ "bytes=3-99", 10, 3, 7 },
		{ "bytes=-3", 10, 7, 3 },
		{ "bytes=-99", 10, 0, 10 },
		{ "BYTES=9-9", 10, 9, 1 },
		{ "bytes= 1-2 ", 10, 1, 2 },
		{ "bytes=0-99999999999999999999999", 10, 0, 10 },
		{ "bytes=-99999999999999999999999", 10, 0, 10 },
		{ "bytes=5000000000-", 5000000001, 5000000000, 1 },
	};
	struct range out;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    range_read(str_of(rows[i].field), rows[i].size, &out),
		    RANGE_PART);
		assert_int_equal(out.first, rows[i].first);
		assert_int_equal(out.length, rows[i].length);
	}
}

static void
what_is_no_single_range_means_all(void **state)
{
	static const char *const fields[] = { NULL, "", "bytes",
		"bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-3",
		"bytes=+1-2", "bytes=0-1,3-4", "bytes=-1,-2", "items=0-1",
		"bytes=1-2-3", "bytes=1--2", "bytes=0x1-2", "=0-1",
		"bytes=1 2-3" };
	struct range out;

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		assert_int_equal(
		    range_read(str_of(fields[i]), 10, &out), RANGE_WHOLE);
}

static void
what_lies_behind_the_end_is_none(void **state)
{
	struct range out;

	(void)state;
	assert_int_equal(range_read(STR("bytes=10-"), 10, &out), RANGE_NONE);
	assert_int_equal(range_read(STR("bytes=10-11"), 10, &out), RANGE_NONE);
	assert_int_equal(range_read(STR("bytes=-0"), 10, &out), RANGE_NONE);
	assert_int_equal(range_read(STR("bytes=0-"), 0, &out), RANGE_NONE);
	assert_int_equal(
	    range_read(STR("bytes=99999999999999999999-"), 10, &out),
	    RANGE_NONE);
	assert_int_equal(range_read(STR("bytes=-5"), 0, &out), RANGE_WHOLE);
}

static void
a_part_is_named_with_the_whole(void **state)
{
	struct range part = { 3, 4 };
	struct arena arena;
	struct buf head;

	(void)state;
	arena_init(&arena, 256);
	head = buf_in(&arena);
	range_put(&head, &part, 10);
	range_put(&head, NULL, 10);
	assert_true(
	    str_eq(buf_str(&head), STR("Content-Range: bytes 3-6/10\r\n"
				       "Content-Range: bytes */10\r\n")));
	arena_close(&arena);
}

static void
if_range_holds_for_what_stands_now(void **state)
{
	static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	static const struct {
		const char *field;
		int64_t modified;
		int64_t now_s;
		bool holds;
	} rows[] = {
		{ "\"a\"", 0, 0, true },
		{ "W/\"a\"", 0, 0, false },
		{ "\"b\"", 0, 0, false },
		{ "\"a\", \"b\"", 0, 0, false },
		{ date, 784111777, 784111778, true },
		{ date, 784111777, 784111777, false },
		{ date, 784111776, 784111800, false },
		{ date, 784111778, 784111800, false },
		{ date, 0, 784111800, false },
		{ "today", 784111777, 784111800, false },
		{ "", 784111777, 784111800, false },
		{ "*", 784111777, 784111800, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(range_if(str_of(rows[i].field), STR("\"a\""),
				     rows[i].modified, rows[i].now_s),
		    rows[i].holds);
	assert_false(range_if(STR("\"\""), STR_NULL, 0, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_range_is_a_part),
		cmocka_unit_test(what_is_no_single_range_means_all),
		cmocka_unit_test(what_lies_behind_the_end_is_none),
		cmocka_unit_test(a_part_is_named_with_the_whole),
		cmocka_unit_test(if_range_holds_for_what_stands_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
