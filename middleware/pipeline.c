#include "middleware/pipeline.h"

#include <assert.h>
#include <stdlib.h>

#include "app/base/settings.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/stages.h"
#include "middleware/stages/upstream.h"

static const struct stage *const stages[STAGE_COUNT] = {
	[STAGE_ACCESSLOG] = &stage_accesslog,
	[STAGE_CORS] = &stage_cors,
	[STAGE_AUTH] = &stage_auth,
	[STAGE_ACCESS] = &stage_access,
	[STAGE_RATELIMIT] = &stage_ratelimit,
	[STAGE_FORMAT] = &stage_format,
	[STAGE_CACHE] = &stage_cache,
};

struct pipeline {
	void *state[STAGE_COUNT];
};

enum status
pipeline_open(
    const struct settings *settings, struct pipeline **out, struct error *err)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	for (int i = 0; i < STAGE_COUNT; i++) {
		enum status st = ST_OK;

		if (stages[i]->open != NULL)
			st = stages[i]->open(settings, &p->state[i], err);
		if (st != ST_OK) {
			pipeline_close(p);
			return st;
		}
	}
	*out = p;
	return ST_OK;
}

void
pipeline_close(struct pipeline *p)
{
	if (p == NULL)
		return;
	for (int i = STAGE_COUNT; i-- > 0;) {
		if (stages[i]->close != NULL && p->state[i] != NULL)
			stages[i]->close(p->state[i]);
	}
	free(p);
}

enum flow
pipeline_plan(struct pipeline *p, struct request *req)
{
	enum flow flow = FLOW_NEXT;

	/* The route may have refused it: then only the log needs to know, and
	 * the page that called, which is to see why. */
	if (req->response.status != 0) {
		req->entered = STAGE_CORS + 1;
		return FLOW_DONE;
	}
	while (flow == FLOW_NEXT && req->n_planned < STAGE_COUNT) {
		size_t i = req->n_planned++;

		if (stages[i]->plan != NULL)
			flow = stages[i]->plan(p->state[i], req);
	}
	if (flow == FLOW_DONE) {
		req->entered = req->n_planned;
		return FLOW_DONE;
	}
	if (flow == FLOW_NEXT)
		upstream_plan(req);
	return FLOW_NEXT;
}

enum flow
pipeline_enter(struct pipeline *p, struct request *req)
{
	for (; req->entered < req->n_planned; req->entered++) {
		const struct stage *stage = stages[req->entered];
		enum flow flow = FLOW_NEXT;

		if (stage->enter != NULL)
			flow = stage->enter(p->state[req->entered], req);
		if (flow == FLOW_BACK)
			return flow;
		if (flow == FLOW_DONE || flow == FLOW_WAIT) {
			req->entered++;
			return flow;
		}
		if (flow == FLOW_AGAIN)
			req->n_planned = req->entered + 1;
	}
	if (req->n_planned < STAGE_COUNT)
		return FLOW_AGAIN;
	return !req->may_block && upstream_answer(req) ? FLOW_DONE : FLOW_NEXT;
}

enum flow
pipeline_claim(struct pipeline *p, struct request *req)
{
	enum flow flow = FLOW_NEXT;

	assert(req->may_block);
	for (size_t i = 0; flow == FLOW_NEXT && i < STAGE_COUNT; i++) {
		if (stages[i]->claim != NULL)
			flow = stages[i]->claim(p->state[i], req);
	}
	return flow;
}

static void
batches_empty(struct request *req)
{
	for (int use = 0; use < STORE_USES; use++)
		req->batch[use].n = 0;
}

bool
pipeline_plan_claim(struct pipeline *p, struct request *req)
{
	const size_t last = STAGE_COUNT - 1;

	assert(!req->may_block && req->entered == STAGE_COUNT);
	batches_empty(req);
	if (stages[last]->plan_claim == NULL ||
	    !stages[last]->plan_claim(p->state[last], req))
		return false;
	req->entered--;
	return true;
}

void
pipeline_look(struct pipeline *p, struct request *req)
{
	assert(!req->may_block && req->entered == STAGE_COUNT);
	batches_empty(req);
	req->entered--;
	stages[req->entered]->look(p->state[req->entered], req);
}

void
pipeline_upstream(struct pipeline *p, struct request *req)
{
	(void)p;
	assert(req->may_block);
	upstream_handle(req);
	assert(req->response.status != 0);
}

void
pipeline_share(
    struct pipeline *p, const struct request *from, struct request *to)
{
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		if (stages[i]->share != NULL)
			stages[i]->share(p->state[i], from, to);
	}
}

void
pipeline_renewed(struct pipeline *p, struct request *req)
{
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		if (stages[i]->renewed != NULL)
			stages[i]->renewed(p->state[i], req);
	}
}

void
pipeline_sent(struct pipeline *p, struct request *req)
{
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		if (stages[i]->sent != NULL)
			stages[i]->sent(p->state[i], req);
	}
}

void
pipeline_leave(struct pipeline *p, struct request *req)
{
	while (req->entered > 0) {
		const struct stage *stage = stages[--req->entered];

		if (stage->leave != NULL)
			stage->leave(p->state[req->entered], req);
	}
}
