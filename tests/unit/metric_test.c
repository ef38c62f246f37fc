#include "middleware/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
assert_says(const struct buf *b, const char *expected)
{
	struct str text = buf_str(b);

	assert_string_equal(arena_dup(&arena, text).p, expected);
}

static void
a_name_has_its_help_and_its_type(void **state)
{
	struct buf b = buf_in(&arena);

	(void)state;
	metric_head(&b, "a_total", "counter", "What it is.");
	assert_says(&b, "# HELP a_total What it is.\n# TYPE a_total counter\n");
}

static void
what_would_end_a_label_is_escaped(void **state)
{
	struct buf b = buf_in(&arena);
	const struct metric_label label = { "name",
		STR("a\"b\\c\nd\xc3\xa9\xff") };

	(void)state;
	metric_put(&b, "a", &label, 1, 7);
	assert_says(&b, "a{name=\"a\\\"b\\\\c\\nd\xc3\xa9?\"} 7\n");
}

static void
a_metric_needs_no_label(void **state)
{
	struct buf b = buf_in(&arena);

	(void)state;
	metric_put(&b, "a", NULL, 0, UINT64_MAX);
	metric_put_seconds(&b, "b", NULL, 0, 12000034);
	assert_says(&b, "a 18446744073709551615\nb 12.000034\n");
}

static void
buckets_add_up(void **state)
{
	struct buf b = buf_in(&arena);
	struct meter_times times = { .sum_us = 1500000 };
	const struct metric_label label = { "stage", STR("queue") };
	const char *text;

	(void)state;
	times.bucket[0] = 2;
	times.bucket[2] = 3;
	times.bucket[METER_BOUNDS] = 1;
	metric_put_times(&b, "t", &label, &times);
	text = arena_dup(&arena, buf_str(&b)).p;
	assert_non_null(
	    strstr(text, "t_bucket{stage=\"queue\",le=\"0.000050\"} 2\n"));
	assert_non_null(strstr(text, ",le=\"0.000100\"} 2\n"));
	assert_non_null(strstr(text, ",le=\"0.000250\"} 5\n"));
	assert_non_null(strstr(text, ",le=\"10.000000\"} 5\n"));
	assert_non_null(strstr(text, ",le=\"+Inf\"} 6\n"));
	assert_non_null(strstr(text, "t_sum{stage=\"queue\"} 1.500000\n"));
	assert_non_null(strstr(text, "t_count{stage=\"queue\"} 6\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_its_help_and_its_type),
		cmocka_unit_test(what_would_end_a_label_is_escaped),
		cmocka_unit_test(a_metric_needs_no_label),
		cmocka_unit_test(buckets_add_up),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
