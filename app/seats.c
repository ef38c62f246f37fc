#include "app/seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "middleware/cancel.h"

/* How often who waits looks whether its client is still there. */
#define LOOK_MS 100

struct seats {
	pthread_mutex_t lock;
	pthread_cond_t given;
	size_t n;
	size_t free;
	size_t waiting;
};

struct seats *
seats_new(size_t n)
{
	struct seats *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	(void)pthread_mutex_init(&s->lock, NULL);
	cond_open(&s->given);
	s->n = s->free = n;
	return s;
}

void
seats_free(struct seats *s)
{
	if (s == NULL)
		return;
	(void)pthread_cond_destroy(&s->given);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
wait_for_one(struct seats *s, struct cancel *cancel, int64_t deadline_ms)
{
	int64_t now_ms = clock_boot_ms();

	while (s->free == 0 && now_ms < deadline_ms && !cancel_asked(cancel)) {
		struct timespec look = cond_after(LOOK_MS);

		(void)cond_wait_until(&s->given, &s->lock, &look);
		now_ms = clock_boot_ms();
	}
}

enum status
seats_take(struct seats *s, struct cancel *cancel, int64_t deadline_ms)
{
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&s->lock);
	if (s->free == 0 && s->waiting < s->n) {
		s->waiting++;
		wait_for_one(s, cancel, deadline_ms);
		s->waiting--;
	}
	if (s->free == 0)
		st = ST_FULL;
	else
		s->free--;
	(void)pthread_mutex_unlock(&s->lock);
	return st;
}

bool
seats_try(struct seats *s)
{
	bool any;

	(void)pthread_mutex_lock(&s->lock);
	any = s->free > 0;
	if (any)
		s->free--;
	(void)pthread_mutex_unlock(&s->lock);
	return any;
}

void
seats_give(struct seats *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->free++;
	(void)pthread_cond_signal(&s->given);
	(void)pthread_mutex_unlock(&s->lock);
}
