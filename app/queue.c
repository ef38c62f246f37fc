#include "app/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/call.h"

struct lane {
	struct call *head;
	struct call **tail;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t ready;
	struct lane lane;
	struct lane long_lane;
	size_t waiting;
	size_t capacity;
	size_t long_active;
	size_t long_workers;
	bool stopped;
};

struct queue *
queue_new(size_t capacity, size_t long_workers)
{
	struct queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		abort();
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_cond_init(&q->ready, NULL);
	q->lane.tail = &q->lane.head;
	q->long_lane.tail = &q->long_lane.head;
	q->capacity = capacity;
	q->long_workers = long_workers > 0 ? long_workers : 1;
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

bool
queue_put(struct queue *q, struct call *call, bool must)
{
	struct lane *lane = call->body_pending ? &q->long_lane : &q->lane;
	bool room;

	(void)pthread_mutex_lock(&q->lock);
	room = must || q->waiting < q->capacity;
	if (room) {
		call->next = NULL;
		*lane->tail = call;
		lane->tail = &call->next;
		q->waiting++;
		(void)pthread_cond_signal(&q->ready);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return room;
}

static struct call *
lane_take(struct lane *lane)
{
	struct call *call = lane->head;

	lane->head = call->next;
	if (lane->head == NULL)
		lane->tail = &lane->head;
	return call;
}

/* The next call that may be served now, or NULL; the lock is held. */
static struct call *
next_call(struct queue *q)
{
	struct call *call = NULL;

	if (q->lane.head != NULL) {
		call = lane_take(&q->lane);
	} else if (q->long_lane.head != NULL &&
		   q->long_active < q->long_workers) {
		call = lane_take(&q->long_lane);
		q->long_active++;
	}
	if (call != NULL)
		q->waiting--;
	return call;
}

struct call *
queue_take(struct queue *q)
{
	struct call *call;

	(void)pthread_mutex_lock(&q->lock);
	for (;;) {
		call = next_call(q);
		if (call != NULL || (q->stopped && q->waiting == 0))
			break;
		(void)pthread_cond_wait(&q->ready, &q->lock);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return call;
}

void
queue_long_done(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->long_active--;
	(void)pthread_cond_signal(&q->ready);
	(void)pthread_mutex_unlock(&q->lock);
}

void
queue_stop(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->stopped = true;
	(void)pthread_cond_broadcast(&q->ready);
	(void)pthread_mutex_unlock(&q->lock);
}
