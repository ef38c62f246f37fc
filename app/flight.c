#include "app/flight.h"

#include "app/base/clock.h"
#include "app/call.h"

/* The name is a digest: any of its bytes spread evenly. */
static unsigned
bucket_at(const uint8_t *name)
{
	return ((unsigned)name[0] | (unsigned)name[1] << 8) % FLIGHT_BUCKETS;
}

static struct call **
bucket_of(struct flights *f, const uint8_t *name)
{
	return &f->bucket[bucket_at(name)];
}

static bool
is_named(const struct call *leader, const uint8_t *name)
{
	return memcmp(leader->flight, name, FLIGHT_NAME_BYTES) == 0;
}

/* Whom one may join. */
static struct call *
leader_of(struct call *leader, const uint8_t *name)
{
	while (leader != NULL &&
	       (leader->closed_ms != 0 || !is_named(leader, name)))
		leader = leader->flight_next;
	return leader;
}

bool
flight_is_led(const struct flights *f, const struct call *call)
{
	const uint8_t *name = call->req.flight;

	return leader_of(f->bucket[bucket_at(name)], name) != NULL;
}

bool
flight_join(struct flights *f, struct call *call)
{
	const uint8_t *name = call->req.flight;
	struct call **bucket = bucket_of(f, name);
	struct call *leader = leader_of(*bucket, name);

	if (leader != NULL) {
		timing_begin(&call->req.timing, clock_boot_us());
		call->leader = leader;
		call->next = leader->waiters;
		leader->waiters = call;
		f->n_waiting++;
		return true;
	}
	call->leads = true;
	call->closed_ms = 0;
	/* Its worker may rename the request meanwhile. */
	memcpy(call->flight, name, FLIGHT_NAME_BYTES);
	call->waiters = NULL;
	call->flight_next = *bucket;
	*bucket = call;
	return false;
}

void
flight_close(struct call *leader, int64_t now_ms)
{
	leader->closed_ms = now_ms;
}

void
flight_reopen(struct call *leader)
{
	leader->closed_ms = 0;
}

bool
flight_follows(
    const struct flights *f, const struct call *leader, int64_t now_ms)
{
	const struct call *c = f->bucket[bucket_at(leader->flight)];

	while (c != NULL &&
	       (c == leader || now_ms - c->closed_ms >= FLIGHT_APART_MS ||
		   !is_named(c, leader->flight)))
		c = c->flight_next;
	return c != NULL;
}

struct call *
flight_end(struct flights *f, struct call *leader)
{
	struct call **at = bucket_of(f, leader->flight);
	struct call *waiters = NULL;
	int64_t now_us = leader->waiters == NULL ? 0 : clock_boot_us();

	while (*at != leader)
		at = &(*at)->flight_next;
	*at = leader->flight_next;
	leader->leads = false;
	while (leader->waiters != NULL) {
		struct call *call = leader->waiters;

		leader->waiters = call->next;
		timing_end(&call->req.timing, PHASE_WAIT, now_us);
		call->leader = NULL;
		call->next = waiters;
		waiters = call;
		f->n_waiting--;
	}
	return waiters;
}

void
flight_leave(struct flights *f, struct call *waiter)
{
	struct call **at = &waiter->leader->waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
	timing_end(&waiter->req.timing, PHASE_WAIT, clock_boot_us());
	waiter->leader = NULL;
	f->n_waiting--;
}

/* Moves the late ones of one flight to *late. */
static void
expire_waiters(
    struct flights *f, struct call *leader, int64_t now_ms, struct call **late)
{
	struct call **at = &leader->waiters;

	while (*at != NULL) {
		struct call *call = *at;

		if (call->req.deadline_ms > now_ms) {
			at = &call->next;
			continue;
		}
		*at = call->next;
		timing_end(&call->req.timing, PHASE_WAIT, clock_boot_us());
		call->leader = NULL;
		call->next = *late;
		*late = call;
		f->n_waiting--;
	}
}

struct call *
flight_expire(struct flights *f, int64_t now_ms)
{
	struct call *late = NULL;

	for (unsigned i = 0; i < FLIGHT_BUCKETS; i++) {
		for (struct call *c = f->bucket[i]; c; c = c->flight_next)
			expire_waiters(f, c, now_ms, &late);
	}
	return late;
}
