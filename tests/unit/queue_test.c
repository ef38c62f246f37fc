#include "app/queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/call.h"
#include "app/mailbox.h"

static struct queue *queue;
static struct call calls[4];
static struct mailbox here, elsewhere;

static int
set_up(void **state)
{
	(void)state;
	memset(calls, 0, sizeof(calls));
	for (size_t i = 0; i < 4; i++) {
		calls[i].home = &here;
		calls[i].req.deadline_ms = 100;
		cancel_open(&calls[i].cancel);
	}
	queue = queue_new(3);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	queue_free(queue);
	return 0;
}

static void
put(size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(queue_put(queue, &calls[i]));
}

static void
calls_are_taken_in_order_until_it_stops(void **state)
{
	(void)state;
	put(2);
	queue_stop(queue);
	assert_ptr_equal(queue_take(queue), &calls[0]);
	assert_ptr_equal(queue_take(queue), &calls[1]);
	assert_null(queue_take(queue));
}

static void
a_full_queue_refuses(void **state)
{
	(void)state;
	put(3);
	assert_false(queue_put(queue, &calls[3]));
}

static void
late_calls_of_one_front_are_taken_off(void **state)
{
	struct call *late;

	(void)state;
	calls[0].req.deadline_ms = 101;
	calls[1].home = &elsewhere;
	put(3);
	assert_null(queue_expire(queue, &here, 99));
	late = queue_expire(queue, &here, 100);
	assert_ptr_equal(late, &calls[2]);
	assert_null(late->next);
	assert_ptr_equal(queue_take(queue), &calls[0]);
	assert_ptr_equal(queue_take(queue), &calls[1]);
}

static void
late_calls_make_room(void **state)
{
	struct call *late;

	(void)state;
	put(3);
	late = queue_expire(queue, &here, 100);
	assert_ptr_equal(late, &calls[0]);
	assert_ptr_equal(late->next, &calls[1]);
	assert_ptr_equal(late->next->next, &calls[2]);
	assert_true(queue_put(queue, &calls[3]));
	assert_ptr_equal(queue_take(queue), &calls[3]);
}

static void *
take_all_main(void *arg)
{
	size_t *taken = arg;

	while (queue_take(queue) != NULL)
		++*taken;
	return NULL;
}

static void
every_taker_ends_when_it_stops(void **state)
{
	pthread_t takers[4];
	size_t taken[4] = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&takers[i], NULL, take_all_main, &taken[i]),
		    0);
	put(3);
	queue_stop(queue);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(takers[i], NULL), 0);
	assert_int_equal(taken[0] + taken[1] + taken[2] + taken[3], 3);
}

/* Takes one call, and does not end until all have one. */
static void *
taker_main(void *arg)
{
	pthread_barrier_t *all_there = arg;
	struct call *call = queue_take(queue);

	(void)pthread_barrier_wait(all_there);
	return call;
}

static void
no_call_waits_while_a_taker_sleeps(void **state)
{
	pthread_barrier_t all_there;
	pthread_t takers[3];

	(void)state;
	assert_int_equal(pthread_barrier_init(&all_there, NULL, 4), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&takers[i], NULL, taker_main, &all_there),
		    0);
	put(3);
	(void)pthread_barrier_wait(&all_there);
	for (int i = 0; i < 3; i++) {
		void *call;

		assert_int_equal(pthread_join(takers[i], &call), 0);
		assert_non_null(call);
	}
	(void)pthread_barrier_destroy(&all_there);
}

static void
who_was_asked_to_end_is_taken_off(void **state)
{
	struct call *late;

	(void)state;
	put(3);
	cancel_ask(&calls[1].cancel);
	late = queue_expire(queue, &here, 0);
	assert_ptr_equal(late, &calls[1]);
	assert_null(late->next);
	assert_ptr_equal(queue_take(queue), &calls[0]);
	assert_ptr_equal(queue_take(queue), &calls[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    calls_are_taken_in_order_until_it_stops, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_queue_refuses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    late_calls_of_one_front_are_taken_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    late_calls_make_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    no_call_waits_while_a_taker_sleeps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    every_taker_ends_when_it_stops, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_was_asked_to_end_is_taken_off, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
