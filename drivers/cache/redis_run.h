/*
 * What waits for answers: a batch, or commands of the driver's own. It is
 * done when each of its commands has been answered or given up, of whichever
 * server.
 */
#ifndef WEIR_CACHE_REDIS_RUN_H
#define WEIR_CACHE_REDIS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_batch;
struct cache_op;
struct redis_runs;

struct redis_run {
	struct redis_runs *runs;
	struct cache_batch *batch; /* without operations: redis_ask.h */
	bool *ended; /* set at the end; NULL: the batch goes to runs->done */
	int64_t deadline_ms;
	enum status status; /* the first failure */
	size_t left;        /* commands that wait for an answer */
	/* The counters of the batch, see redis_count.h; kept for the next. */
	struct cache_op **counts;
	size_t n_counts;
	size_t counts_size;
	bool paced;     /* by the script of redis_pace.h */
	int64_t *marks; /* of counts, see redis_loose.c; of an earlier run */
	struct redis_run *prev, *next;
};

/* Of one connection. Set up by redis_runs_init(). */
struct redis_runs {
	struct redis_run *live;
	struct redis_run *spare;
	int64_t soonest_ms; /* no deadline of a live run is before it */
	struct cache_batch *done;
	struct cache_batch **done_tail;
};

void redis_runs_init(struct redis_runs *runs);

/* Those that live are lost; nobody hears of them. */
void redis_runs_free(struct redis_runs *runs);

/* A run that is held: it does not end before redis_run_release(). */
struct redis_run *redis_run_begin(struct redis_runs *runs,
    struct cache_batch *batch, int64_t deadline_ms, bool *ended);

/* One of its commands was answered, or the holder lets go. */
void redis_run_release(struct redis_run *run);

/* Keeps the first failure. */
void redis_run_fail(struct redis_run *run, enum status st);

/* The batches that are done, oldest first. */
struct cache_batch *redis_runs_take(struct redis_runs *runs);

#endif
