#include "drivers/cache/local_lock.h"

#include <errno.h>
#include <time.h>

#include "app/base/clock.h"

#define PAUSE_NS 100000

bool
local_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;
	int rc;

	if (pthread_mutexattr_init(&attr) != 0)
		return false;
	rc = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (rc == 0)
		rc = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (rc == 0)
		rc = pthread_mutex_init(lock, &attr);
	(void)pthread_mutexattr_destroy(&attr); /* cannot fail on Linux */
	return rc == 0;
}

/*
 * ThreadSanitizer (of gcc 12) knows no lock with a time-out whose holder may
 * die: in its builds the lock is tried again and again.
 */
#ifdef WEIR_TSAN
static int
wait_for(pthread_mutex_t *lock, int64_t wait_ms)
{
	const struct timespec pause = { 0, PAUSE_NS };
	int64_t until_ms = clock_boot_ms() + wait_ms;
	int rc = EBUSY;

	while (rc == EBUSY && clock_boot_ms() < until_ms) {
		(void)nanosleep(&pause, NULL);
		rc = pthread_mutex_trylock(lock);
	}
	return rc == EBUSY ? ETIMEDOUT : rc;
}
#else
static int
wait_for(pthread_mutex_t *lock, int64_t wait_ms)
{
	struct timespec until;

	if (wait_ms <= 0)
		return ETIMEDOUT;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(wait_ms / 1000);
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	return pthread_mutex_clocklock(lock, CLOCK_MONOTONIC, &until);
}
#endif

enum status
local_lock_take(pthread_mutex_t *lock, int64_t deadline_ms)
{
	int rc = pthread_mutex_trylock(lock);

	if (rc == EBUSY)
		rc = wait_for(lock, deadline_ms - clock_boot_ms());
	if (rc == EOWNERDEAD)
		rc = pthread_mutex_consistent(lock);
	if (rc == 0)
		return ST_OK;
	return rc == ETIMEDOUT ? ST_TIMEOUT : ST_UNAVAILABLE;
}

void
local_lock_leave(pthread_mutex_t *lock)
{
	(void)pthread_mutex_unlock(lock); /* we hold it: cannot fail */
}
