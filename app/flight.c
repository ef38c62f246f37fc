#include "app/flight.h"

#include "app/call.h"

static struct call **
bucket_of(struct flights *f, const struct call *call)
{
	/* The name is a digest: any of its bytes spread evenly. */
	unsigned i =
	    (unsigned)call->req.flight[0] | (unsigned)call->req.flight[1] << 8;

	return &f->bucket[i % FLIGHT_BUCKETS];
}

static bool
same_name(const struct call *a, const struct call *b)
{
	return memcmp(a->req.flight, b->req.flight, FLIGHT_NAME_BYTES) == 0;
}

bool
flight_join(struct flights *f, struct call *call)
{
	struct call **bucket = bucket_of(f, call);
	struct call *leader = *bucket;

	while (leader != NULL && !same_name(leader, call))
		leader = leader->flight_next;
	if (leader != NULL) {
		call->next = leader->waiters;
		leader->waiters = call;
		return true;
	}
	call->leads = true;
	call->waiters = NULL;
	call->flight_next = *bucket;
	*bucket = call;
	return false;
}

struct call *
flight_end(struct flights *f, struct call *leader)
{
	struct call **at = bucket_of(f, leader);
	struct call *waiters = NULL;

	while (*at != leader)
		at = &(*at)->flight_next;
	*at = leader->flight_next;
	leader->leads = false;
	while (leader->waiters != NULL) {
		struct call *call = leader->waiters;

		leader->waiters = call->next;
		call->next = waiters;
		waiters = call;
	}
	return waiters;
}

/* Moves the late ones of one flight to *late. */
static void
expire_waiters(struct call *leader, int64_t now_ms, struct call **late)
{
	struct call **at = &leader->waiters;

	while (*at != NULL) {
		struct call *call = *at;

		if (call->req.deadline_ms > now_ms) {
			at = &call->next;
			continue;
		}
		*at = call->next;
		call->next = *late;
		*late = call;
	}
}

struct call *
flight_expire(struct flights *f, int64_t now_ms)
{
	struct call *late = NULL;

	for (unsigned i = 0; i < FLIGHT_BUCKETS; i++) {
		for (struct call *c = f->bucket[i]; c; c = c->flight_next)
			expire_waiters(c, now_ms, &late);
	}
	return late;
}
