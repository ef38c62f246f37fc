/*
 * Waiting for another process, which holds the lease of a flight: the flight's
 * leader looks for the answer now and then, and leads on when it must ask for
 * itself. How many may look is bounded: who finds no place asks the database
 * at once, whose workers and queue are bounded themselves; to refuse a request
 * only since others wait would be worse than a second query.
 */
#include "app/base/clock.h"
#include "app/dispatch_state.h"
#include "middleware/pipeline.h"

/* Has it come to its end while it waited? */
static bool
end_waiting(struct dispatch *d, struct call *call, int64_t now_ms)
{
	bool forsaken = call_is_forsaken(call);

	if (!forsaken && call->req.deadline_ms > now_ms)
		return false;
	if (call->leads)
		dispatch_lead_anew(d, call);
	if (forsaken) {
		dispatch_drop(d, call);
		return true;
	}
	response_fail(&call->req, 504, "The database did not answer in time.");
	dispatch_answer(d, call);
	return true;
}

void
dispatch_wait(struct dispatch *d, struct call *call)
{
	int64_t now_ms = clock_boot_ms();

	if (end_waiting(d, call, now_ms) ||
	    lookout_add(&d->lookouts, call, now_ms))
		return;
	call->req.asks_anyway = true;
	dispatch_upstream(d, call);
}

static void
look(struct dispatch *d, struct call *call)
{
	struct request *req = &call->req;

	req->stores = &d->stores;
	req->may_block = false;
	pipeline_look(d->parts.pipeline, req);
	dispatch_plan(d, call);
}

void
dispatch_look(struct dispatch *d, int64_t now_ms)
{
	struct call *call;

	while ((call = lookout_due(&d->lookouts, now_ms)) != NULL) {
		if (!end_waiting(d, call, now_ms))
			look(d, call);
	}
}

void
dispatch_look_gone(struct dispatch *d, struct call *call)
{
	lookout_drop(&d->lookouts, call);
	(void)end_waiting(d, call, clock_boot_ms());
}

/* A tag has changed since: each who waited must know what it is now. */
void
dispatch_renamed(struct dispatch *d, struct call *leader)
{
	struct call *waiter;

	if (!leader->req.shareable ||
	    memcmp(leader->flight, leader->req.flight, FLIGHT_NAME_BYTES) == 0)
		return;
	waiter = flight_end(&d->flights, leader);
	while (waiter != NULL) {
		struct call *next = waiter->next;

		look(d, waiter);
		waiter = next;
	}
}
