#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/password_gate.h"

#define LONG_MS 60000
#define THREADS 24
#define ROUNDS  200

static enum status
enter(struct password_gate *gate, int64_t ms, struct error *err)
{
	return password_gate_enter(gate, clock_boot_ms() + ms, err);
}

static void
half_of_the_workers_enter(void **state)
{
	struct password_gate *gate = password_gate_new(8);
	struct error err = { 0 };

	(void)state; /* none */
	for (int i = 0; i < 4; i++)
		assert_int_equal(enter(gate, LONG_MS, NULL), ST_OK);
	assert_int_equal(enter(gate, 0, &err), ST_TIMEOUT);
	assert_non_null(strstr(err.text, "try again"));
	password_gate_leave(gate);
	assert_int_equal(enter(gate, LONG_MS, NULL), ST_OK);
	password_gate_free(gate);
}

static void
one_worker_may_still_log_in_and_none_waits(void **state)
{
	struct password_gate *gate = password_gate_new(1);

	(void)state; /* none */
	assert_int_equal(enter(gate, LONG_MS, NULL), ST_OK);
	assert_int_equal(enter(gate, LONG_MS, NULL), ST_FULL);
	password_gate_leave(gate);
	assert_int_equal(enter(gate, LONG_MS, NULL), ST_OK);
	password_gate_free(gate);
}

struct crowd {
	struct password_gate *gate;
	atomic_int inside, most, entered, refused;
};

static void
most_note(struct crowd *crowd, int inside)
{
	int most = atomic_load(&crowd->most);

	while (inside > most &&
	       !atomic_compare_exchange_weak(&crowd->most, &most, inside))
		;
}

static void *
member(void *arg)
{
	const struct timespec nap = { .tv_nsec = 20000 };
	struct crowd *crowd = arg;

	for (int i = 0; i < ROUNDS; i++) {
		if (enter(crowd->gate, LONG_MS, NULL) != ST_OK) {
			(void)atomic_fetch_add(&crowd->refused, 1);
			continue;
		}
		most_note(crowd, atomic_fetch_add(&crowd->inside, 1) + 1);
		(void)nanosleep(&nap, NULL);
		(void)atomic_fetch_sub(&crowd->inside, 1);
		(void)atomic_fetch_add(&crowd->entered, 1);
		password_gate_leave(crowd->gate);
	}
	return NULL;
}

static void
a_crowd_never_is_inside_at_once(void **state)
{
	struct crowd crowd = { .gate = password_gate_new(8) };
	pthread_t threads[THREADS];

	(void)state; /* none */
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, member, &crowd), 0);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	assert_in_range(atomic_load(&crowd.most), 1, 4);
	assert_true(atomic_load(&crowd.entered) > 0);
	assert_int_equal(
	    atomic_load(&crowd.entered) + atomic_load(&crowd.refused),
	    THREADS * ROUNDS);
	password_gate_free(crowd.gate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_the_workers_enter),
		cmocka_unit_test(one_worker_may_still_log_in_and_none_waits),
		cmocka_unit_test(a_crowd_never_is_inside_at_once),
	};

	return cmocka_run_group_tests_name("password_gate", tests, NULL, NULL);
}
