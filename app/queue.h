/*
 * The bounded queue between the fronts and the workers. Calls whose body is
 * still to be read wait in a lane of their own, of which only a few workers
 * serve at a time, so that slow senders cannot take them all.
 */
#ifndef WEIR_QUEUE_H
#define WEIR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct call;
struct queue;

/* capacity: calls that may wait; long_workers: workers for long bodies. */
struct queue *queue_new(size_t capacity, size_t long_workers);
void queue_free(struct queue *q);

/* False when the queue is full and not `must`: the call stays the caller's. */
bool queue_put(struct queue *q, struct call *call, bool must);

/* Waits for a call; NULL once the queue is stopped and empty. */
struct call *queue_take(struct queue *q);

/* The worker is done with a call that was taken with body_pending set. */
void queue_long_done(struct queue *q);

/* Lets queue_take() return NULL when nothing is left. */
void queue_stop(struct queue *q);

#endif
