/*
 * What a front does with calls: plans all that are ready, runs their store
 * operations as one batch, answers what can be answered, hands the rest to
 * the workers, and answers the waiters of a flight when its query came back,
 * and cancels the reads whose clients have gone.
 */
#ifndef WEIR_DISPATCH_H
#define WEIR_DISPATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct call;
struct dispatch;
struct mailbox;
struct people;
struct pipeline;
struct queue;
struct registry;
struct stores_shared;

/* What it works with; everything outlives the dispatch. */
struct dispatch_parts {
	struct pipeline *pipeline;
	struct registry *registry;
	struct stores_shared *stores;
	struct people *people;
	struct queue *queue;
	struct mailbox *home;
	const atomic_bool *stopping; /* answers end their connections */
	size_t renewals_max; /* queries at a time for calls answered already */
};

enum status dispatch_open(const struct dispatch_parts *parts,
    struct dispatch **out, struct error *err);

/* After the last call has ended. */
void dispatch_close(struct dispatch *d);

/*
 * A fresh call, its request pinned to the current snapshot; to be filled by
 * fcgi.h. Given back with dispatch_release() when it has ended.
 */
struct call *dispatch_new_call(struct dispatch *d);
void dispatch_release(struct dispatch *d, struct call *call);

/* A call whose request has been read: plans it for this turn's batch. */
void dispatch_ready(struct dispatch *d, struct call *call);

/* A call that was CALL_BODY: its body is in place, or the response holds why
 * it will not be. */
void dispatch_body(struct dispatch *d, struct call *call, int64_t now_ms);

/* A call that was CALL_BODY, whose service reads the body itself: its inflow
 * has begun. */
void dispatch_inflow(struct dispatch *d, struct call *call, int64_t now_ms);

/* A call that was CALL_REST and has more of a file to send: there is room. */
void dispatch_send(struct dispatch *d, struct call *call);

/* A call that was CALL_BODY and whose web server is gone: ends it at once. */
void dispatch_abandon(struct dispatch *d, struct call *call);

/*
 * The call's conn->gone was set while its request was in work: nobody will read
 * the answer. A read that no other call waits for is cancelled, wherever it
 * stands; a write goes on.
 */
void dispatch_gone(struct dispatch *d, struct call *call);

/* Readable while a store has answered: call dispatch_answered(). */
int dispatch_fd(const struct dispatch *d);

/* When to take a turn although that is silent: a store is late, or a call looks
 * for what another process does. INT64_MAX: none is waited for. clock_boot_ms()
 * time. */
int64_t dispatch_deadline(const struct dispatch *d);

/* Enters the calls that have waited for what the stores have answered. */
void dispatch_answered(struct dispatch *d, int64_t now_ms);

/* The mailbox holds calls that came back from workers, or news of them. */
void dispatch_returned(struct dispatch *d);

/*
 * Ends the turn: runs the batch and all that follows from it. Returns the
 * calls that are the front's again, linked through next: they have ended
 * (outcome CALL_SENT, CALL_GONE or CALL_BROKEN), wait for their body
 * (CALL_BODY), or have more to send than the socket took (CALL_REST).
 */
struct call *dispatch_turn(struct dispatch *d, int64_t now_ms);

/* Does a call wait for what another's worker does? */
bool dispatch_is_awaited(const struct dispatch *d);

/* Calls that have begun and not yet ended. */
size_t dispatch_open_calls(const struct dispatch *d);

/* Is a query made for the cache alone? */
bool dispatch_renews(const struct dispatch *d);

/* The front stops: ends such queries that no call waits for. */
void dispatch_stop(struct dispatch *d);

#endif
