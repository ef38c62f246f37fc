#include "middleware/fallback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "drivers/cache/cache.h"

static const struct cache_space space = { { "one", 3 }, false };
static const struct cache_space other = { { "other", 5 }, false };
static struct fallback *fallback;
static struct cache_op first, second;
static struct cache_op *both[] = { &first, &second };

static int
set_up(void **state)
{
	(void)state;
	if (!secret_init())
		return 1;
	fallback = fallback_new();
	first = (struct cache_op){ .kind = CACHE_COUNT,
		.space = &space,
		.key = STR("first"),
		.ttl = 60,
		.limit = 2 };
	second = (struct cache_op){ .kind = CACHE_COUNT,
		.space = &space,
		.key = STR("second"),
		.ttl = 1,
		.limit = 1 };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fallback_free(fallback);
	return 0;
}

static void
a_refused_call_counts_nowhere(void **state)
{
	(void)state;
	fallback_count(fallback, both, 2, 1000);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(second.status, ST_OK);
	fallback_count(fallback, both, 2, 1001);
	assert_int_equal(second.status, ST_REFUSED);
	assert_int_equal(second.reset_ms, 999);
	fallback_count(fallback, both, 1, 1002);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 2);
}

static void
a_window_ends(void **state)
{
	(void)state;
	fallback_count(fallback, both + 1, 1, 1000);
	fallback_count(fallback, both + 1, 1, 1999);
	assert_int_equal(second.status, ST_REFUSED);
	fallback_count(fallback, both + 1, 1, 2000);
	assert_int_equal(second.status, ST_OK);
	assert_int_equal(second.count, 1);
}

/* One call may name a counter twice. */
static void
a_counter_named_twice_counts_twice(void **state)
{
	struct cache_op again;
	struct cache_op *twice[] = { &first, &again };

	(void)state;
	fallback_count(fallback, both, 1, 1000);
	again = first;
	fallback_count(fallback, twice, 2, 1001);
	assert_int_equal(first.status, ST_REFUSED);
	fallback_count(fallback, both, 1, 1002);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 2);
}

static void
a_look_begins_nothing(void **state)
{
	(void)state;
	fallback_look(fallback, &first, 1000);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 0);
	assert_int_equal(first.reset_ms, 0);
	fallback_count(fallback, both, 1, 5000);
	assert_int_equal(first.reset_ms, 60000);
	fallback_look(fallback, &first, 5001);
	assert_int_equal(first.count, 1);
	assert_int_equal(first.reset_ms, 59999);
}

static void
spaces_do_not_share_counters(void **state)
{
	(void)state;
	fallback_count(fallback, both + 1, 1, 1000);
	second.space = &other;
	fallback_count(fallback, both + 1, 1, 1001);
	assert_int_equal(second.status, ST_OK);
}

/* Many times the slots: nobody gets more than his limit. */
static void
a_full_table_never_counts_too_little(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "key %d", i);
		first.key = str_of(key);
		for (int k = 0; k < 3; k++)
			fallback_count(fallback, both, 1, 1000);
		assert_int_equal(first.status, ST_REFUSED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_refused_call_counts_nowhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_window_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_counter_named_twice_counts_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_look_begins_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    spaces_do_not_share_counters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_table_never_counts_too_little, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}
