/*
 * Threads beside those that answer. They take no signals: those are for one
 * thread of the process, which none of these is.
 */
#ifndef WEIR_BASE_THREAD_H
#define WEIR_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* As that of pthread_create(). */
typedef void *thread_main_f(void *arg);

/* Starts one to be joined. False: the system gives no more. */
bool thread_start(thread_main_f *f, void *arg, pthread_t *out);

/* Starts one that nobody joins. */
bool thread_start_detached(thread_main_f *f, void *arg);

#endif
