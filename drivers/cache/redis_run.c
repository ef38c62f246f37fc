#include "drivers/cache/redis_run.h"

#include <stdlib.h>

#include "drivers/cache/cache.h"

void
redis_runs_init(struct redis_runs *runs)
{
	*runs = (struct redis_runs){ .soonest_ms = INT64_MAX };
	runs->done_tail = &runs->done;
}

static void
list_free(struct redis_run *run)
{
	while (run != NULL) {
		struct redis_run *next = run->next;

		free(run->counts);
		free(run->marks);
		free(run);
		run = next;
	}
}

void
redis_runs_free(struct redis_runs *runs)
{
	list_free(runs->live);
	list_free(runs->spare);
	redis_runs_init(runs);
}

static struct redis_run *
run_take(struct redis_runs *runs)
{
	struct redis_run *run = runs->spare;

	if (run != NULL) {
		runs->spare = run->next;
		return run;
	}
	run = calloc(1, sizeof(*run));
	if (run == NULL)
		abort();
	run->runs = runs;
	return run;
}

struct redis_run *
redis_run_begin(struct redis_runs *runs, struct cache_batch *batch,
    int64_t deadline_ms, bool *ended)
{
	struct redis_run *run = run_take(runs);

	run->batch = batch;
	run->ended = ended;
	run->deadline_ms = deadline_ms;
	run->status = ST_OK;
	run->left = 1;
	run->n_counts = 0;
	run->prev = NULL;
	run->next = runs->live;
	if (runs->live != NULL)
		runs->live->prev = run;
	runs->live = run;
	if (deadline_ms < runs->soonest_ms)
		runs->soonest_ms = deadline_ms;
	return run;
}

static void
run_end(struct redis_run *run)
{
	struct redis_runs *runs = run->runs;

	if (run->prev != NULL)
		run->prev->next = run->next;
	else
		runs->live = run->next;
	if (run->next != NULL)
		run->next->prev = run->prev;
	run->batch->status = run->status;
	if (run->ended != NULL) {
		*run->ended = true;
	} else {
		run->batch->next = NULL;
		*runs->done_tail = run->batch;
		runs->done_tail = &run->batch->next;
	}
	run->next = runs->spare;
	runs->spare = run;
}

void
redis_run_release(struct redis_run *run)
{
	if (--run->left == 0)
		run_end(run);
}

void
redis_run_fail(struct redis_run *run, enum status st)
{
	if (run->status == ST_OK)
		run->status = st;
}

struct cache_batch *
redis_runs_take(struct redis_runs *runs)
{
	struct cache_batch *list = runs->done;

	runs->done = NULL;
	runs->done_tail = &runs->done;
	return list;
}
