/*
 * A batch on its way through a store thread: a copy of all that the store needs
 * and of all that it says, so that the batch itself may end while the store is
 * still at work. Belongs to one thread at a time.
 */
#ifndef WEIR_STORE_JOB_H
#define WEIR_STORE_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"

struct store_job {
	struct cache_batch *batch; /* NULL: nobody waits for it any more */
	struct arena arena;
	struct cache_op **ops; /* in the arena, as are the operations */
	size_t n;
	int64_t deadline_ms;
	enum status status;
	struct store_job *next;  /* of the list it is in */
	struct store_job *later; /* that its front waits for */
};

struct store_job *store_job_new(void);
void store_job_free(struct store_job *job);

/* Takes over what the batch asks, the names of its spaces included. */
void store_job_fill(struct store_job *job, struct cache_batch *batch);

/* Gives its batch what the store said, each value in the arena of its
 * operation, and empties the job. Returns the batch. */
struct cache_batch *store_job_return(struct store_job *job);

/* Empties a job that nobody waits for. */
void store_job_drop(struct store_job *job);

/* Jobs in the order in which they came. */
struct store_jobs {
	struct store_job *head;
	struct store_job **tail;
};

void store_jobs_init(struct store_jobs *jobs);
void store_jobs_put(struct store_jobs *jobs, struct store_job *job);

/* Takes all of them, linked through next. */
struct store_job *store_jobs_take(struct store_jobs *jobs);
void store_jobs_free(struct store_job *list);

#endif
