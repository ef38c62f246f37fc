#include "middleware/store_thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "middleware/store.h"
#include "middleware/store_job.h"

#define EXEC_OPS_MAX 1024u
#define SPREAD_MS    100 /* deadlines of one exec lie no farther apart */
#define IDLE_MAX     8u  /* jobs kept for the next batches */

/*
 * A job is in one list of these: waiting, the thread's own, done. The front
 * reads and changes job->batch and job->later, the thread nothing of them.
 * The bell is no condition variable: glibc's may lose a signal (its bug 25847).
 */
struct store_thread {
	struct store *store;
	struct cache_conn *conn; /* the thread's */
	pthread_t thread;
	int event_fd;
	sem_t bell;
	pthread_mutex_t lock; /* guards the next four */
	struct store_jobs waiting;
	struct store_jobs done;
	bool asleep;
	bool stopped;
	/* The front's own. */
	struct store_job *open;    /* that it waits for */
	size_t n_lost;             /* given up, and not come back yet */
	struct cache_batch *ended; /* that never became a job */
	struct store_job *idle;
	size_t n_idle;
};

/* Wakes the front. Fails only when it is readable anyway. */
static void
event_post(struct store_thread *t)
{
	uint64_t one = 1;

	(void)!write(t->event_fd, &one, sizeof(one));
}

/* What waited too long for the store is not begun. */
static bool
job_is_late(struct store_job *job)
{
	if (clock_boot_ms() < job->deadline_ms)
		return false;
	job->status = ST_TIMEOUT;
	(void)cache_ops_fail(job->ops, job->n, ST_TIMEOUT);
	return true;
}

/* Runs the jobs from `job` on whose operations fit into one exec; returns the
 * first that is left. */
static struct store_job *
run_some(struct store_thread *t, struct store_job *job)
{
	struct cache_op *ops[EXEC_OPS_MAX];
	struct store_job *first = job;
	int64_t deadline_ms = 0;
	enum status st = ST_OK;
	size_t n = 0;

	for (; job != NULL && n + job->n <= EXEC_OPS_MAX &&
	       job->deadline_ms <= first->deadline_ms + SPREAD_MS;
	     job = job->next) {
		if (job_is_late(job))
			continue;
		memcpy(ops + n, job->ops, job->n * sizeof(ops[0]));
		n += job->n;
		if (deadline_ms < job->deadline_ms)
			deadline_ms = job->deadline_ms;
	}
	if (n > 0)
		st = t->store->driver->exec(t->conn, ops, n, deadline_ms);
	for (; first != job; first = first->next)
		if (first->status != ST_TIMEOUT)
			first->status = st;
	return job;
}

static void
done_post(
    struct store_thread *t, struct store_job *from, const struct store_job *to)
{
	(void)pthread_mutex_lock(&t->lock);
	if (t->done.head == NULL)
		event_post(t);
	while (from != to) {
		struct store_job *next = from->next;

		store_jobs_put(&t->done, from);
		from = next;
	}
	(void)pthread_mutex_unlock(&t->lock);
}

/* What has gathered; NULL: the thread shall end. */
static struct store_job *
gathered(struct store_thread *t)
{
	struct store_job *jobs;

	(void)pthread_mutex_lock(&t->lock);
	while (t->waiting.head == NULL && !t->stopped) {
		t->asleep = true;
		(void)pthread_mutex_unlock(&t->lock);
		(void)sem_wait(&t->bell); /* interrupted: looks for nothing */
		(void)pthread_mutex_lock(&t->lock);
	}
	jobs = store_jobs_take(&t->waiting);
	(void)pthread_mutex_unlock(&t->lock);
	return jobs;
}

static void *
thread_main(void *arg)
{
	struct store_thread *t = arg;
	struct store_job *job;

	while ((job = gathered(t)) != NULL) {
		while (job != NULL) {
			struct store_job *left = run_some(t, job);

			done_post(t, job, left);
			job = left;
		}
	}
	return NULL;
}

/* Ends a critical section: wakes the thread if it sleeps. */
static void
unlock_and_wake(struct store_thread *t)
{
	bool wake = t->asleep;

	t->asleep = false;
	(void)pthread_mutex_unlock(&t->lock);
	if (wake)
		(void)sem_post(&t->bell);
}

static enum status
parts_open(struct store_thread *t, struct error *err)
{
	enum status st =
	    t->store->driver->connect(t->store->cache, &t->conn, err);

	if (st != ST_OK)
		return st;
	t->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (t->event_fd < 0)
		return error_set(err, ST_ERROR, "eventfd: %s", strerror(errno));
	if (pthread_create(&t->thread, NULL, thread_main, t) != 0)
		return error_set(err, ST_ERROR, "cannot start a thread");
	return ST_OK;
}

static void
parts_close(struct store_thread *t)
{
	if (t->event_fd >= 0)
		(void)close(t->event_fd);
	if (t->conn != NULL)
		t->store->driver->disconnect(t->conn);
	(void)sem_destroy(&t->bell);
	(void)pthread_mutex_destroy(&t->lock);
	store_unref(t->store);
	free(t);
}

enum status
store_thread_open(
    struct store *store, struct store_thread **out, struct error *err)
{
	struct store_thread *t = calloc(1, sizeof(*t));
	enum status st;

	if (t == NULL)
		abort();
	t->event_fd = -1;
	t->store = store_ref(store);
	(void)sem_init(&t->bell, 0, 0);
	(void)pthread_mutex_init(&t->lock, NULL);
	store_jobs_init(&t->waiting);
	store_jobs_init(&t->done);
	st = parts_open(t, err);
	if (st != ST_OK) {
		parts_close(t);
		return st;
	}
	*out = t;
	return ST_OK;
}

void
store_thread_close(struct store_thread *t)
{
	(void)pthread_mutex_lock(&t->lock);
	t->stopped = true;
	unlock_and_wake(t);
	(void)pthread_join(t->thread, NULL);
	store_jobs_free(store_jobs_take(&t->waiting));
	store_jobs_free(store_jobs_take(&t->done));
	store_jobs_free(t->idle);
	parts_close(t);
}

int
store_thread_fd(const struct store_thread *t)
{
	return t->event_fd;
}

static struct store_job *
job_take(struct store_thread *t)
{
	struct store_job *job = t->idle;

	if (job == NULL)
		return store_job_new();
	t->idle = job->next;
	t->n_idle--;
	return job;
}

static void
job_give(struct store_thread *t, struct store_job *job)
{
	if (t->n_idle >= IDLE_MAX) {
		store_job_free(job);
		return;
	}
	job->next = t->idle;
	t->idle = job;
	t->n_idle++;
}

static void
batch_end(struct cache_batch **list, struct cache_batch *batch, enum status st)
{
	(void)cache_ops_fail(batch->ops, batch->n, st);
	batch->status = st;
	batch->next = *list;
	*list = batch;
}

static void
open_put(struct store_thread *t, struct store_job *job)
{
	struct store_job **at = &t->open;

	while (*at != NULL)
		at = &(*at)->later;
	job->later = NULL;
	*at = job;
}

void
store_thread_submit(struct store_thread *t, struct cache_batch *batch)
{
	struct store_job *job;

	assert(batch->n <= EXEC_OPS_MAX);
	if (t->n_lost > 0) {
		batch_end(&t->ended, batch, ST_UNAVAILABLE);
		event_post(t);
		return;
	}
	job = job_take(t);
	store_job_fill(job, batch);
	job->status = ST_OK;
	open_put(t, job);
	(void)pthread_mutex_lock(&t->lock);
	store_jobs_put(&t->waiting, job);
	unlock_and_wake(t);
}

static void
open_remove(struct store_thread *t, const struct store_job *job)
{
	struct store_job **at = &t->open;

	while (*at != job)
		at = &(*at)->later;
	*at = job->later;
}

/* A job that came back, to its batch unless that was given up. */
static void
job_end(
    struct store_thread *t, struct store_job *job, struct cache_batch **list)
{
	if (job->batch == NULL) {
		t->n_lost--;
		store_job_drop(job);
	} else {
		struct cache_batch *batch;

		open_remove(t, job);
		batch = store_job_return(job);
		batch->next = *list;
		*list = batch;
	}
	job_give(t, job);
}

/* The thread has the jobs still; their batches end. */
static void
give_up_late(struct store_thread *t, int64_t now_ms, struct cache_batch **list)
{
	struct store_job **at = &t->open;

	while (*at != NULL) {
		struct store_job *job = *at;

		if (job->deadline_ms > now_ms) {
			at = &job->later;
			continue;
		}
		*at = job->later;
		batch_end(list, job->batch, ST_TIMEOUT);
		job->batch = NULL;
		t->n_lost++;
	}
}

struct cache_batch *
store_thread_reap(struct store_thread *t, int64_t now_ms)
{
	struct cache_batch *list = t->ended;
	struct store_job *job;
	uint64_t count;

	t->ended = NULL;
	(void)!read(t->event_fd, &count, sizeof(count));
	(void)pthread_mutex_lock(&t->lock);
	job = store_jobs_take(&t->done);
	(void)pthread_mutex_unlock(&t->lock);
	while (job != NULL) {
		struct store_job *next = job->next;

		job_end(t, job, &list);
		job = next;
	}
	give_up_late(t, now_ms, &list);
	return list;
}

int64_t
store_thread_deadline(const struct store_thread *t)
{
	int64_t first = INT64_MAX;

	for (const struct store_job *j = t->open; j != NULL; j = j->later)
		if (j->deadline_ms < first)
			first = j->deadline_ms;
	return first;
}

bool
store_thread_is_idle(const struct store_thread *t)
{
	return t->open == NULL && t->n_lost == 0 && t->ended == NULL;
}
