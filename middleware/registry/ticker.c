#include "middleware/registry/ticker.h"

#include "app/base/cond.h"

void
ticker_init(
    struct ticker *t, void (*work)(void *ctx), void *ctx, long period_ms)
{
	*t =
	    (struct ticker){ .work = work, .ctx = ctx, .period_ms = period_ms };
	(void)pthread_mutex_init(&t->lock, NULL);
	cond_open(&t->wake);
}

/* Until the period has passed or somebody pokes; false: stop. */
static bool
wait_for_turn(struct ticker *t)
{
	struct timespec until = cond_after(t->period_ms);
	bool stop;

	(void)pthread_mutex_lock(&t->lock);
	while (!t->poked && !t->stop) {
		if (!cond_wait_until(&t->wake, &t->lock, &until))
			break;
	}
	t->poked = false;
	stop = t->stop;
	(void)pthread_mutex_unlock(&t->lock);
	return !stop;
}

static void *
ticker_thread(void *arg)
{
	struct ticker *t = arg;

	while (wait_for_turn(t))
		t->work(t->ctx);
	return NULL;
}

enum status
ticker_start(struct ticker *t, struct error *err)
{
	if (pthread_create(&t->thread, NULL, ticker_thread, t) != 0)
		return error_set(
		    err, ST_ERROR, "cannot start a thread of the registry");
	t->started = true;
	return ST_OK;
}

void
ticker_poke(struct ticker *t)
{
	(void)pthread_mutex_lock(&t->lock);
	t->poked = true;
	(void)pthread_cond_signal(&t->wake);
	(void)pthread_mutex_unlock(&t->lock);
}

void
ticker_stop(struct ticker *t)
{
	if (!t->started)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_cond_signal(&t->wake);
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	t->started = false;
}

void
ticker_close(struct ticker *t)
{
	ticker_stop(t);
	(void)pthread_cond_destroy(&t->wake);
	(void)pthread_mutex_destroy(&t->lock);
}
