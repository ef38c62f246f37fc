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
	answer_build(&call->answer, &call->req, call->conn->scan.id);
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

/* False when there is nothing to run the upstream on: the response says why,
 * or the connection is broken. */
static bool
body_read(struct call *call)
{
	const struct settings *settings = call->req.settings;
	enum status st =
	    conn_read_body(call->conn, &call->req, (size_t)settings->max_body,
		clock_boot_ms() + settings->read_timeout);

	call->body_pending = false;
	if (st == ST_OK && request_check_body(&call->req, true) == ST_OK)
		return true;
	call->conn->close_after = true;
	if (st == ST_TOO_BIG)
		response_fail(&call->req, 413,
		    "The request body is larger than MAX_BODY (%lld bytes).",
		    (long long)settings->max_body);
	else if (st == ST_TIMEOUT)
		response_fail(&call->req, 408,
		    "The request body did not arrive in time.");
	else if (st != ST_OK)
		call->outcome = CALL_BROKEN;
	return false;
}

static void
run_upstream(struct worker *w, struct call *call)
{
	bool is_long = call->body_pending;
	bool ready = !is_long || body_read(call);

	if (is_long)
		queue_long_done(w->queue);
	if (call->outcome == CALL_BROKEN) {
		pipeline_leave(w->pipeline, &call->req);
		return;
	}
	if (ready && clock_boot_ms() >= call->req.deadline_ms)
		response_fail(&call->req, 503,
		    "The request waited too long for a worker.");
	else if (ready)
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
	call->job = JOB_UPSTREAM;
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
