#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <semaphore.h>

#include "app/base/thread.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM };

struct seen {
	sigset_t mask;
	sem_t done;
};

static void *
look(void *arg)
{
	struct seen *seen = arg;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &seen->mask);
	(void)sem_post(&seen->done);
	return arg;
}

/* Not ended before the process: a thread may be about to leave sem_post(). */
static int
set_up(void **state)
{
	static struct seen seen;

	assert_int_equal(sem_init(&seen.done, 0, 0), 0);
	*state = &seen;
	return 0;
}

static void
assert_all(const sigset_t *mask, int is_in)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		assert_int_equal(sigismember(mask, signals[i]), is_in);
}

static void
a_thread_takes_no_signals(void **state)
{
	struct seen *seen = *state;
	pthread_t thread;
	void *result = NULL;

	assert_true(thread_start(look, seen, &thread));
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, seen);
	assert_int_equal(sem_wait(&seen->done), 0);
	assert_all(&seen->mask, 1);
}

static void
one_that_nobody_joins_takes_none_either(void **state)
{
	struct seen *seen = *state;

	assert_true(thread_start_detached(look, seen));
	assert_int_equal(sem_wait(&seen->done), 0);
	assert_all(&seen->mask, 1);
}

static void
who_starts_it_takes_them_as_before(void **state)
{
	struct seen *seen = *state;
	sigset_t mask, one;

	(void)sigemptyset(&one);
	(void)sigaddset(&one, SIGUSR2);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &one, NULL), 0);
	assert_true(thread_start_detached(look, seen));
	assert_int_equal(sem_wait(&seen->done), 0);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &one, &mask), 0);
	assert_all(&mask, 0);
	assert_int_equal(sigismember(&mask, SIGUSR2), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_takes_no_signals),
		cmocka_unit_test(one_that_nobody_joins_takes_none_either),
		cmocka_unit_test(who_starts_it_takes_them_as_before),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
