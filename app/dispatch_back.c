/*
 * The way back: what becomes of calls that workers return, of those who waited
 * for them, and of those whose time is over or whose client has gone.
 */
#include "app/conn.h"
#include "app/dispatch_state.h"
#include "app/mailbox.h"
#include "app/queue.h"
#include "app/round.h"
#include "middleware/pipeline.h"

#define EXPIRE_EVERY_MS 250
#define NO_DEADLINE_YET INT64_MIN /* a time at which none has passed */

void
dispatch_land(struct dispatch *d, struct call *leader)
{
	struct call *waiter = flight_end(&d->flights, leader);

	while (waiter != NULL) {
		struct call *next = waiter->next;

		pipeline_share(d->parts.pipeline, &leader->req, &waiter->req);
		dispatch_answer(d, waiter);
		waiter = next;
	}
}

/* The leader's stage is through: its waiters read the store once more, and
 * enter where they stand. What they counted is counted. When the store failed
 * the leader, they go on without it: else each in turn would wait for it. */
static void
look_again(struct dispatch *d, struct call *leader)
{
	struct call *waiter = flight_end(&d->flights, leader);

	while (waiter != NULL) {
		struct call *next = waiter->next;

		waiter->req.batch[STORE_LIMIT].n = 0;
		waiter->req.skip_store = leader->req.skip_store;
		if (waiter->req.skip_store)
			dispatch_enter(d, waiter);
		else
			dispatch_plan(d, waiter);
		waiter = next;
	}
}

void
dispatch_lead_anew(struct dispatch *d, struct call *leader)
{
	struct call *waiter = flight_end(&d->flights, leader);

	while (waiter != NULL) {
		struct call *next = waiter->next;

		dispatch_upstream(d, waiter);
		waiter = next;
	}
}

/* Its time ran out before a worker came to it. Those who wait for it have
 * deadlines of their own. */
static void
give_up(struct dispatch *d, struct call *call)
{
	if (call->job == JOB_RENEW) {
		dispatch_renewed(d, call);
		return;
	}
	if (call->job == JOB_SEND) {
		dispatch_end(d, call, CALL_BROKEN);
		return;
	}
	if (call->leads && call->job == JOB_ENTER)
		look_again(d, call);
	else if (call->leads)
		dispatch_lead_anew(d, call);
	dispatch_turn_away(
	    d, call, "The request waited too long for a worker.");
}

/* Those who wait are given what the leader was, unless it failed for want of
 * what they may have: one of them tries for the rest. */
static void
end_flight(struct dispatch *d, struct call *leader)
{
	const struct response *res = &leader->req.response;

	if (res->is_error && res->local)
		dispatch_lead_anew(d, leader);
	else
		dispatch_land(d, leader);
}

static void
take_back(struct dispatch *d, struct call *call)
{
	call->away = false;
	if (call->job == JOB_RENEW) {
		dispatch_renewed(d, call);
		return;
	}
	if (call->outcome == CALL_LATE) {
		give_up(d, call);
		return;
	}
	if (call->leads && call->job == JOB_ENTER)
		look_again(d, call);
	if (call->outcome == CALL_ENTERED) {
		dispatch_upstream(d, call);
		return;
	}
	if (call->outcome == CALL_WAITS) {
		flight_reopen(call);
		dispatch_wait(d, call);
		return;
	}
	if (call->outcome == CALL_PLAN) {
		dispatch_plan_rest(d, call);
		return;
	}
	if (call->leads)
		end_flight(d, call);
	dispatch_end(d, call, call->outcome);
}

/* Workers tell of answers that leave in pieces: nobody else is given them. If
 * the client has gone while others waited, nobody wants it any more. */
static void
hear(struct dispatch *d, struct call *told)
{
	while (told != NULL) {
		struct call *next = told->told_next;

		if (told->leads)
			dispatch_lead_anew(d, told);
		if (call_is_forsaken(told))
			cancel_ask(&told->cancel);
		told = next;
	}
}

void
dispatch_returned(struct dispatch *d)
{
	struct call *calls = mailbox_take(d->parts.home);

	hear(d, mailbox_told(d->parts.home));
	while (calls != NULL) {
		struct call *next = calls->next;

		take_back(d, calls);
		calls = next;
	}
}

/* The call itself needs no answer any more: does anybody else want what its
 * worker does? If not, nobody may join it from now on. */
static void
cancel_unwanted(struct dispatch *d, struct call *call)
{
	if (call->leads && call->waiters != NULL)
		return;
	if (call->leads)
		(void)flight_end(&d->flights, call);
	cancel_ask(&call->cancel);
	d->cancelled = true;
}

static void
leave_flight(struct dispatch *d, struct call *call)
{
	struct call *leader = call->leader;

	flight_leave(&d->flights, call);
	dispatch_drop(d, call);
	if (call_is_forsaken(leader))
		cancel_unwanted(d, leader);
}

void
dispatch_gone(struct dispatch *d, struct call *call)
{
	if (!call_is_forsaken(call))
		return;
	if (call->leader != NULL)
		leave_flight(d, call);
	else if (call->looks)
		dispatch_look_gone(d, call);
	else if (call->away)
		cancel_unwanted(d, call);
}

/* Whom nobody waits for is dropped without a word to others, so this may be
 * done wherever a call is put into the queue. */
bool
dispatch_make_room(struct dispatch *d)
{
	struct call *gone;
	bool any;

	if (!d->cancelled)
		return false;
	d->cancelled = false;
	gone = queue_expire(d->parts.queue, d->parts.home, NO_DEADLINE_YET);
	any = gone != NULL;
	while (gone != NULL) {
		struct call *next = gone->next;

		gone->away = false;
		if (gone->job == JOB_RENEW)
			dispatch_renewed(d, gone);
		else if (gone->job == JOB_SEND)
			dispatch_end(d, gone, CALL_BROKEN);
		else
			dispatch_drop(d, gone);
		gone = next;
	}
	return any;
}

void
dispatch_stop(struct dispatch *d)
{
	for (unsigned i = 0; i < FLIGHT_BUCKETS; i++) {
		struct call *call = d->flights.bucket[i];

		while (call != NULL) {
			struct call *next = call->flight_next;

			if (call->away && call->job == JOB_RENEW)
				cancel_unwanted(d, call);
			call = next;
		}
	}
	(void)dispatch_make_room(d);
}

static void
expire_waiting(struct dispatch *d, int64_t now_ms)
{
	struct call *late = flight_expire(&d->flights, now_ms);

	while (late != NULL) {
		struct call *next = late->next;

		response_fail(
		    &late->req, 504, "The database did not answer in time.");
		dispatch_answer(d, late);
		late = next;
	}
}

static void
expire_queued(struct dispatch *d, int64_t now_ms)
{
	struct call *late = queue_expire(d->parts.queue, d->parts.home, now_ms);

	while (late != NULL) {
		struct call *next = late->next;

		late->away = false;
		give_up(d, late);
		late = next;
	}
}

void
dispatch_expire(struct dispatch *d, int64_t now_ms)
{
	if (now_ms - d->expired_ms < EXPIRE_EVERY_MS)
		return;
	d->expired_ms = now_ms;
	expire_waiting(d, now_ms);
	expire_queued(d, now_ms);
	rounds_tidy(d->rounds);
}
