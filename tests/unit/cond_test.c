#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/cond.h"

#define LONG_MS 60000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static bool rung;

static int
set_up(void **state)
{
	(void)state;
	cond_open(&cond);
	rung = false;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return pthread_cond_destroy(&cond);
}

static void
a_wait_ends_at_its_moment_and_not_before(void **state)
{
	int64_t began_ms = clock_boot_ms();
	struct timespec until = cond_after(1050);

	(void)state;
	(void)pthread_mutex_lock(&lock);
	while (cond_wait_until(&cond, &lock, &until))
		continue;
	(void)pthread_mutex_unlock(&lock);
	assert_true(clock_boot_ms() - began_ms >= 1049);
	assert_true(until.tv_nsec < 1000000000);
}

static void *
ring(void *arg)
{
	(void)pthread_mutex_lock(&lock);
	rung = true;
	(void)pthread_cond_signal(&cond);
	(void)pthread_mutex_unlock(&lock);
	return arg;
}

static void
a_signal_ends_a_wait(void **state)
{
	struct timespec until = cond_after(LONG_MS);
	pthread_t thread;

	(void)state;
	(void)pthread_mutex_lock(&lock);
	assert_int_equal(pthread_create(&thread, NULL, ring, NULL), 0);
	while (!rung)
		assert_true(cond_wait_until(&cond, &lock, &until));
	(void)pthread_mutex_unlock(&lock);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_wait_ends_at_its_moment_and_not_before),
		TEST(a_signal_ends_a_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
