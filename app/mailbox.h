/*
 * Calls on their way back from workers to a front: many threads post without
 * a lock, one takes; an eventfd wakes the taker's loop.
 */
#ifndef WEIR_MAILBOX_H
#define WEIR_MAILBOX_H

#include <stdatomic.h>

#include "app/base/status.h"

struct call;

struct mailbox {
	_Atomic(struct call *) newest;
	_Atomic(struct call *) told; /* linked through told_next */
	int event_fd;                /* readable while something was posted */
};

enum status mailbox_open(struct mailbox *box, struct error *err);
void mailbox_close(struct mailbox *box);

/* From any thread; the call is the taker's from here on. */
void mailbox_post(struct mailbox *box, struct call *call);

/* Tells of a call that its answer is leaving already: nobody shall wait for it.
 * The call is still the caller's, who posts it later. */
void mailbox_tell(struct mailbox *box, struct call *call);

/* Wakes the taker although nothing was posted. */
void mailbox_wake(struct mailbox *box);

/* Everything posted so far, oldest first, linked through next; or NULL. */
struct call *mailbox_take(struct mailbox *box);

/* Every call told of, linked through told_next; or NULL. When those posted have
 * been taken before, what was told of them is among it. */
struct call *mailbox_told(struct mailbox *box);

#endif
