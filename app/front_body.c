/* Long bodies: they arrive in the front, and only for a call that may have one.
 */
#include "app/base/settings.h"
#include "app/call.h"
#include "app/front_conn.h"
#include "app/seats.h"

#define LONG_BODIES 16 /* of MAX_BODY that may arrive at a time */

/* The body of c->call is complete or will not be: the call goes on. */
static void
body_arrived(struct front *f, struct conn *c, enum status st)
{
	struct call *call = c->call;
	size_t max = (size_t)call->req.settings->max_body;

	conn_list_remove(c);
	c->state = CONN_BUSY;
	if (st == ST_TOO_BIG && c->body_room < max)
		response_fail(&call->req, 400,
		    "The request body is longer than announced.");
	else if (st == ST_TOO_BIG)
		response_fail(&call->req, 413,
		    "The request body is larger than MAX_BODY (%lld bytes).",
		    (long long)call->req.settings->max_body);
	else if (st == ST_TIMEOUT)
		response_fail(&call->req, 408,
		    "The request body did not arrive in time.");
	call->req.body = buf_str(&c->body);
	dispatch_body(f->dispatch, call, f->now_ms);
}

/* No room for it, or nobody to read it. */
static void
refuse(struct front *f, struct call *call)
{
	response_busy(&call->req, "Too many long request bodies are arriving.");
	dispatch_body(f->dispatch, call, f->now_ms);
}

void
front_body_late(struct front *f, struct conn *c)
{
	if (c->state == CONN_BODY) {
		body_arrived(f, c, ST_TIMEOUT);
		return;
	}
	conn_list_remove(c);
	c->state = CONN_BUSY;
	refuse(f, c->call);
}

static void
abandon(struct front *f, struct conn *c)
{
	dispatch_abandon(f->dispatch, c->call);
	front_drop(f, c);
}

void
front_body_look(struct front *f, struct conn *c)
{
	enum status st;

	if (c->state == CONN_SEATLESS) {
		if (c->gone)
			abandon(f, c);
		return;
	}
	st = conn_gather_body(c);
	if (st == ST_UNAVAILABLE) {
		abandon(f, c);
	} else if (st != ST_MISSING) {
		body_arrived(f, c, st);
	} else if (c->again) {
		front_look_again(f, c);
	}
}

/* Sets memory aside for the whole body, or says that there is none. */
static bool
body_room_take(struct front *f, struct conn *c, const struct request *req)
{
	size_t max = (size_t)req->settings->max_body;
	uint64_t bytes;

	if (!str_to_u64(req->param[PARAM_CONTENT_LENGTH], &bytes))
		bytes = max;
	if (f->body_room + bytes > LONG_BODIES * max)
		return false;
	c->body_room = (size_t)bytes;
	f->body_room += c->body_room;
	return true;
}

bool
front_body_end(struct front *f, struct conn *c)
{
	bool drawn = c->drawn;

	f->body_room -= c->body_room;
	c->body_room = 0;
	c->drawn = false;
	return !drawn || front_rewatch(f, c, CONN_EVENTS);
}

/* A worker reads it, who hears of its end; here only that of its peer is
 * heard. */
static void
draw_begin(struct front *f, struct conn *c)
{
	struct call *call = c->call;

	conn_list_remove(c);
	conn_begin_body(c);
	c->state = CONN_BUSY;
	c->drawn = true;
	(void)front_rewatch(
	    f, c, EPOLLRDHUP | EPOLLET); /* is told at the end */
	inflow_begin(&call->inflow, call, f->parts.seats, f->now_ms);
	dispatch_inflow(f->dispatch, call, f->now_ms);
}

void
front_body_seat(struct front *f)
{
	while (f->seatless.head != NULL && seats_try(f->parts.seats))
		draw_begin(f, f->seatless.head);
}

void
front_body_begin(struct front *f, struct call *call)
{
	struct conn *c = call->conn;

	if (call->req.body_streams) {
		c->state = CONN_SEATLESS;
		conn_list_add(&f->seatless, c,
		    f->now_ms + f->parts.settings->read_timeout);
		front_body_seat(f);
		return;
	}
	if (!body_room_take(f, c, &call->req)) {
		refuse(f, call);
		return;
	}
	conn_begin_body(c);
	conn_list_add(
	    &f->arriving, c, f->now_ms + f->parts.settings->read_timeout);
	front_body_look(f, c);
}
