#include "middleware/meters.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "tests/support/folder.h"

#define THREADS 8
#define COUNTS  20000
#define KINDS   100

static struct arena arena;
static char folder[FOLDER_PATH_BYTES];
static struct meters *meters, *others; /* as of two processes */
static const struct timing no_timing;

static int
set_up(void **state)
{
	struct error err = { 0 };

	(void)state;
	arena_init(&arena, 4096);
	folder_make(folder);
	assert_int_equal(meters_open(folder, &meters, &err), ST_OK);
	assert_int_equal(meters_open(folder, &others, &err), ST_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	meters_close(others);
	meters_close(meters);
	folder_remove(folder);
	arena_close(&arena);
	return 0;
}

static void
count(struct meter *m, int64_t service_id, int status)
{
	const struct meter_answer answer = {
		.service_id = service_id,
		.method = METHOD_GET,
		.status = status,
		.bytes = 10,
		.whole_us = 60,
		.timing = &no_timing,
	};

	meter_count(m, &answer);
}

static struct meter_sum
sum_of(struct meters *m)
{
	struct meter_sum sum;
	struct error err = { 0 };

	assert_int_equal(meters_sum(m, &arena, &sum, &err), ST_OK);
	return sum;
}

static uint64_t
counted(const struct meter_sum *sum)
{
	uint64_t n = sum->other;

	for (size_t i = 0; i < sum->n_kinds; i++)
		n += sum->kinds[i].count;
	return n;
}

static void
a_kind_knows_what_the_cache_said(void **state)
{
	uint32_t code = meter_code(CACHE_VERDICT_OLD, METHOD_PATCH, 404);

	(void)state;
	assert_int_equal(meter_verdict(code), CACHE_VERDICT_OLD);
	assert_int_equal(meter_method(code), METHOD_PATCH);
	assert_int_equal(meter_status(code), 404);
	assert_true(code > METER_TAKEN);
}

static void
equal_answers_are_one_kind(void **state)
{
	struct meter_sum sum;

	(void)state;
	count(meters_sheet(meters), -7, 200);
	count(meters_sheet(meters), -7, 200);
	count(meters_sheet(others), -7, 200);
	count(meters_sheet(others), -7, 404);
	sum = sum_of(meters);
	assert_int_equal(sum.n_kinds, 2);
	assert_int_equal(sum.kinds[0].service_id, -7);
	assert_int_equal(sum.kinds[0].count, 3);
	assert_int_equal(meter_method(sum.kinds[0].code), METHOD_GET);
	assert_int_equal(meter_status(sum.kinds[1].code), 404);
	assert_int_equal(sum.bytes, 40);
	assert_int_equal(sum.whole.bucket[1], 4);
	assert_int_equal(sum.whole.sum_us, 240);
}

static void
what_took_as_long_as_a_bound_is_within_it(void **state)
{
	const struct timing timing = { .us = { 50, 51, 10000001 } };
	const struct meter_answer answer = { .status = 200, .timing = &timing };
	struct meter_sum sum;

	(void)state;
	meter_count(meters_sheet(meters), &answer);
	sum = sum_of(others);
	assert_int_equal(sum.phase[0].bucket[0], 1);
	assert_int_equal(sum.phase[1].bucket[1], 1);
	assert_int_equal(sum.phase[2].bucket[METER_BOUNDS], 1);
}

static void
kinds_beyond_the_places_are_counted(void **state)
{
	struct meter *sheet = meters_sheet(meters);
	struct meter_sum sum;

	(void)state;
	for (size_t i = 0; i < METER_PLACES + 5; i++)
		count(sheet, (int64_t)i, 200);
	sum = sum_of(meters);
	assert_int_equal(sum.n_kinds, METER_PLACES);
	assert_int_equal(sum.other, 5);
}

static void *
count_many(void *sheet)
{
	for (int i = 0; i < COUNTS; i++)
		count(sheet, i % KINDS, 200);
	return NULL;
}

/* Threads that got no sheet of their own have one together. */
static void
threads_may_share_a_sheet(void **state)
{
	struct meter *sheet = meters_sheet(meters);
	pthread_t threads[THREADS];
	struct meter_sum sum;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, count_many, sheet), 0);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	sum = sum_of(meters);
	assert_int_equal(sum.n_kinds, KINDS);
	assert_int_equal(counted(&sum), THREADS * COUNTS);
	assert_int_equal(sum.kinds[0].count, THREADS * COUNTS / KINDS);
}

/* A thread that was killed while it took a place. */
static void
a_place_half_taken_is_passed_by(void **state)
{
	struct meter *sheet = meters_sheet(meters);
	struct meter_sum sum;

	(void)state;
	for (size_t i = 0; i < METER_PLACES; i++)
		atomic_store(&sheet->places[i].code, i % 2);
	count(sheet, 1, 200);
	count(sheet, 1, 200);
	sum = sum_of(meters);
	assert_int_equal(sum.n_kinds, 1);
	assert_int_equal(sum.kinds[0].count, 2);
}

static void
there_is_always_a_sheet(void **state)
{
	(void)state;
	for (int i = 0; i < 1500; i++)
		count(meters_sheet(meters), 1, 200);
	for (int i = 0; i < 10; i++)
		count(meters_sheet(others), 1, 200);
	assert_int_equal(sum_of(others).kinds[0].count, 1510);
}

static void
counts_stay_and_gauges_go_with_their_process(void **state)
{
	struct error err = { 0 };
	struct meter_sum sum;

	(void)state;
	meters_gauge(meters, GAUGE_PROCESSES, 1);
	meters_gauge(others, GAUGE_PROCESSES, 1);
	meters_gauge(meters, GAUGE_SNAPSHOT_MS, 20);
	meters_gauge(others, GAUGE_SNAPSHOT_MS, 10);
	count(meters_sheet(others), 1, 200);
	sum = sum_of(meters);
	assert_int_equal(sum.gauge[GAUGE_PROCESSES], 2);
	assert_int_equal(sum.oldest_snapshot_ms, 10);
	meters_close(others);
	sum = sum_of(meters);
	assert_int_equal(sum.gauge[GAUGE_PROCESSES], 1);
	assert_int_equal(sum.oldest_snapshot_ms, 20);
	assert_int_equal(counted(&sum), 1);
	assert_int_equal(meters_open(folder, &others, &err), ST_OK);
	count(meters_sheet(others), 1, 200);
	sum = sum_of(others);
	assert_int_equal(sum.gauge[GAUGE_PROCESSES], 1);
	assert_int_equal(counted(&sum), 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_kind_knows_what_the_cache_said),
		TEST(equal_answers_are_one_kind),
		TEST(what_took_as_long_as_a_bound_is_within_it),
		TEST(kinds_beyond_the_places_are_counted),
		TEST(threads_may_share_a_sheet),
		TEST(a_place_half_taken_is_passed_by),
		TEST(there_is_always_a_sheet),
		TEST(counts_stay_and_gauges_go_with_their_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
