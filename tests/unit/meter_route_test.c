#include "middleware/meter_route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/meter.h"

#define SHOP INT64_C(7)

static struct meter_route routes[METER_ROUTES];
static struct meter_route_sum sums[2 * METER_ROUTES];

static int
set_up(void **state)
{
	(void)state;
	memset(routes, 0, sizeof(routes));
	return 0;
}

static void
count(const char *name, enum cache_verdict cache, int64_t us)
{
	const struct meter_answer answer = { .service_id = SHOP,
		.method = METHOD_GET,
		.cache = cache,
		.whole_us = us,
		.route = str_of(name) };

	meter_route_count(routes, &answer);
}

static size_t
read_all(void)
{
	struct meter_route_sum *end = meter_routes_read(routes, sums);

	return meter_routes_merge(sums, (size_t)(end - sums));
}

static void
a_route_has_its_calls_misses_and_times(void **state)
{
	(void)state;
	count("_table/orders", CACHE_VERDICT_MISS, 300);
	count("_table/orders", CACHE_VERDICT_HIT, 20);
	count("_table/orders", CACHE_VERDICT_STALE, 100);
	count("_table/stock", CACHE_VERDICT_NONE, -1);
	assert_int_equal(read_all(), 2);
	assert_true(str_eq(sums[0].name, STR("_table/orders")));
	assert_int_equal(sums[0].service_id, SHOP);
	assert_int_equal(sums[0].method, METHOD_GET);
	assert_int_equal(sums[0].count, 3);
	assert_int_equal(sums[0].misses, 2);
	assert_int_equal(sums[0].sum_us, 420);
	assert_int_equal(sums[0].max_us, 300);
	assert_int_equal(sums[1].sum_us, 0);
}

static void
equal_routes_of_two_sheets_are_one(void **state)
{
	struct meter_route_sum *end;

	(void)state;
	count("", CACHE_VERDICT_NONE, 5);
	end = meter_routes_read(routes, sums);
	end = meter_routes_read(routes, end);
	assert_int_equal(meter_routes_merge(sums, (size_t)(end - sums)), 1);
	assert_int_equal(sums[0].count, 2);
	assert_int_equal(sums[0].sum_us, 10);
	assert_int_equal(sums[0].max_us, 5);
}

static void
what_is_no_route_is_not_counted(void **state)
{
	static const char long_name[] =
	    "_table/a_name_of_more_than_forty-eight_bytes_is_too_long";

	(void)state;
	count(NULL, CACHE_VERDICT_MISS, 1);
	count(long_name, CACHE_VERDICT_MISS, 1);
	assert_int_equal(read_all(), 0);
}

static void
routes_beyond_the_places_are_not_counted(void **state)
{
	char name[METER_ROUTE_BYTES];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "_table/t%d", i);
		count(name, CACHE_VERDICT_MISS, 1);
	}
	assert_int_equal(read_all(), METER_ROUTES);
}

/* Whoever took it has died before it was named. */
static void
a_place_half_taken_is_passed_by(void **state)
{
	(void)state;
	for (size_t i = 0; i < METER_ROUTES; i += 2)
		atomic_store(&routes[i].code, 1);
	count("_table/orders", CACHE_VERDICT_MISS, 1);
	count("_table/orders", CACHE_VERDICT_MISS, 1);
	assert_int_equal(read_all(), 1);
	assert_int_equal(sums[0].count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_route_has_its_calls_misses_and_times, set_up),
		cmocka_unit_test_setup(
		    equal_routes_of_two_sheets_are_one, set_up),
		cmocka_unit_test_setup(what_is_no_route_is_not_counted, set_up),
		cmocka_unit_test_setup(
		    routes_beyond_the_places_are_not_counted, set_up),
		cmocka_unit_test_setup(a_place_half_taken_is_passed_by, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
