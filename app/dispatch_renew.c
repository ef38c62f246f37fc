/*
 * Renewals: a call has been answered from the cache, and its query is still to
 * be made, so that those who come later find a newer answer. It has no
 * connection then, and nobody to answer; whoever wants the same waits for it as
 * for every other query. At the stop of the front one is ended that nobody
 * waits for: it would only delay that, and the entry that it was to replace
 * stays.
 */
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/dispatch_state.h"
#include "app/queue.h"

/* The request as it was when its stages had been entered, for a query of now.
 * Whether its client is still there does not matter. */
static void
begin(struct call *call)
{
	struct request *req = &call->req;

	call->conn = NULL;
	call->job = JOB_RENEW;
	call->outcome = CALL_OPEN;
	cancel_reset(&call->cancel);
	req->log_line = STR_NULL;
	req->log_fields = STR_NULL;
	req->stream = NULL;
	req->arrived_us = clock_boot_us();
	req->arrived = clock_moment(req->arrived_us);
	req->deadline_ms =
	    req->arrived.boot_ms + req->settings->request_timeout;
	req->response = (struct response){
		.head = buf_in(req->arena),
		.build = buf_in(req->arena),
	};
}

bool
dispatch_renew(struct dispatch *d, struct call *call)
{
	if (!call->req.renews || call->outcome != CALL_SENT ||
	    d->n_renewals >= d->parts.renewals_max ||
	    atomic_load(call->stopping) || flight_is_led(&d->flights, call))
		return false;
	call->req.renews = false;
	begin(call);
	(void)flight_join(&d->flights, call);
	call->away = queue_put(d->parts.queue, call);
	if (!call->away) {
		(void)flight_end(&d->flights, call); /* begun just now */
		return false;
	}
	d->n_renewals++;
	return true;
}

bool
dispatch_renews(const struct dispatch *d)
{
	return d->n_renewals > 0;
}

void
dispatch_renewed(struct dispatch *d, struct call *call)
{
	call->away = false;
	d->n_renewals--;
	/* Who leads no more was cut short, with nobody waiting. */
	if (call->leads && call->outcome == CALL_KEPT)
		dispatch_land(d, call);
	else if (call->leads)
		dispatch_lead_anew(d, call);
	dispatch_release(d, call);
}
