#include "app/lookout.h"

#include "app/base/clock.h"
#include "app/call.h"
#include "middleware/lease.h"

/* All wait equally long, so the list is in the order of their moments. */
bool
lookout_add(struct lookouts *l, struct call *call, int64_t now_ms)
{
	if (l->n == LOOKOUTS_MAX)
		return false;
	timing_begin(&call->req.timing, clock_boot_us());
	call->looks = true;
	call->look_ms = now_ms + LEASE_LOOK_MS;
	call->next = NULL;
	if (l->first == NULL)
		l->first = call;
	else
		l->last->next = call;
	l->last = call;
	l->n++;
	return true;
}

void
lookout_drop(struct lookouts *l, struct call *call)
{
	struct call *before = NULL;

	if (l->first == call) {
		l->first = call->next;
	} else {
		before = l->first;
		while (before->next != call)
			before = before->next;
		before->next = call->next;
	}
	if (l->last == call)
		l->last = before;
	l->n--;
	timing_end(&call->req.timing, PHASE_WAIT, clock_boot_us());
	call->looks = false;
}

struct call *
lookout_due(struct lookouts *l, int64_t now_ms)
{
	struct call *call = l->first;

	if (call == NULL || call->look_ms > now_ms)
		return NULL;
	lookout_drop(l, call);
	return call;
}

int64_t
lookout_next(const struct lookouts *l)
{
	return l->first == NULL ? INT64_MAX : l->first->look_ms;
}
