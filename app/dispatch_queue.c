/*
 * The way to the workers: which calls take one, which wait for another's
 * instead, and what becomes of those for whom the queue has no room.
 */
#include "app/base/clock.h"
#include "app/dispatch_state.h"
#include "app/queue.h"
#include "middleware/pipeline.h"

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

void
dispatch_hand_over(struct dispatch *d, struct call *call, enum call_job job)
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
		dispatch_hand_over(d, call, JOB_UPSTREAM);
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
