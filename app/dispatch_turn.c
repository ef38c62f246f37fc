/*
 * A turn: calls that are ready are planned, their store operations run as one
 * batch, and each enters the stages with what the stores have answered.
 */
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/dispatch_state.h"
#include "app/round.h"
#include "middleware/body_limit.h"
#include "middleware/client.h"
#include "middleware/pipeline.h"
#include "middleware/registry/snapshot.h"

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
		dispatch_hand_over(d, call, JOB_ENTER);
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
