/*
 * The snapshot that new requests get. Replacing it retires the one before,
 * which ends when nobody uses it any more; that is left to the registry's
 * opening thread, so that services are closed there and never by a thread that
 * serves.
 */
#ifndef WEIR_CURRENT_H
#define WEIR_CURRENT_H

#include <pthread.h>

struct retired;
struct snapshot;

struct current {
	pthread_mutex_t lock; /* while what follows is replaced */
	_Atomic(struct snapshot *) snapshot;
	struct retired *retired;
};

void current_init(struct current *c);

/* Ends all; nobody may hold a snapshot or pin one any more. */
void current_close(struct current *c);

/* Any thread: see registry_pin(). */
struct snapshot *current_pin(struct current *c, struct snapshot **cached);

/* One thread at a time, also while it uses what current_get() told it. Takes
 * over the caller's hold. */
void current_publish(struct current *c, struct snapshot *fresh);

/* The snapshot, NULL before the first; it lives until the next publish. */
struct snapshot *current_get(struct current *c);

/* Ends the retired snapshots that nobody holds any more; closing their
 * services may take its time. */
void current_reap(struct current *c);

#endif
