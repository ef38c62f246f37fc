/*
 * Waiting on a condition for so many milliseconds, by a clock that nobody
 * sets. Only a condition that cond_open() made may be waited for here.
 */
#ifndef WEIR_BASE_COND_H
#define WEIR_BASE_COND_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* End it with pthread_cond_destroy(). */
void cond_open(pthread_cond_t *cond);

/* The moment that is so far away, for cond_wait_until(). */
struct timespec cond_after(int64_t ms);

/* As pthread_cond_timedwait(): wakes without a reason, too. False once the
 * moment has come. */
bool cond_wait_until(
    pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *moment);

#endif
