#include "app/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/dispatch_state.h"
#include "app/queue.h"
#include "app/round.h"
#include "middleware/body_limit.h"
#include "middleware/client.h"
#include "middleware/pipeline.h"
#include "middleware/registry/key_memo.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/snapshot.h"
#include "middleware/renew.h"

#define IDLE_CALLS_MAX 256u

enum status
dispatch_open(const struct dispatch_parts *parts, struct dispatch **out,
    struct error *err)
{
	struct dispatch *d = calloc(1, sizeof(*d));
	enum status st;

	if (d == NULL)
		abort();
	d->parts = *parts;
	d->keys = key_memo_new();
	stores_connect(parts->stores, &d->stores);
	st = rounds_open(parts->stores, &d->rounds, err);
	if (st != ST_OK) {
		dispatch_close(d);
		return st;
	}
	*out = d;
	return ST_OK;
}

void
dispatch_close(struct dispatch *d)
{
	if (d == NULL)
		return;
	while (d->idle != NULL) {
		struct call *call = d->idle;

		d->idle = call->next;
		call_free(call);
	}
	if (d->cached != NULL)
		snapshot_unref(d->cached);
	key_memo_free(d->keys);
	rounds_close(d->rounds);
	stores_disconnect(&d->stores);
	free(d);
}

/* The moment comes with dispatch_ready(): a call is made when it is read. */
struct call *
dispatch_new_call(struct dispatch *d)
{
	struct call *call = d->idle;

	if (call != NULL) {
		d->idle = call->next;
		d->n_idle--;
	} else {
		call = call_new();
	}
	call->home = d->parts.home;
	call->stopping = d->parts.stopping;
	call->outcome = CALL_OPEN;
	call->body_pending = false;
	call->inflow.seats = NULL;
	call->outfile.under_way = false;
	cancel_reset(&call->cancel);
	request_init(&call->req, &call->arena,
	    registry_pin(d->parts.registry, &d->cached));
	key_memo_turn(d->keys, call->req.snapshot);
	call->req.keys = d->keys;
	call->req.registry = d->parts.registry;
	call->req.cancel = &call->cancel;
	call->req.stores = &d->stores;
	call->req.people = d->parts.people;
	d->n_open++;
	return call;
}

void
dispatch_release(struct dispatch *d, struct call *call)
{
	if (call->outfile.under_way)
		outfile_cut(call, d->parts.pipeline);
	inflow_end(&call->inflow);
	log_access(call->req.log_line, call->req.log_fields);
	if (dispatch_renew(d, call))
		return;
	response_file_close(&call->req.response);
	renew_release(&call->req);
	snapshot_unref(call->req.snapshot);
	arena_reset(&call->arena);
	d->n_open--;
	if (d->n_idle >= IDLE_CALLS_MAX) {
		call_free(call);
		return;
	}
	call->next = d->idle;
	d->idle = call;
	d->n_idle++;
}

bool
dispatch_is_awaited(const struct dispatch *d)
{
	return d->flights.n_waiting > 0;
}

size_t
dispatch_open_calls(const struct dispatch *d)
{
	return d->n_open;
}

void
dispatch_end(struct dispatch *d, struct call *call, enum call_outcome outcome)
{
	call->outcome = outcome;
	call->next = d->ended;
	d->ended = call;
}

static void
leave(struct dispatch *d, struct call *call)
{
	call->req.stores = &d->stores;
	call->req.may_block = false;
	pipeline_leave(d->parts.pipeline, &call->req);
}

void
dispatch_answer(struct dispatch *d, struct call *call)
{
	leave(d, call);
	call_build(call);
	call_send(call);
	dispatch_end(d, call, call->outcome);
}

void
dispatch_drop(struct dispatch *d, struct call *call)
{
	response_gone(&call->req);
	leave(d, call);
	dispatch_end(d, call, CALL_GONE);
}

void
dispatch_turn_away(struct dispatch *d, struct call *call, const char *why)
{
	if (call_is_forsaken(call)) {
		dispatch_drop(d, call);
		return;
	}
	response_fail(&call->req, 503, "%s", why);
	response_header(&call->req.response, STR("Retry-After"), STR("1"));
	dispatch_answer(d, call);
}

static bool
enqueue(struct dispatch *d, struct call *call)
{
	return queue_put(d->parts.queue, call) ||
	       (dispatch_make_room(d) && queue_put(d->parts.queue, call));
}

/* There is no room for it, nor for those who may wait for it. */
static void
refuse(struct dispatch *d, struct call *call)
{
	call->next = call->leads ? flight_end(&d->flights, call) : NULL;
	while (call != NULL) {
		struct call *next = call->next;

		dispatch_turn_away(d, call,
		    "All workers are busy and the queue is full. Try again "
		    "later.");
		call = next;
	}
}

/* Other processes may be about to ask for the same: what tells who does goes
 * with the others' operations. */
static bool
plans_claim(struct dispatch *d, struct call *call)
{
	call->req.stores = &d->stores;
	call->req.may_block = false;
	if (!pipeline_plan_claim(d->parts.pipeline, &call->req))
		return false;
	dispatch_plan(d, call);
	return true;
}

/* A query was begun for others just before: one a second is enough. */
static bool
waits_its_turn(struct dispatch *d, struct call *call)
{
	if (!call->req.joins_early || call->req.asks_anyway ||
	    !flight_follows(&d->flights, call, clock_boot_ms()))
		return false;
	dispatch_wait(d, call);
	return true;
}

/* It takes a worker, or another call's. Who needs the same done waits for the
 * first. */
static void
hand_over(struct dispatch *d, struct call *call, enum call_job job)
{
	bool closes;

	if (call_is_forsaken(call)) {
		if (call->leads)
			dispatch_lead_anew(d, call);
		dispatch_drop(d, call);
		return;
	}
	if (call->req.shareable && !call->leads &&
	    flight_join(&d->flights, call))
		return;
	if (job == JOB_UPSTREAM && call->leads &&
	    (waits_its_turn(d, call) || plans_claim(d, call)))
		return;
	call->job = job;
	timing_begin(&call->req.timing, clock_boot_us());
	/* Its request is a worker's as soon as it stands in the queue. */
	closes = call->leads && call->req.joins_early;
	call->away = enqueue(d, call);
	if (!call->away)
		refuse(d, call);
	else if (closes)
		flight_close(call, clock_boot_ms());
}

void
dispatch_upstream(struct dispatch *d, struct call *call)
{
	if (call->body_pending && call->req.source == NULL)
		dispatch_end(d, call, CALL_BODY);
	else
		hand_over(d, call, JOB_UPSTREAM);
}

void
dispatch_enter(struct dispatch *d, struct call *call)
{
	enum flow flow = pipeline_enter(d->parts.pipeline, &call->req);

	if (call->leads)
		dispatch_renamed(d, call);
	switch (flow) {
	case FLOW_DONE:
		dispatch_answer(d, call);
		if (call->leads)
			dispatch_land(d, call);
		break;
	case FLOW_WAIT:
		dispatch_wait(d, call);
		break;
	case FLOW_BACK:
		hand_over(d, call, JOB_ENTER);
		break;
	case FLOW_AGAIN:
		dispatch_plan_rest(d, call);
		break;
	case FLOW_NEXT:
		dispatch_upstream(d, call);
		break;
	}
}

/* Enters the calls whose store operations are done. */
static void
enter_ready(struct dispatch *d)
{
	struct call *call = rounds_take(d->rounds);
	int64_t now_us = call == NULL ? 0 : clock_boot_us();

	while (call != NULL) {
		struct call *next = call->next;

		if (call->asked)
			timing_end(&call->req.timing, PHASE_STORE, now_us);
		dispatch_enter(d, call);
		call = next;
	}
}

/* One batch a store for all planned calls; then each goes its way, those that
 * wait for no one at once. */
static void
run_planned(struct dispatch *d)
{
	size_t n = d->n_planned;
	int64_t now_us;

	if (n == 0)
		return;
	d->n_planned = 0;
	now_us = clock_boot_us();
	for (size_t i = 0; i < n; i++) {
		timing_begin(&d->planned[i]->req.timing, now_us);
		rounds_add(d->rounds, d->planned[i]);
	}
	rounds_send(d->rounds);
	enter_ready(d);
}

void
dispatch_plan(struct dispatch *d, struct call *call)
{
	d->planned[d->n_planned++] = call;
	if (d->n_planned == TURN_CALLS)
		run_planned(d);
}

void
dispatch_plan_rest(struct dispatch *d, struct call *call)
{
	struct request *req = &call->req;

	req->stores = &d->stores;
	req->may_block = false;
	for (int use = 0; use < STORE_USES; use++)
		req->batch[use].n = 0;
	if (pipeline_plan(d->parts.pipeline, req) == FLOW_DONE)
		dispatch_answer(d, call);
	else
		dispatch_plan(d, call);
}

void
dispatch_ready(struct dispatch *d, struct call *call)
{
	client_set(&call->req, snapshot_proxies(call->req.snapshot));
	if (call->req.response.status == 0 &&
	    request_route(&call->req) == ST_OK) {
		body_limit_set(&call->req);
		(void)request_check_body(&call->req, !call->body_pending);
	}
	call->req.has_body = call->body_pending || call->req.body.n > 0;
	if (pipeline_plan(d->parts.pipeline, &call->req) == FLOW_DONE) {
		dispatch_answer(d, call);
		return;
	}
	dispatch_plan(d, call);
}

void
dispatch_body(struct dispatch *d, struct call *call, int64_t now_ms)
{
	call->req.deadline_ms = now_ms + call->req.settings->request_timeout;
	if (call->req.response.status != 0 ||
	    request_check_body(&call->req, true) != ST_OK) {
		dispatch_answer(d, call);
		return;
	}
	call->body_pending = false;
	dispatch_upstream(d, call);
}

void
dispatch_inflow(struct dispatch *d, struct call *call, int64_t now_ms)
{
	call->req.deadline_ms = now_ms + call->req.settings->request_timeout;
	dispatch_upstream(d, call);
}

void
dispatch_send(struct dispatch *d, struct call *call)
{
	call->job = JOB_SEND;
	timing_begin(&call->req.timing, clock_boot_us());
	call->away = enqueue(d, call);
	if (call->away)
		return;
	call->next = d->unsent;
	d->unsent = call;
}

void
dispatch_send_more(struct dispatch *d, int64_t now_ms)
{
	struct call *call = d->unsent;

	d->unsent = NULL;
	while (call != NULL) {
		struct call *next = call->next;

		if (call->req.deadline_ms <= now_ms)
			dispatch_end(d, call, CALL_BROKEN);
		else
			dispatch_send(d, call);
		call = next;
	}
}

void
dispatch_abandon(struct dispatch *d, struct call *call)
{
	response_gone(&call->req);
	leave(d, call);
	dispatch_release(d, call);
}

int
dispatch_fd(const struct dispatch *d)
{
	return rounds_fd(d->rounds);
}

int64_t
dispatch_deadline(const struct dispatch *d)
{
	int64_t answer = rounds_deadline(d->rounds);
	int64_t look = lookout_next(&d->lookouts);

	return answer < look ? answer : look;
}

void
dispatch_answered(struct dispatch *d, int64_t now_ms)
{
	rounds_reap(d->rounds, now_ms);
	enter_ready(d);
}

struct call *
dispatch_turn(struct dispatch *d, int64_t now_ms)
{
	struct call *ended;

	dispatch_expire(d, now_ms);
	dispatch_look(d, now_ms);
	dispatch_send_more(d, now_ms);
	while (d->n_planned > 0)
		run_planned(d); /* some plan more */
	ended = d->ended;
	d->ended = NULL;
	return ended;
}
