#include "app/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "app/conn.h"
#include "app/flight.h"
#include "app/queue.h"
#include "middleware/pipeline.h"
#include "middleware/registry/registry.h"
#include "middleware/stores.h"

/* Calls of one turn; more wait for the next turn's batch. */
#define TURN_CALLS       256u
#define CALL_ARENA_BYTES 32768u
#define IDLE_CALLS_MAX   256u
#define EXPIRE_EVERY_MS  250

struct dispatch {
	struct dispatch_parts parts;
	struct stores stores;
	struct snapshot *cached; /* see registry_pin() */
	struct flights flights;
	struct call *planned[TURN_CALLS];
	size_t n_planned;
	struct call *ended;
	struct call *idle; /* to be used again, warm */
	size_t n_idle;
	size_t n_open;
	int64_t expired_ms;
};

enum status
dispatch_open(const struct dispatch_parts *parts, struct dispatch **out,
    struct error *err)
{
	struct dispatch *d = calloc(1, sizeof(*d));
	enum status st;

	if (d == NULL)
		abort();
	d->parts = *parts;
	st = stores_connect(parts->stores, &d->stores, err);
	if (st != ST_OK) {
		free(d);
		return st;
	}
	*out = d;
	return ST_OK;
}

static void
call_free(struct call *call)
{
	arena_close(&call->arena);
	free(call);
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
	stores_disconnect(&d->stores);
	free(d);
}

static struct call *
call_new(void)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		abort();
	arena_init(&call->arena, CALL_ARENA_BYTES);
	return call;
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
	request_init(&call->req, &call->arena,
	    registry_pin(d->parts.registry, &d->cached));
	call->req.stores = &d->stores;
	d->n_open++;
	return call;
}

void
dispatch_release(struct dispatch *d, struct call *call)
{
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

size_t
dispatch_open_calls(const struct dispatch *d)
{
	return d->n_open;
}

/* Gives the call to the front at the end of the turn. */
static void
end(struct dispatch *d, struct call *call, enum call_outcome outcome)
{
	call->outcome = outcome;
	call->next = d->ended;
	d->ended = call;
}

/* The response is complete: leave the stages and send it. */
static void
answer(struct dispatch *d, struct call *call)
{
	call->req.stores = &d->stores;
	call->req.may_block = false;
	pipeline_leave(d->parts.pipeline, &call->req);
	call_build(call);
	call_send(call);
	end(d, call, call->outcome);
}

/* There is no worker for it. */
static void
turn_away(struct dispatch *d, struct call *call, const char *why)
{
	response_fail(&call->req, 503, "%s", why);
	response_header(&call->req.response, STR("Retry-After"), STR("1"));
	answer(d, call);
}

static void
hand_over(struct dispatch *d, struct call *call, enum call_job job)
{
	call->job = job;
	if (queue_put(d->parts.queue, call))
		return;
	if (call->leads)
		(void)flight_end(&d->flights, call); /* begun just now */
	turn_away(d, call,
	    "All workers are busy and the queue is full. Try again later.");
}

/* Every stage before the upstream is entered. */
static void
go_upstream(struct dispatch *d, struct call *call)
{
	if (call->body_pending) {
		end(d, call, CALL_BODY);
		return;
	}
	if (call->req.shareable && flight_join(&d->flights, call))
		return;
	hand_over(d, call, JOB_UPSTREAM);
}

/* A stage must block. Who needs the same done waits for the first. */
static void
go_back(struct dispatch *d, struct call *call)
{
	if (call->req.shareable && flight_join(&d->flights, call))
		return;
	hand_over(d, call, JOB_ENTER);
}

static void
enter(struct dispatch *d, struct call *call)
{
	switch (pipeline_enter(d->parts.pipeline, &call->req)) {
	case FLOW_DONE:
		answer(d, call);
		break;
	case FLOW_BACK:
		go_back(d, call);
		break;
	case FLOW_NEXT:
		go_upstream(d, call);
		break;
	}
}

/* One batch a store for all planned calls, then each goes its way. */
static void
run_planned(struct dispatch *d)
{
	struct request *reqs[TURN_CALLS];
	size_t n = d->n_planned;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		reqs[i] = &d->planned[i]->req;
	stores_run(&d->stores, reqs, n);
	d->n_planned = 0;
	for (size_t i = 0; i < n; i++)
		enter(d, d->planned[i]);
}

static void
plan_turn(struct dispatch *d, struct call *call)
{
	d->planned[d->n_planned++] = call;
	if (d->n_planned == TURN_CALLS)
		run_planned(d);
}

void
dispatch_ready(struct dispatch *d, struct call *call)
{
	if (call->req.response.status == 0 &&
	    request_route(&call->req) == ST_OK)
		(void)request_check_body(&call->req, !call->body_pending);
	call->req.has_body = call->body_pending || call->req.body.n > 0;
	if (pipeline_plan(d->parts.pipeline, &call->req) == FLOW_DONE) {
		answer(d, call);
		return;
	}
	plan_turn(d, call);
}

void
dispatch_body(struct dispatch *d, struct call *call, int64_t now_ms)
{
	call->req.deadline_ms = now_ms + call->req.settings->request_timeout;
	if (call->req.response.status != 0 ||
	    request_check_body(&call->req, true) != ST_OK) {
		answer(d, call);
		return;
	}
	call->body_pending = false;
	go_upstream(d, call);
}

void
dispatch_abandon(struct dispatch *d, struct call *call)
{
	response_fail(&call->req, 400, "The request was given up.");
	pipeline_leave(d->parts.pipeline, &call->req);
	dispatch_release(d, call);
}

/* Answers everyone who waited for the leader's query. */
static void
land(struct dispatch *d, struct call *leader)
{
	struct call *waiter = flight_end(&d->flights, leader);

	while (waiter != NULL) {
		struct call *next = waiter->next;

		pipeline_share(d->parts.pipeline, &leader->req, &waiter->req);
		answer(d, waiter);
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
			enter(d, waiter);
		else
			plan_turn(d, waiter);
		waiter = next;
	}
}

/* Its time ran out before a worker came to it. Those who wait for it have
 * deadlines of their own: one of them leads now. */
static void
give_up(struct dispatch *d, struct call *call)
{
	struct call *waiter = NULL;

	if (call->leads && call->job == JOB_ENTER)
		look_again(d, call);
	else if (call->leads)
		waiter = flight_end(&d->flights, call);
	while (waiter != NULL) {
		struct call *next = waiter->next;

		go_upstream(d, waiter);
		waiter = next;
	}
	turn_away(d, call, "The request waited too long for a worker.");
}

static void
take_back(struct dispatch *d, struct call *call)
{
	if (call->outcome == CALL_LATE) {
		give_up(d, call);
		return;
	}
	if (call->leads && call->job == JOB_ENTER)
		look_again(d, call);
	if (call->outcome == CALL_ENTERED) {
		go_upstream(d, call);
		return;
	}
	if (call->leads)
		land(d, call);
	end(d, call, call->outcome);
}

void
dispatch_returned(struct dispatch *d, struct call *calls)
{
	while (calls != NULL) {
		struct call *next = calls->next;

		take_back(d, calls);
		calls = next;
	}
}

static void
expire(struct dispatch *d, int64_t now_ms)
{
	struct call *late;

	if (now_ms - d->expired_ms < EXPIRE_EVERY_MS)
		return;
	d->expired_ms = now_ms;
	late = flight_expire(&d->flights, now_ms);
	while (late != NULL) {
		struct call *next = late->next;

		response_fail(
		    &late->req, 504, "The database did not answer in time.");
		answer(d, late);
		late = next;
	}
	late = queue_expire(d->parts.queue, d->parts.home, now_ms);
	while (late != NULL) {
		struct call *next = late->next;

		give_up(d, late);
		late = next;
	}
}

struct call *
dispatch_turn(struct dispatch *d, int64_t now_ms)
{
	struct call *ended;

	expire(d, now_ms);
	run_planned(d);
	ended = d->ended;
	d->ended = NULL;
	return ended;
}
