#include "app/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/call.h"
#include "app/conn.h"
#include "app/mailbox.h"
#include "app/queue.h"
#include "app/seats.h"
#include "middleware/pipeline.h"
#include "middleware/stores.h"

/* Of so many workers one may wait for its client. */
#define SEAT_A_WORKERS 4

struct worker {
	pthread_t thread;
	struct queue *queue;
	struct pipeline *pipeline;
	struct seats *seats;
	struct stores stores;
};

struct workers {
	struct seats *seats;
	size_t n;
	struct worker list[];
};

static void
answer(struct worker *w, struct call *call)
{
	pipeline_leave(w->pipeline, &call->req);
	if (call->req.response.status == RESPONSE_GONE) {
		call->outcome = CALL_GONE;
		return;
	}
	call_build(call);
	call_send(call);
}

/* What of a file is not in memory, or was cut to what this request asks for, is
 * nobody else's answer. */
static bool
is_private(const struct response *res)
{
	return res->file.is_open || res->judged;
}

static void
answer_upstream(struct worker *w, struct call *call)
{
	if (is_private(&call->req.response))
		mailbox_tell(call->home, call);
	if (outfile_fits(call))
		outfile_begin(call, w->pipeline);
	else
		answer(w, call);
}

static void
run_upstream(struct worker *w, struct call *call)
{
	struct timing *timing = &call->req.timing;

	switch (pipeline_claim(w->pipeline, &call->req)) {
	case FLOW_WAIT:
		call->outcome = CALL_WAITS;
		return;
	case FLOW_DONE:
		answer(w, call);
		return;
	default:
		break;
	}
	outflow_offer(&call->outflow, call, w->pipeline, w->seats);
	timing_begin(timing, clock_boot_us());
	pipeline_upstream(w->pipeline, &call->req);
	timing_end(timing, PHASE_UPSTREAM, clock_boot_us());
	if (call->outflow.stream.begun)
		outflow_end(&call->outflow);
	else
		answer_upstream(w, call);
}

/* The answer has been sent: nobody waits for another. */
static void
run_renewal(struct worker *w, struct call *call)
{
	if (pipeline_claim(w->pipeline, &call->req) != FLOW_NEXT)
		return; /* another process does it */
	pipeline_upstream(w->pipeline, &call->req);
	pipeline_renewed(w->pipeline, &call->req);
	if (!is_private(&call->req.response))
		call->outcome = CALL_KEPT;
}

static void
run_enter(struct worker *w, struct call *call)
{
	struct timing *timing = &call->req.timing;
	enum flow flow;

	timing_begin(timing, clock_boot_us());
	flow = pipeline_enter(w->pipeline, &call->req);
	timing_end(timing, PHASE_ENTER, clock_boot_us());
	if (flow == FLOW_DONE)
		answer(w, call);
	else
		call->outcome = flow == FLOW_AGAIN ? CALL_PLAN : CALL_ENTERED;
}

/* Its client left while it stood in the queue. */
static void
run_gone(struct worker *w, struct call *call)
{
	response_gone(&call->req);
	answer(w, call);
}

static void
run_job(struct worker *w, struct call *call)
{
	int64_t now_us = clock_boot_us();

	timing_end(&call->req.timing, PHASE_QUEUE, now_us);
	call->outcome = CALL_OPEN;
	call->req.stores = &w->stores;
	call->req.may_block = true;
	if (call->job == JOB_SEND)
		outfile_go(call, w->pipeline);
	else if (cancel_asked(&call->cancel) && call->job == JOB_RENEW)
		call->outcome = CALL_GONE;
	else if (cancel_asked(&call->cancel))
		run_gone(w, call);
	else if (now_us / 1000 >= call->req.deadline_ms)
		call->outcome = CALL_LATE;
	else if (call->job == JOB_ENTER)
		run_enter(w, call);
	else if (call->job == JOB_RENEW)
		run_renewal(w, call);
	else
		run_upstream(w, call);
}

/* What is answered only has to be put away, unless the connection is to be
 * closed: its peer waits for that; or another body may wait for its seat. */
static bool
is_urgent(const struct call *call)
{
	return call->outcome != CALL_SENT || call->conn->close_after ||
	       call->req.source != NULL;
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct call *call;

	while ((call = queue_take(w->queue)) != NULL) {
		run_job(w, call);
		mailbox_post(call->home, call, is_urgent(call));
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
	all->seats = seats_new(n < SEAT_A_WORKERS ? 1 : n / SEAT_A_WORKERS);
	*out = all;
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		struct worker *w = &all->list[i];

		w->queue = queue;
		w->pipeline = pipeline;
		w->seats = all->seats;
		stores_connect(stores, &w->stores);
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
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
	seats_free(all->seats);
	free(all);
}
