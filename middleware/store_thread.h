/*
 * A thread that runs batches on a store whose driver may wait, for one front
 * that must not: all batches that have gathered while it was at work go in one
 * exec (group commit). Everything but the thread's own work is the front's.
 */
#ifndef WEIR_STORE_THREAD_H
#define WEIR_STORE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_batch;
struct store;
struct store_thread;

/* Holds the store until it is closed. Starts the thread. */
enum status store_thread_open(
    struct store *store, struct store_thread **out, struct error *err);

/* Waits until the store has ended what it is doing. */
void store_thread_close(struct store_thread *t);

/* Readable while store_thread_reap() has something to return. */
int store_thread_fd(const struct store_thread *t);

/* As cache_driver.submit(). Batches that may meet in one exec must not number
 * their groups alike. Fails at once while the store has not even come
 * back from a batch whose deadline is over. */
void store_thread_submit(struct store_thread *t, struct cache_batch *batch);

/* As cache_driver.reap(). */
struct cache_batch *store_thread_reap(struct store_thread *t, int64_t now_ms);

/* When the next batch must be reaped, done or not; INT64_MAX: none waits. */
int64_t store_thread_deadline(const struct store_thread *t);

/* Nothing is under way, not even what nobody waits for. */
bool store_thread_is_idle(const struct store_thread *t);

#endif
