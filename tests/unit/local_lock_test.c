#include "drivers/cache/local_lock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"

#define SHORT_MS 30
#define HANG_MS  60000

static int
set_up(void **state)
{
	pthread_mutex_t *lock = mmap(NULL, sizeof(*lock),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(lock != MAP_FAILED);
	assert_true(local_lock_init(lock));
	*state = lock;
	return 0;
}

static int
tear_down(void **state)
{
	return munmap(*state, sizeof(pthread_mutex_t));
}

/* A process that takes the lock and keeps it until it is killed. */
static pid_t
holder(pthread_mutex_t *lock)
{
	int ready[2];
	char word;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (local_lock_take(lock, INT64_MAX / 2) != ST_OK)
			_exit(1);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &word, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_free_lock_is_taken_even_past_the_deadline(void **state)
{
	pthread_mutex_t *lock = *state;

	assert_int_equal(local_lock_take(lock, 0), ST_OK);
	local_lock_leave(lock);
	assert_int_equal(local_lock_take(lock, clock_boot_ms()), ST_OK);
	local_lock_leave(lock);
}

static void
waiting_ends_at_the_deadline(void **state)
{
	pthread_mutex_t *lock = *state;
	pid_t pid = holder(lock);
	int64_t begun_ms = clock_boot_ms();

	assert_int_equal(local_lock_take(lock, 0), ST_TIMEOUT);
	assert_int_equal(
	    local_lock_take(lock, begun_ms + SHORT_MS), ST_TIMEOUT);
	assert_true(clock_boot_ms() >= begun_ms + SHORT_MS);
	end(pid);
}

static void
the_lock_of_a_dead_process_is_taken(void **state)
{
	pthread_mutex_t *lock = *state;

	for (int i = 0; i < 3; i++) {
		end(holder(lock));
		assert_int_equal(
		    local_lock_take(lock, clock_boot_ms() + HANG_MS), ST_OK);
		local_lock_leave(lock);
	}
}

static void
one_who_waits_gets_the_lock_of_a_dead_process(void **state)
{
	pthread_mutex_t *lock = *state;
	pid_t pid = holder(lock);
	pid_t killer = fork();

	if (killer == 0) {
		(void)usleep(SHORT_MS * 1000);
		_exit(kill(pid, SIGKILL) == 0 ? 0 : 1);
	}
	assert_int_equal(
	    local_lock_take(lock, clock_boot_ms() + HANG_MS), ST_OK);
	local_lock_leave(lock);
	assert_int_equal(waitpid(killer, NULL, 0), killer);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_free_lock_is_taken_even_past_the_deadline, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    waiting_ends_at_the_deadline, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_lock_of_a_dead_process_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    one_who_waits_gets_the_lock_of_a_dead_process, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
