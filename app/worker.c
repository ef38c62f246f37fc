#include "app/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "app/conn.h"
#include "app/mailbox.h"
#include "app/queue.h"
#include "middleware/pipeline.h"
#include "middleware/stores.h"

struct worker {
	pthread_t thread;
	struct queue *queue;
	struct pipeline *pipeline;
	struct stores stores;
};

struct workers {
	struct stores_shared *shared;
	size_t n;
	struct worker list[];
};

/* Builds the answer and sends what the socket takes at once. */
static void
answer_begin(struct worker *w, struct call *call)
{
	enum status st;

	pipeline_leave(w->pipeline, &call->req);
	if (call->body_pending)
		call->conn->close_after = true; /* unread bytes follow */
	call_build(call);
	st = answer_send(&call->answer, call->conn->fd);
	if (st == ST_OK)
		call->outcome = CALL_SENT;
	else
		call->outcome = st == ST_TIMEOUT ? CALL_REST : CALL_BROKEN;
}

static void
answer_finish(struct call *call)
{
	int64_t deadline = clock_boot_ms() + call->req.settings->write_timeout;
	enum status st =
	    answer_send_all(&call->answer, call->conn->fd, deadline);

	call->outcome = st == ST_OK ? CALL_SENT : CALL_BROKEN;
}

static void
run_upstream(struct worker *w, struct call *call)
{
	if (clock_boot_ms() >= call->req.deadline_ms)
		response_fail(&call->req, 503,
		    "The request waited too long for a worker.");
	else
		pipeline_upstream(w->pipeline, &call->req);
	answer_begin(w, call);
	/* Waiters must not wait for the leader's slow client. */
	if (call->outcome == CALL_REST && !call->leads)
		answer_finish(call);
}

static void
run_enter(struct worker *w, struct call *call)
{
	if (pipeline_enter(w->pipeline, &call->req) == FLOW_DONE) {
		answer_begin(w, call);
		return;
	}
	call->outcome = CALL_ENTERED;
}

static void
run_job(struct worker *w, struct call *call)
{
	call->outcome = CALL_OPEN;
	call->req.stores = &w->stores;
	call->req.may_block = true;
	if (call->job == JOB_SEND)
		answer_finish(call);
	else if (call->job == JOB_ENTER)
		run_enter(w, call);
	else
		run_upstream(w, call);
	log_access_flush();
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct call *call;

	while ((call = queue_take(w->queue)) != NULL) {
		run_job(w, call);
		mailbox_post(call->home, call);
	}
	log_access_end();
	return NULL;
}

enum status
workers_start(size_t n, struct queue *queue, struct pipeline *pipeline,
    struct stores_shared *stores, struct workers **out, struct error *err)
{
	struct workers *all =
	    calloc(1, sizeof(*all) + n * sizeof(all->list[0]));
	enum status st = ST_OK;

	if (all == NULL)
		abort();
	all->shared = stores;
	*out = all;
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		struct worker *w = &all->list[i];

		w->queue = queue;
		w->pipeline = pipeline;
		st = stores_connect(stores, &w->stores, err);
		if (st == ST_OK &&
		    pthread_create(&w->thread, NULL, worker_main, w) != 0)
			st = error_set(err, ST_ERROR, "cannot start a thread");
		if (st == ST_OK)
			all->n++;
	}
	return st;
}

void
workers_join(struct workers *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->n; i++) {
		(void)pthread_join(all->list[i].thread, NULL);
		stores_disconnect(&all->list[i].stores);
	}
	free(all);
}
