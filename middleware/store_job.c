#include "middleware/store_job.h"

#include <stdlib.h>

#define ARENA_BYTES 16384u

struct store_job *
store_job_new(void)
{
	struct store_job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		abort();
	arena_init(&job->arena, ARENA_BYTES);
	return job;
}

void
store_job_free(struct store_job *job)
{
	arena_close(&job->arena);
	free(job);
}

/* Most operations of a batch share one space. */
static const struct cache_space *
space_copy(struct store_job *job, const struct cache_op *op, size_t i)
{
	struct cache_space *copy;

	if (i > 0 && job->ops[i - 1]->space->name.n == op->space->name.n &&
	    str_eq(job->ops[i - 1]->space->name, op->space->name))
		return job->ops[i - 1]->space;
	copy = arena_alloc(&job->arena, sizeof(*copy));
	copy->name = arena_dup(&job->arena, op->space->name);
	copy->open = op->space->open;
	return copy;
}

static struct str
text_copy(struct store_job *job, struct str text)
{
	return str_is_null(text) ? text : arena_dup(&job->arena, text);
}

void
store_job_fill(struct store_job *job, struct cache_batch *batch)
{
	struct cache_op *copies =
	    arena_alloc(&job->arena, batch->n * sizeof(copies[0]));

	job->ops = arena_alloc(&job->arena, batch->n * sizeof(job->ops[0]));
	for (size_t i = 0; i < batch->n; i++) {
		const struct cache_op *op = batch->ops[i];

		copies[i] = *op;
		copies[i].space = space_copy(job, op, i);
		copies[i].key = text_copy(job, op->key);
		copies[i].shard = text_copy(job, op->shard);
		copies[i].value = text_copy(job, op->value);
		copies[i].arena = &job->arena;
		job->ops[i] = &copies[i];
	}
	job->batch = batch;
	job->n = batch->n;
	job->deadline_ms = batch->deadline_ms;
}

static void
op_return(struct cache_op *op, const struct cache_op *said)
{
	bool reads = op->kind == CACHE_GET || op->kind == CACHE_PULL;

	op->status = said->status;
	op->count = said->count;
	op->reset_ms = said->reset_ms;
	memcpy(op->incarnation, said->incarnation, INCARNATION_BYTES);
	if (reads && said->status == ST_OK)
		op->value = arena_dup(op->arena, said->value);
}

struct cache_batch *
store_job_return(struct store_job *job)
{
	struct cache_batch *batch = job->batch;

	for (size_t i = 0; i < job->n; i++)
		op_return(batch->ops[i], job->ops[i]);
	batch->status = job->status;
	store_job_drop(job);
	return batch;
}

void
store_job_drop(struct store_job *job)
{
	job->batch = NULL;
	job->ops = NULL;
	job->n = 0;
	arena_reset(&job->arena);
}

void
store_jobs_init(struct store_jobs *jobs)
{
	jobs->head = NULL;
	jobs->tail = &jobs->head;
}

void
store_jobs_put(struct store_jobs *jobs, struct store_job *job)
{
	job->next = NULL;
	*jobs->tail = job;
	jobs->tail = &job->next;
}

struct store_job *
store_jobs_take(struct store_jobs *jobs)
{
	struct store_job *head = jobs->head;

	store_jobs_init(jobs);
	return head;
}

void
store_jobs_free(struct store_job *list)
{
	while (list != NULL) {
		struct store_job *next = list->next;

		store_job_free(list);
		list = next;
	}
}
