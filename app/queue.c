#include "app/queue.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "app/call.h"

/*
 * Takers are woken one at a time: who comes wakes the next when it finds more.
 * A taker that ends its work meanwhile takes a call without being woken, which
 * for short work is the rule, and costs no switch of threads.
 * The bell is no condition variable: glibc's may lose a signal (its bug 25847),
 * and then nobody would ever be woken again.
 */
struct queue {
	pthread_mutex_t lock;
	sem_t bell;
	size_t asleep; /* takers that wait for the bell */
	bool waking;   /* it was rung for one of them, who is on its way */
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
	(void)sem_init(&q->bell, 0, 0);
	q->tail = &q->head;
	q->capacity = capacity;
	return q;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	(void)sem_destroy(&q->bell);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

/* Ends a critical section: wakes a taker if there is something for it. */
static void
unlock_and_wake(struct queue *q)
{
	bool wake =
	    (q->head != NULL || q->stopped) && q->asleep > 0 && !q->waking;

	if (wake)
		q->waking = true;
	(void)pthread_mutex_unlock(&q->lock);
	if (wake)
		(void)sem_post(&q->bell);
}

/* The lock is held before and after, but not meanwhile. */
static void
sleep_until_bell(struct queue *q)
{
	q->asleep++;
	(void)pthread_mutex_unlock(&q->lock);
	while (sem_wait(&q->bell) != 0)
		continue; /* a signal handler ran */
	(void)pthread_mutex_lock(&q->lock);
	q->asleep--;
	q->waking = false;
}

bool
queue_put(struct queue *q, struct call *call)
{
	bool room;

	(void)pthread_mutex_lock(&q->lock);
	room = q->waiting < q->capacity;
	if (room) {
		call->next = NULL;
		*q->tail = call;
		q->tail = &call->next;
		q->waiting++;
	}
	unlock_and_wake(q);
	return room;
}

struct call *
queue_take(struct queue *q)
{
	struct call *call;

	(void)pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->stopped)
		sleep_until_bell(q);
	call = q->head;
	if (call != NULL) {
		q->head = call->next;
		if (q->head == NULL)
			q->tail = &q->head;
		q->waiting--;
	}
	unlock_and_wake(q);
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
	unlock_and_wake(q);
}

size_t
queue_length(struct queue *q)
{
	size_t n;

	(void)pthread_mutex_lock(&q->lock);
	n = q->waiting;
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}
