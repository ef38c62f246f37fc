/*
 * Ends a read whose client has gone. The thread that runs it says meanwhile how
 * to end it; another thread asks for that. Between cancel_arm() and
 * cancel_disarm(), and at no other time, `end` may be called.
 */
#ifndef WEIR_CANCEL_H
#define WEIR_CANCEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Ends what is running; from any thread, without waiting. */
typedef void cancel_f(void *what);

struct cancel {
	pthread_mutex_t lock;
	atomic_bool asked;
	cancel_f *end; /* NULL: nothing is running that could be ended */
	void *what;
};

void cancel_open(struct cancel *c);
void cancel_close(struct cancel *c);

/* For the next request: nobody has asked. */
void cancel_reset(struct cancel *c);

/*
 * Work begins that end(what) can end. False when it was asked for before:
 * then there is nothing to disarm, and the work need not begin. c may be NULL,
 * here and in the two below: a request that nobody ends.
 */
bool cancel_arm(struct cancel *c, cancel_f *end, void *what);

/* After this `end` neither runs nor will run. Says whether it has run. */
bool cancel_disarm(struct cancel *c);

/* Was it asked for? */
bool cancel_asked(struct cancel *c);

/* Asks: what is armed is ended, what is not will not be armed. */
void cancel_ask(struct cancel *c);

#endif
