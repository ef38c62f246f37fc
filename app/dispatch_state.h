/*
 * Within a dispatch: its state, and the ways a call may go on. Only
 * the files of the dispatch include this.
 */
#ifndef WEIR_DISPATCH_STATE_H
#define WEIR_DISPATCH_STATE_H

#include "app/call.h"
#include "app/dispatch.h"
#include "app/flight.h"
#include "app/lookout.h"
#include "middleware/stores.h"

/* Calls of one turn; more wait for the next turn's batch. */
#define TURN_CALLS 256u

struct dispatch {
	struct dispatch_parts parts;
	struct stores stores;
	struct rounds *rounds;
	struct snapshot *cached; /* see registry_pin() */
	struct key_memo *keys;
	struct flights flights;
	struct lookouts lookouts;
	struct call *planned[TURN_CALLS];
	size_t n_planned;
	struct call *ended;
	struct call *idle; /* to be used again, warm */
	size_t n_idle;
	struct call *unsent; /* a file, for which the queue had no room */
	size_t n_open;
	int64_t expired_ms;
	size_t n_renewals; /* of n_open */
	bool cancelled;    /* a call that may stand in the queue */
};

/* Gives the call to the front at the end of the turn. */
void dispatch_end(
    struct dispatch *d, struct call *call, enum call_outcome outcome);

/* The response is complete: leaves the stages and sends it. */
void dispatch_answer(struct dispatch *d, struct call *call);

/* There is no worker for it. */
void dispatch_turn_away(struct dispatch *d, struct call *call, const char *why);

/* Its client has gone: leaves the stages and sends nothing. */
void dispatch_drop(struct dispatch *d, struct call *call);

/* Enters the stages where the call stands, with its batch answered. */
void dispatch_enter(struct dispatch *d, struct call *call);

/* It takes a worker for the job, or waits for the first call that needs the
 * same done. Without room in the queue it is turned away. */
void dispatch_hand_over(
    struct dispatch *d, struct call *call, enum call_job job);

/* Every stage before the upstream is entered. */
void dispatch_upstream(struct dispatch *d, struct call *call);

/* Has its planned operations run with the others of the turn; enters then. */
void dispatch_plan(struct dispatch *d, struct call *call);

/* A stage has been entered that others waited for: they plan now. */
void dispatch_plan_rest(struct dispatch *d, struct call *call);

/* Answers everyone who waited for the leader's query. */
void dispatch_land(struct dispatch *d, struct call *leader);

/* The leader will give them nothing: one of those who waited leads now. */
void dispatch_lead_anew(struct dispatch *d, struct call *leader);

/*
 * A call that is to be released: true when its query is made behind its answer.
 * Then it stays open until it comes back to dispatch_renewed(), late or not.
 */
bool dispatch_renew(struct dispatch *d, struct call *call);
void dispatch_renewed(struct dispatch *d, struct call *call);

/* Others ask for what the call needs, or have done so just before: has it look
 * again later. */
void dispatch_wait(struct dispatch *d, struct call *call);

/* Those look whose moment has come. */
void dispatch_look(struct dispatch *d, int64_t now_ms);

/* The client of a call that waits so has gone. */
void dispatch_look_gone(struct dispatch *d, struct call *call);

/* The leader has looked: if its request now has another flight's name, those
 * who waited for it look, too, and it leads no more. */
void dispatch_renamed(struct dispatch *d, struct call *leader);

/* Puts the calls of `unsent` into the queue that now find room, and ends those
 * whose time is over. */
void dispatch_send_more(struct dispatch *d, int64_t now_ms);

/* Takes calls off the queue whose clients have gone; false when there were
 * none. */
bool dispatch_make_room(struct dispatch *d);

/* Ends the calls, waiting or queued, whose time or whose client has gone. */
void dispatch_expire(struct dispatch *d, int64_t now_ms);

#endif
