#include "app/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/call.h"

/*
 * Takers are woken one at a time: who comes wakes the next when it finds more.
 * A taker that ends its work meanwhile takes a call without being woken, which
 * for short work is the rule, and costs no switch of threads.
 */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t ready;
	size_t asleep; /* takers that wait */
	bool waking;   /* one of them is on its way */
	struct call *head;
	struct call **tail;
	size_t waiting;
	size_t capacity;
	bool stopped;
};

struct queue *
queue_new(size_t capacity)
{
	struct queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		abort();
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_cond_init(&q->ready, NULL);
	q->tail = &q->head;
	q->capacity = capacity;
	return q;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	(void)pthread_cond_destroy(&q->ready);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

/* Under the lock: is somebody to be woken? The caller then signals. */
static bool
wake_next(struct queue *q)
{
	if (q->head == NULL || q->asleep == 0 || q->waking)
		return false;
	q->waking = true;
	return true;
}

bool
queue_put(struct queue *q, struct call *call)
{
	bool room, wake = false;

	(void)pthread_mutex_lock(&q->lock);
	room = q->waiting < q->capacity;
	if (room) {
		call->next = NULL;
		*q->tail = call;
		q->tail = &call->next;
		q->waiting++;
		wake = wake_next(q);
	}
	(void)pthread_mutex_unlock(&q->lock);
	if (wake)
		(void)pthread_cond_signal(&q->ready);
	return room;
}

struct call *
queue_take(struct queue *q)
{
	struct call *call;
	bool wake;

	(void)pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->stopped) {
		q->asleep++;
		(void)pthread_cond_wait(&q->ready, &q->lock);
		q->asleep--;
		q->waking = false;
	}
	call = q->head;
	if (call != NULL) {
		q->head = call->next;
		if (q->head == NULL)
			q->tail = &q->head;
		q->waiting--;
	}
	wake = wake_next(q);
	(void)pthread_mutex_unlock(&q->lock);
	if (wake)
		(void)pthread_cond_signal(&q->ready);
	return call;
}

static bool
is_late(struct call *call, int64_t now_ms)
{
	return call->req.deadline_ms <= now_ms || cancel_asked(&call->cancel);
}

struct call *
queue_expire(struct queue *q, const struct mailbox *home, int64_t now_ms)
{
	struct call *late = NULL;
	struct call **at = &q->head;
	struct call **late_tail = &late;

	(void)pthread_mutex_lock(&q->lock);
	while (*at != NULL) {
		struct call *call = *at;

		if (call->home != home || !is_late(call, now_ms)) {
			at = &call->next;
			continue;
		}
		*at = call->next;
		call->next = NULL;
		*late_tail = call;
		late_tail = &call->next;
		q->waiting--;
	}
	q->tail = at;
	(void)pthread_mutex_unlock(&q->lock);
	return late;
}

void
queue_stop(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->stopped = true;
	(void)pthread_cond_broadcast(&q->ready);
	(void)pthread_mutex_unlock(&q->lock);
}
