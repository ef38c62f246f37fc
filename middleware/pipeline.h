/*
 * The stages in their order and the ten lines that run them. No policy here.
 *
 *   front:  pipeline_plan -> batches executed -> pipeline_enter
 *   FLOW_NEXT from pipeline_enter: what is left is the upstream stage, which
 *   runs on a worker through pipeline_upstream; then pipeline_leave anywhere.
 */
#ifndef WEIR_PIPELINE_H
#define WEIR_PIPELINE_H

#include <stdbool.h>

#include "middleware/stage.h"

struct pipeline;
struct request;
struct settings;

enum status pipeline_open(
    const struct settings *settings, struct pipeline **out, struct error *err);
void pipeline_close(struct pipeline *p);

/* Plans every stage that has not planned. FLOW_NEXT: execute the batches and
 * enter; or FLOW_DONE: leave at once. */
enum flow pipeline_plan(struct pipeline *p, struct request *req);

/*
 * Enters the stages before the upstream, from where the request stands.
 * FLOW_NEXT: ready for the upstream. FLOW_BACK: call again on a worker.
 * FLOW_AGAIN: the batches are used up; empty them, and plan in the front.
 * FLOW_WAIT: all are entered; call pipeline_look() a moment later.
 */
enum flow pipeline_enter(struct pipeline *p, struct request *req);

/* Front, before that: true when operations are planned; execute the batches and
 * enter. */
bool pipeline_plan_claim(struct pipeline *p, struct request *req);

/* Worker only, before that: FLOW_NEXT, FLOW_DONE or FLOW_WAIT, as above. */
enum flow pipeline_claim(struct pipeline *p, struct request *req);

/* Front: plans what the last stage, which was entered, needs to be entered once
 * more; execute the batches and enter. */
void pipeline_look(struct pipeline *p, struct request *req);

/* Worker only: the upstream stage. The response is complete afterwards. */
void pipeline_upstream(struct pipeline *p, struct request *req);

/* `to` joined the flight of `from`: takes over what the query gave. */
void pipeline_share(
    struct pipeline *p, const struct request *from, struct request *to);

/* Worker only: the upstream has run once more, for a request that has been
 * answered and left, with `renews`. */
void pipeline_renewed(struct pipeline *p, struct request *req);

/* Leaves every stage that was entered, backwards. */
void pipeline_leave(struct pipeline *p, struct request *req);

/* The last piece of an answer has left, or none will: see stream.h. */
void pipeline_sent(struct pipeline *p, struct request *req);

#endif
