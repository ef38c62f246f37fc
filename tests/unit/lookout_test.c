#include "app/lookout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/call.h"
#include "middleware/lease.h"

static struct lookouts lookouts;
static struct call calls[LOOKOUTS_MAX + 1];

static int
set_up(void **state)
{
	(void)state;
	memset(&lookouts, 0, sizeof(lookouts));
	memset(calls, 0, sizeof(calls));
	return 0;
}

static void
each_looks_when_its_moment_has_come(void **state)
{
	(void)state;
	assert_true(lookout_next(&lookouts) == INT64_MAX);
	assert_true(lookout_add(&lookouts, &calls[0], 100));
	assert_true(lookout_add(&lookouts, &calls[1], 110));
	assert_true(calls[1].looks);
	assert_int_equal(lookout_next(&lookouts), 100 + LEASE_LOOK_MS);
	assert_null(lookout_due(&lookouts, 100 + LEASE_LOOK_MS - 1));
	assert_ptr_equal(
	    lookout_due(&lookouts, 100 + LEASE_LOOK_MS), &calls[0]);
	assert_false(calls[0].looks);
	assert_null(lookout_due(&lookouts, 100 + LEASE_LOOK_MS));
	assert_ptr_equal(
	    lookout_due(&lookouts, 110 + LEASE_LOOK_MS), &calls[1]);
	assert_true(lookout_next(&lookouts) == INT64_MAX);
}

static void
any_of_them_may_leave(void **state)
{
	(void)state;
	for (size_t gone = 0; gone < 3; gone++) {
		(void)set_up(state);
		for (size_t i = 0; i < 3; i++)
			(void)lookout_add(&lookouts, &calls[i], 0);
		lookout_drop(&lookouts, &calls[gone]);
		assert_true(lookout_add(&lookouts, &calls[3], 0));
		for (size_t i = 0; i < 4; i++) {
			if (i != gone)
				assert_ptr_equal(
				    lookout_due(&lookouts, LEASE_LOOK_MS),
				    &calls[i]);
		}
		assert_null(lookout_due(&lookouts, LEASE_LOOK_MS));
		assert_int_equal(lookouts.n, 0);
	}
}

static void
not_all_may_look(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOOKOUTS_MAX; i++)
		assert_true(lookout_add(&lookouts, &calls[i], 0));
	assert_false(lookout_add(&lookouts, &calls[LOOKOUTS_MAX], 0));
	assert_false(calls[LOOKOUTS_MAX].looks);
	lookout_drop(&lookouts, &calls[7]);
	assert_true(lookout_add(&lookouts, &calls[LOOKOUTS_MAX], 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    each_looks_when_its_moment_has_come, set_up),
		cmocka_unit_test_setup(any_of_them_may_leave, set_up),
		cmocka_unit_test_setup(not_all_may_look, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
