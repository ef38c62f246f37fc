/*
 * Mutexes in a mapped file, shared by processes: they survive the death of
 * their holder and are waited for only until a deadline. What such a lock
 * guards must be sound after every single store, since its holder may be
 * killed at any point: the next holder repairs nothing.
 */
#ifndef WEIR_CACHE_LOCAL_LOCK_H
#define WEIR_CACHE_LOCAL_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

/* False when the system has no such mutexes. */
bool local_lock_init(pthread_mutex_t *lock);

/*
 * ST_OK: held. ST_TIMEOUT: still another's at deadline_ms (clock_boot_ms()
 * time). ST_UNAVAILABLE: the mutex itself is damaged.
 */
enum status local_lock_take(pthread_mutex_t *lock, int64_t deadline_ms);

void local_lock_leave(pthread_mutex_t *lock);

#endif
