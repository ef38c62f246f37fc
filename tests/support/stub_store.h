/*
 * A store that does as it is told: answers, waits for the test, or fails. For
 * what stands between a front and a driver, where real stores are too quick.
 */
#ifndef WEIR_TEST_STUB_STORE_H
#define WEIR_TEST_STUB_STORE_H

#include <semaphore.h>
#include <stdatomic.h>

#include "drivers/cache/cache.h"

#define STUB_BATCHES_MAX 64

/* Its cache and all of its connections are this. */
struct stub {
	sem_t begun; /* posted by each exec */
	sem_t go_on; /* each exec waits for it when `waits` is set */
	atomic_bool waits;
	atomic_bool opening;         /* the same for open */
	_Atomic(enum status) status; /* of exec */
	atomic_int opened, closed, connected;
	atomic_size_t n_batches;
	size_t batch[STUB_BATCHES_MAX]; /* operations of each */
};

extern const struct cache_driver stub_driver;

/* The stub that the next open returns. */
void stub_init(struct stub *stub);
void stub_end(struct stub *stub);

#endif
