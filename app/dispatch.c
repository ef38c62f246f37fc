#include "app/dispatch.h"

#include <stdlib.h>

#include "app/base/log.h"
#include "app/dispatch_state.h"
#include "app/round.h"
#include "middleware/pipeline.h"
#include "middleware/registry/key_memo.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/snapshot.h"
#include "middleware/renew.h"

#define IDLE_CALLS_MAX 256u

enum status
dispatch_open(const struct dispatch_parts *parts, struct dispatch **out,
    struct error *err)
{
	struct dispatch *d = calloc(1, sizeof(*d));
	enum status st;

	if (d == NULL)
		abort();
	d->parts = *parts;
	d->keys = key_memo_new();
	stores_connect(parts->stores, &d->stores);
	st = rounds_open(parts->stores, &d->rounds, err);
	if (st != ST_OK) {
		dispatch_close(d);
		return st;
	}
	*out = d;
	return ST_OK;
}

void
dispatch_close(struct dispatch *d)
{
	if (d == NULL)
		return;
	while (d->idle != NULL) {
		struct call *call = d->idle;

		d->idle = call->next;
		call_free(call);
	}
	if (d->cached != NULL)
		snapshot_unref(d->cached);
	key_memo_free(d->keys);
	rounds_close(d->rounds);
	stores_disconnect(&d->stores);
	free(d);
}

/* The moment comes with dispatch_ready(): a call is made when it is read. */
struct call *
dispatch_new_call(struct dispatch *d)
{
	struct call *call = d->idle;

	if (call != NULL) {
		d->idle = call->next;
		d->n_idle--;
	} else {
		call = call_new();
	}
	call->home = d->parts.home;
	call->stopping = d->parts.stopping;
	call->outcome = CALL_OPEN;
	call->body_pending = false;
	call->inflow.seats = NULL;
	call->outfile.under_way = false;
	cancel_reset(&call->cancel);
	request_init(&call->req, &call->arena,
	    registry_pin(d->parts.registry, &d->cached));
	key_memo_turn(d->keys, call->req.snapshot);
	call->req.keys = d->keys;
	call->req.registry = d->parts.registry;
	call->req.cancel = &call->cancel;
	call->req.stores = &d->stores;
	call->req.people = d->parts.people;
	d->n_open++;
	return call;
}

void
dispatch_release(struct dispatch *d, struct call *call)
{
	if (call->outfile.under_way)
		outfile_cut(call, d->parts.pipeline);
	inflow_end(&call->inflow);
	log_access(call->req.log_line, call->req.log_fields);
	if (dispatch_renew(d, call))
		return;
	response_file_close(&call->req.response);
	renew_release(&call->req);
	snapshot_unref(call->req.snapshot);
	arena_reset(&call->arena);
	d->n_open--;
	if (d->n_idle >= IDLE_CALLS_MAX) {
		call_free(call);
		return;
	}
	call->next = d->idle;
	d->idle = call;
	d->n_idle++;
}

bool
dispatch_is_awaited(const struct dispatch *d)
{
	return d->flights.n_waiting > 0;
}

size_t
dispatch_open_calls(const struct dispatch *d)
{
	return d->n_open;
}

void
dispatch_end(struct dispatch *d, struct call *call, enum call_outcome outcome)
{
	call->outcome = outcome;
	call->next = d->ended;
	d->ended = call;
}

static void
leave(struct dispatch *d, struct call *call)
{
	call->req.stores = &d->stores;
	call->req.may_block = false;
	pipeline_leave(d->parts.pipeline, &call->req);
}

void
dispatch_answer(struct dispatch *d, struct call *call)
{
	leave(d, call);
	call_build(call);
	call_send(call);
	dispatch_end(d, call, call->outcome);
}

void
dispatch_drop(struct dispatch *d, struct call *call)
{
	response_gone(&call->req);
	leave(d, call);
	dispatch_end(d, call, CALL_GONE);
}

void
dispatch_turn_away(struct dispatch *d, struct call *call, const char *why)
{
	if (call_is_forsaken(call)) {
		dispatch_drop(d, call);
		return;
	}
	response_fail(&call->req, 503, "%s", why);
	response_header(&call->req.response, STR("Retry-After"), STR("1"));
	dispatch_answer(d, call);
}

void
dispatch_abandon(struct dispatch *d, struct call *call)
{
	response_gone(&call->req);
	leave(d, call);
	dispatch_release(d, call);
}
