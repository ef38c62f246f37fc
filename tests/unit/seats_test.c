#include "app/seats.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "middleware/cancel.h"

#define FAR_MS 20000

static struct seats *seats;
static struct cancel cancel;

static int
set_up(void **state)
{
	(void)state;
	seats = seats_new(2);
	cancel_open(&cancel);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cancel_close(&cancel);
	seats_free(seats);
	return 0;
}

static enum status
take(int64_t ms)
{
	return seats_take(seats, &cancel, clock_boot_ms() + ms);
}

static void
there_are_so_many(void **state)
{
	(void)state;
	assert_int_equal(take(0), ST_OK);
	assert_int_equal(take(0), ST_OK);
	assert_int_equal(take(0), ST_FULL);
	seats_give(seats);
	assert_int_equal(take(0), ST_OK);
}

static void *
take_later(void *st)
{
	*(enum status *)st = take(FAR_MS);
	return NULL;
}

/* Threads that wait; there is no telling when they have begun to. */
static void
wait_for(pthread_t *threads, enum status *st, size_t n)
{
	struct timespec nap = { .tv_nsec = 50 * 1000 * 1000 };

	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, take_later, &st[i]), 0);
	(void)nanosleep(&nap, NULL);
}

static void
who_waits_gets_one_that_is_given(void **state)
{
	enum status st[2] = { ST_ERROR, ST_ERROR };
	pthread_t threads[2];

	(void)state;
	assert_int_equal(take(0), ST_OK);
	assert_int_equal(take(0), ST_OK);
	wait_for(threads, st, 2);
	seats_give(seats);
	seats_give(seats);
	for (size_t i = 0; i < 2; i++) {
		(void)pthread_join(threads[i], NULL);
		assert_int_equal(st[i], ST_OK);
	}
	assert_int_equal(take(0), ST_FULL);
}

static void
who_waits_leaves_with_its_client(void **state)
{
	enum status st[3] = { ST_OK, ST_OK, ST_OK };
	pthread_t threads[3];
	int64_t began = clock_boot_ms();
	int refused = 0;

	(void)state;
	assert_int_equal(take(0), ST_OK);
	assert_int_equal(take(0), ST_OK);
	wait_for(threads, st, 3);
	cancel_ask(&cancel);
	for (size_t i = 0; i < 3; i++) {
		(void)pthread_join(threads[i], NULL);
		refused += st[i] == ST_FULL;
	}
	assert_int_equal(refused, 3);
	assert_true(clock_boot_ms() - began < FAR_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    there_are_so_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_waits_gets_one_that_is_given, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_waits_leaves_with_its_client, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
