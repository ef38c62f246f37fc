/*
 * The watchdog alone: fronts and the manager are stubs.
 */
#include "app/watchdog.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/front.h"
#include "app/notify.h"

#define PATIENCE_MS 60000
#define PERIOD_MS   60000 /* a front must be stuck for longer than tests take */

struct front {
	_Atomic int64_t seen_ms;
};

static struct front one, two;
static struct front *const fronts[] = { &one, &two };
static const struct notify manager = { .fd = 1 };
static int64_t period_ms;
static atomic_int beats, looks;

int64_t
front_seen_ms(const struct front *f)
{
	if (f == &one)
		atomic_fetch_add(&looks, 1);
	return atomic_load(&f->seen_ms);
}

int64_t
notify_watchdog_ms(void)
{
	return period_ms;
}

void
notify_state(const struct notify *n, const char *state)
{
	assert_ptr_equal(n, &manager);
	assert_string_equal(state, "WATCHDOG=1");
	atomic_fetch_add(&beats, 1);
}

static void
wait_for(const atomic_int *counter, int more)
{
	int64_t give_up_ms = clock_boot_ms() + PATIENCE_MS;
	int until = atomic_load(counter) + more;

	while (atomic_load(counter) < until) {
		if (clock_boot_ms() > give_up_ms)
			fail_msg("it did not come to %d", until);
		(void)sched_yield();
	}
}

static struct watchdog dog;

/* Seen just now, and still so when the machine has let this test wait. */
static void
front_is_well(struct front *front)
{
	atomic_store(&front->seen_ms, clock_boot_ms() + PATIENCE_MS);
}

static int
set_up(void **state)
{
	(void)state;
	period_ms = PERIOD_MS;
	atomic_store(&beats, 0);
	atomic_store(&looks, 0);
	front_is_well(&one);
	front_is_well(&two);
	watchdog_init(&dog);
	return 0;
}

static void
start(void)
{
	assert_int_equal(
	    watchdog_start(&dog, &manager, fronts, 2, NULL), ST_OK);
}

/* The thread looks now, not only when the period has passed. */
static void
look(void)
{
	ticker_poke(&dog.ticker);
	wait_for(&looks, 1);
}

static void
it_beats_twice_a_period(void **state)
{
	(void)state;
	start();
	assert_int_equal(dog.ticker.period_ms, PERIOD_MS / 2);
	watchdog_stop(&dog);
}

static void
it_beats_by_itself(void **state)
{
	(void)state;
	period_ms = 20;
	atomic_store(&one.seen_ms, INT64_MAX);
	atomic_store(&two.seen_ms, INT64_MAX);
	start();
	wait_for(&beats, 3);
	watchdog_stop(&dog);
}

static void
it_is_silent_while_a_front_is_stuck(void **state)
{
	(void)state;
	atomic_store(&two.seen_ms, clock_boot_ms() - PERIOD_MS - 1);
	start();
	for (int i = 0; i < 3; i++)
		look();
	assert_int_equal(atomic_load(&beats), 0);
	front_is_well(&two);
	ticker_poke(&dog.ticker);
	wait_for(&beats, 1);
	watchdog_stop(&dog);
}

static void
a_front_that_ended_is_not_stuck(void **state)
{
	(void)state;
	atomic_store(&one.seen_ms, INT64_MAX);
	start();
	ticker_poke(&dog.ticker);
	wait_for(&beats, 1);
	watchdog_stop(&dog);
}

static void
it_rests_when_nobody_watches(void **state)
{
	(void)state;
	period_ms = 0;
	start();
	assert_false(dog.ticker.started);
	watchdog_stop(&dog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_beats_twice_a_period, set_up),
		cmocka_unit_test_setup(it_beats_by_itself, set_up),
		cmocka_unit_test_setup(
		    it_is_silent_while_a_front_is_stuck, set_up),
		cmocka_unit_test_setup(a_front_that_ended_is_not_stuck, set_up),
		cmocka_unit_test_setup(it_rests_when_nobody_watches, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
