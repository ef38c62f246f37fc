#include "middleware/stages/outages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
a_failure_counts_for_a_second(void **state)
{
	struct outages o = { 0 };

	(void)state;
	assert_false(outage_lasts(&o, 7, 5000));
	outage_note(&o, 7, 4990, 5000);
	assert_true(outage_lasts(&o, 7, 5000));
	assert_true(outage_lasts(&o, 7, 5999));
	assert_false(outage_lasts(&o, 7, 6000));
	assert_false(outage_lasts(&o, 8, 5000));
}

static void
what_hangs_counts_as_long_as_it_hung(void **state)
{
	struct outages o = { 0 };

	(void)state;
	outage_note(&o, 7, 1000, 31000);
	assert_true(outage_lasts(&o, 7, 60999));
	assert_false(outage_lasts(&o, 7, 61000));
}

static void
an_answer_ends_it(void **state)
{
	struct outages o = { 0 };

	(void)state;
	outage_note(&o, -3, 1000, 31000);
	outage_end(&o, -3);
	assert_false(outage_lasts(&o, -3, 31001));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_counts_for_a_second),
		cmocka_unit_test(what_hangs_counts_as_long_as_it_hung),
		cmocka_unit_test(an_answer_ends_it),
	};

	return cmocka_run_group_tests_name("outages", tests, NULL, NULL);
}
