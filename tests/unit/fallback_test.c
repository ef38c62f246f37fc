#include "middleware/fallback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "drivers/cache/cache.h"

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
	first = (struct cache_op){
		.kind = CACHE_COUNT, .key = STR("first"), .ttl = 60, .limit = 2
	};
	second = (struct cache_op){
		.kind = CACHE_COUNT, .key = STR("second"), .ttl = 1, .limit = 1
	};
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_refused_call_counts_nowhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_window_ends, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}
