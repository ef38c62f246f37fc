/*
 * A step of the pipeline. Stages are entered in order and left backwards.
 * plan, enter and leave of every stage run in the front and must not block,
 * except where request.may_block is true.
 */
#ifndef WEIR_STAGE_H
#define WEIR_STAGE_H

#include <stdbool.h>

#include "app/base/status.h"

struct request;
struct settings;

enum flow {
	FLOW_NEXT, /* go on with the next stage */
	FLOW_DONE, /* the response is complete: leave what was entered */
	FLOW_BACK, /* this stage must go on where it may block: call enter
		    * again on a worker */
	FLOW_WAIT, /* another process does what this request needs, or has done
		    * so just now: look again a moment later, before its
		    * deadline */
	FLOW_AGAIN /* from plan: the stages behind can plan only when this one
		    * has been entered. From enter: it is through, and they
		    * plan now, or anew if they had. */
};

struct stage {
	const char *name;
	/* Once per process; *state is handed to every other call. Optional. */
	enum status (*open)(
	    const struct settings *settings, void **state, struct error *err);
	void (*close)(void *state);
	/*
	 * Adds store operations to the request's batches. FLOW_DONE when the
	 * request is refused without asking a store: then the response is
	 * complete and no later stage plans. What is planned anew takes the
	 * place of what was: only its slot tells a stage of the first time.
	 * Optional.
	 */
	enum flow (*plan)(void *state, struct request *req);
	/* Decides, with the batch's answers at hand. Optional. */
	enum flow (*enter)(void *state, struct request *req);
	/* Front, of the last stage, which has been entered, of who is about to
	 * ask the upstream: true when it has planned operations that a claim
	 * needs. It is entered once more then. Optional. */
	bool (*plan_claim)(void *state, struct request *req);
	/*
	 * Worker only, before the upstream is asked: FLOW_NEXT, ask it;
	 * FLOW_DONE, the response is complete; or FLOW_WAIT. Optional.
	 */
	enum flow (*claim)(void *state, struct request *req);
	/* Of the last stage, which has been entered: plans what it needs to be
	 * entered once more. */
	void (*look)(void *state, struct request *req);
	/*
	 * `to` waited for the query of `from`, which has been left: makes the
	 * response of `to` what the query gave, before its stages are left.
	 * Optional.
	 */
	void (*share)(
	    void *state, const struct request *from, struct request *to);
	/* Adds to the finished response. Optional. */
	void (*leave)(void *state, struct request *req);
	/* Worker only: the request, which was left and answered, has asked its
	 * upstream after that, as its `renews` wanted: keeps what came of it
	 * for others. Optional. */
	void (*renewed)(void *state, struct request *req);
	/* An answer in pieces (stream.h), which was left before the first of
	 * them, has been sent as far as it will be. Optional. */
	void (*sent)(void *state, struct request *req);
};

#endif
