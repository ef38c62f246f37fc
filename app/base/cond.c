#include "app/base/cond.h"

#define SECOND_NS 1000000000L

void
cond_open(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(cond, &attr);
	(void)pthread_condattr_destroy(&attr);
}

struct timespec
cond_after(int64_t ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += t.tv_nsec / SECOND_NS;
	t.tv_nsec %= SECOND_NS;
	return t;
}

bool
cond_wait_until(
    pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *moment)
{
	return pthread_cond_timedwait(cond, lock, moment) == 0;
}
