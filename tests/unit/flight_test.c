#include "app/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/call.h"

static struct flights flights;
static struct call calls[5];

static int
set_up(void **state)
{
	(void)state;
	memset(&flights, 0, sizeof(flights));
	memset(calls, 0, sizeof(calls));
	return 0;
}

static void
the_first_leads_and_the_rest_wait_in_order(void **state)
{
	struct call *waiter;

	(void)state;
	assert_false(flight_join(&flights, &calls[0]));
	assert_true(calls[0].leads);
	assert_true(flight_join(&flights, &calls[1]));
	assert_true(flight_join(&flights, &calls[2]));
	waiter = flight_end(&flights, &calls[0]);
	assert_ptr_equal(waiter, &calls[1]);
	assert_ptr_equal(waiter->next, &calls[2]);
	assert_null(waiter->next->next);
}

static void
another_name_is_another_flight(void **state)
{
	(void)state;
	calls[1].req.flight[15] = 1; /* the same bucket */
	assert_false(flight_join(&flights, &calls[0]));
	assert_false(flight_join(&flights, &calls[1]));
	assert_null(flight_end(&flights, &calls[0]));
	assert_null(flight_end(&flights, &calls[1]));
}

static void
after_the_landing_a_new_flight_begins(void **state)
{
	(void)state;
	assert_false(flight_join(&flights, &calls[0]));
	assert_null(flight_end(&flights, &calls[0]));
	assert_false(flight_join(&flights, &calls[1]));
}

static void
a_flight_keeps_its_name_when_its_leader_is_renamed(void **state)
{
	(void)state;
	assert_false(flight_join(&flights, &calls[0]));
	calls[0].req.flight[0] = 1; /* another bucket */
	assert_true(flight_join(&flights, &calls[1]));
	assert_ptr_equal(flight_end(&flights, &calls[0]), &calls[1]);
	assert_false(flight_join(&flights, &calls[0]));
	assert_null(flight_end(&flights, &calls[0]));
}

static void
late_waiters_leave_and_the_flight_goes_on(void **state)
{
	struct call *late;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		calls[i].req.deadline_ms = (int64_t)i * 100;
		(void)flight_join(&flights, &calls[i]);
	}
	late = flight_expire(&flights, 200);
	assert_non_null(late);
	assert_non_null(late->next);
	assert_null(late->next->next);
	assert_ptr_equal(flight_end(&flights, &calls[0]), &calls[3]);
	assert_null(calls[3].next);
}

static void
a_waiter_may_leave_and_the_flight_goes_on(void **state)
{
	struct call *waiter;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		(void)flight_join(&flights, &calls[i]);
	assert_ptr_equal(calls[2].leader, &calls[0]);
	flight_leave(&flights, &calls[2]);
	assert_null(calls[2].leader);
	waiter = flight_end(&flights, &calls[0]);
	assert_ptr_equal(waiter, &calls[1]);
	assert_ptr_equal(waiter->next, &calls[3]);
	assert_null(waiter->next->next);
	assert_null(waiter->leader);
}

static void
a_closed_flight_is_followed_by_another(void **state)
{
	(void)state;
	assert_false(flight_join(&flights, &calls[0]));
	assert_true(flight_join(&flights, &calls[1]));
	flight_close(&calls[0], 5000);
	assert_false(flight_is_led(&flights, &calls[2]));
	assert_false(flight_join(&flights, &calls[2]));
	assert_true(flight_join(&flights, &calls[3]));
	assert_ptr_equal(calls[3].leader, &calls[2]);
	assert_true(flight_follows(&flights, &calls[2], 5999));
	assert_false(flight_follows(&flights, &calls[2], 6000));
	assert_ptr_equal(flight_end(&flights, &calls[0]), &calls[1]);
	assert_false(flight_follows(&flights, &calls[2], 5999));
	assert_ptr_equal(flight_end(&flights, &calls[2]), &calls[3]);
}

static void
an_opened_flight_is_joined_again(void **state)
{
	(void)state;
	assert_false(flight_join(&flights, &calls[0]));
	flight_close(&calls[0], 5000);
	flight_reopen(&calls[0]);
	assert_true(flight_join(&flights, &calls[1]));
	assert_ptr_equal(flight_end(&flights, &calls[0]), &calls[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    the_first_leads_and_the_rest_wait_in_order, set_up),
		cmocka_unit_test_setup(another_name_is_another_flight, set_up),
		cmocka_unit_test_setup(
		    after_the_landing_a_new_flight_begins, set_up),
		cmocka_unit_test_setup(
		    a_flight_keeps_its_name_when_its_leader_is_renamed, set_up),
		cmocka_unit_test_setup(
		    late_waiters_leave_and_the_flight_goes_on, set_up),
		cmocka_unit_test_setup(
		    a_waiter_may_leave_and_the_flight_goes_on, set_up),
		cmocka_unit_test_setup(
		    a_closed_flight_is_followed_by_another, set_up),
		cmocka_unit_test_setup(
		    an_opened_flight_is_joined_again, set_up),
	};

	return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
