/*
 * A thread that does one piece of work again and again: whenever a period has
 * passed, and at once when it is poked.
 */
#ifndef WEIR_TICKER_H
#define WEIR_TICKER_H

#include <pthread.h>
#include <stdbool.h>

#include "app/base/status.h"

struct ticker {
	void (*work)(void *ctx);
	void *ctx;
	long period_ms; /* less than a minute */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	bool poked;
	bool stop;
};

void ticker_init(
    struct ticker *t, void (*work)(void *ctx), void *ctx, long period_ms);
enum status ticker_start(struct ticker *t, struct error *err);

/* Any thread; it need not be started. */
void ticker_poke(struct ticker *t);

/* Waits for the work at hand; harmless when it was never started. */
void ticker_stop(struct ticker *t);
void ticker_close(struct ticker *t);

#endif
