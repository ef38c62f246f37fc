/* The bounded queue between the fronts and the workers. */
#ifndef WEIR_QUEUE_H
#define WEIR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;
struct mailbox;
struct queue;

/* capacity: calls that may wait. */
struct queue *queue_new(size_t capacity);
void queue_free(struct queue *q);

/* False when the queue is full: the call stays the caller's. */
bool queue_put(struct queue *q, struct call *call);

/* Waits for a call; NULL once the queue is stopped and empty. */
struct call *queue_take(struct queue *q);

/* Takes off the calls of one front whose deadline has passed, or that were
 * asked to end; linked through next. */
struct call *queue_expire(
    struct queue *q, const struct mailbox *home, int64_t now_ms);

/* Calls that wait now. */
size_t queue_length(struct queue *q);

/* Lets queue_take() return NULL when nothing is left. */
void queue_stop(struct queue *q);

#endif
