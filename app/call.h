/*
 * One request in work together with what carries it: its memory, its parsed
 * FastCGI request, its answer, its connection. A call belongs to its front,
 * except between queue_put() and mailbox_post(), when it is a worker's.
 */
#ifndef WEIR_CALL_H
#define WEIR_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/answer.h"
#include "app/base/arena.h"
#include "app/inflow.h"
#include "app/outfile.h"
#include "app/outflow.h"
#include "middleware/cancel.h"
#include "middleware/request.h"

struct conn;
struct mailbox;

/* What a worker shall do with it. */
enum call_job {
	JOB_ENTER,    /* a stage needs to block: enter it again */
	JOB_UPSTREAM, /* run the upstream, leave, send */
	JOB_RENEW,    /* run the upstream for the cache alone */
	JOB_SEND      /* send more of a file: see outfile.h */
};

/* How a call came back from its worker, or ended in the front. */
enum call_outcome {
	CALL_OPEN,    /* the front goes on with it */
	CALL_BODY,    /* it may run once its long body has arrived */
	CALL_KEPT,    /* its query has been made for the cache */
	CALL_LATE,    /* its time was over before its job began */
	CALL_ENTERED, /* every stage before the upstream is entered */
	CALL_PLAN,    /* stages must plan before they are entered */
	CALL_WAITS,   /* others ask the database for the same */
	CALL_REST,    /* the socket did not take all of the answer */
	CALL_SENT,    /* answered */
	CALL_GONE,    /* its client had gone: nothing was sent */
	CALL_BROKEN   /* the connection cannot be used any more */
};

struct call {
	struct request req;
	struct arena arena;
	struct answer answer;
	struct conn *conn; /* NULL: it has been answered, see JOB_RENEW */
	struct cancel cancel;
	struct mailbox *home;        /* of the front that owns it */
	const atomic_bool *stopping; /* that front has been told to */
	enum call_job job;
	enum call_outcome outcome;
	bool body_pending; /* its long body has not arrived yet */
	bool away;         /* in the queue, or a worker's */
	bool asked;        /* stores, when it was planned last */
	unsigned rounds;   /* store batches that it waits for; see round.h */
	bool looks;        /* see lookout.h */
	int64_t look_ms;
	struct call *next; /* in whichever list holds it */
	struct outflow outflow;
	struct outfile outfile;
	struct inflow inflow;
	struct call *told_next; /* see mailbox_tell() */

	/* flights: see flight.h */
	struct call *leader; /* for whose query it waits, or NULL */
	bool leads;
	int64_t closed_ms; /* clock_boot_ms(): nobody joins it since; or 0 */
	uint8_t flight[FLIGHT_NAME_BYTES]; /* the name it leads */
	struct call *waiters;
	struct call *flight_next;
};

struct call *call_new(void);
void call_free(struct call *call);

/* A read whose client has gone. Only its front asks. */
bool call_is_forsaken(const struct call *call);

/* Must nginx be told to put no other request on the connection? It is to be
 * closed behind the answer while its front is stopping, or when a body follows
 * that nobody reads. */
bool call_is_last(struct call *call);

/* Frames the response as the answer. */
void call_build(struct call *call);

/* Sends what the socket takes at once of the answer; the outcome becomes
 * CALL_SENT, CALL_REST or CALL_BROKEN. */
void call_send(struct call *call);

#endif
