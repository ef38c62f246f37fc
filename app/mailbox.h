/*
 * Calls on their way back from workers to a front: many threads post without
 * a lock, one takes; an eventfd wakes the taker's loop when it sleeps and what
 * was posted cannot wait until something else wakes it.
 */
#ifndef WEIR_MAILBOX_H
#define WEIR_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "app/base/status.h"

struct call;

/* What the taker does, and whom it lets wake it. */
enum mailbox_sleep {
	MAILBOX_AWAKE,
	MAILBOX_DEEP, /* it waits: for what is urgent */
	MAILBOX_LIGHT /* it waits: for anything */
};

struct mailbox {
	_Atomic(struct call *) newest;
	_Atomic(struct call *) told; /* linked through told_next */
	_Atomic enum mailbox_sleep sleep;
	int event_fd; /* written to when the taker is woken; never read */
};

enum status mailbox_open(struct mailbox *box, struct error *err);
void mailbox_close(struct mailbox *box);

/*
 * From any thread; the call is the taker's from here on. One that is not urgent
 * leaves a taker asleep that sleeps deeply: it is found when something else
 * wakes that.
 */
void mailbox_post(struct mailbox *box, struct call *call, bool urgent);

/* Tells of a call that its answer is leaving already: nobody shall wait for it.
 * The call is still the caller's, who posts it later. */
void mailbox_tell(struct mailbox *box, struct call *call);

/* Wakes the taker although nothing was posted. */
void mailbox_wake(struct mailbox *box);

/*
 * The taker is about to wait for event_fd, edge-triggered. False: something is
 * in the box already, so it must look and not wait.
 */
bool mailbox_sleep(struct mailbox *box, enum mailbox_sleep how);

/* It has ended waiting: nobody needs to wake it. */
void mailbox_rise(struct mailbox *box);

/* Is anything in the box? */
bool mailbox_holds(const struct mailbox *box);

/* Everything posted so far, oldest first, linked through next; or NULL. */
struct call *mailbox_take(struct mailbox *box);

/* Every call told of, linked through told_next; or NULL. When those posted have
 * been taken before, what was told of them is among it. */
struct call *mailbox_told(struct mailbox *box);

#endif
