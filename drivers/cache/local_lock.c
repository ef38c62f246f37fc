#include "drivers/cache/local_lock.h"

#include <errno.h>
#include <time.h>

#include "app/base/clock.h"

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
 * Time-outs in the steady clock, which no change of the date moves. The
 * ThreadSanitizer of gcc 12 does not see pthread_mutex_clocklock().
 */
#ifdef WEIR_TSAN
#define WAIT_CLOCK             CLOCK_REALTIME
#define wait_until(lock, when) pthread_mutex_timedlock(lock, when)
#else
#define WAIT_CLOCK             CLOCK_MONOTONIC
#define wait_until(lock, when) pthread_mutex_clocklock(lock, WAIT_CLOCK, when)
#endif

static int
wait_for(pthread_mutex_t *lock, int64_t wait_ms)
{
	struct timespec until;

	if (wait_ms <= 0)
		return ETIMEDOUT;
	(void)clock_gettime(WAIT_CLOCK, &until);
	until.tv_sec += (time_t)(wait_ms / 1000);
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	return wait_until(lock, &until);
}

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
