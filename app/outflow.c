#include "app/outflow.h"

#include <poll.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/call.h"
#include "app/conn.h"
#include "app/fcgi_record.h"
#include "app/mailbox.h"
#include "app/seats.h"
#include "middleware/pipeline.h"

/* How often who waits for room looks whether the client is still there. */
#define LOOK_MS 100

/* Until the socket takes more. Who has shut down its sending side is taken as
 * gone, as in the front. */
static enum status
room_wait(const struct request *req, int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT | POLLRDHUP };

	while (!cancel_asked(req->cancel)) {
		int64_t left_ms = req->deadline_ms - clock_boot_ms();
		int ms = left_ms < LOOK_MS ? (int)left_ms : LOOK_MS;

		if (left_ms <= 0)
			return ST_TIMEOUT;
		if (poll(&room, 1, ms) > 0)
			return room.revents == POLLOUT ? ST_OK : ST_UNAVAILABLE;
	}
	return ST_UNAVAILABLE;
}

static void
part_add(struct answer *a, const char *p, size_t n)
{
	a->parts[a->n_parts++] = (struct iovec){ (void *)(uintptr_t)p, n };
}

/* What the client does not take by the deadline stays in the call's answer. */
static enum status
record_send(struct outflow *o, struct str content)
{
	struct answer *a = &o->call->answer;
	const struct conn *c = o->call->conn;
	enum status st;

	*a = (struct answer){ .parts = o->parts };
	record_header_write(o->header, RECORD_STDOUT, c->scan.id, content.n);
	part_add(a, o->header, sizeof(o->header));
	part_add(a, content.p, content.n);
	st = answer_send(a, c->fd);
	while (st == ST_TIMEOUT) {
		st = room_wait(&o->call->req, c->fd);
		if (st != ST_OK)
			return st;
		st = answer_send(a, c->fd);
	}
	return st;
}

static enum status
records_send(struct outflow *o, struct str bytes)
{
	while (o->fate == ST_OK && bytes.n > 0) {
		size_t n =
		    bytes.n < ANSWER_CHUNK_BYTES ? bytes.n : ANSWER_CHUNK_BYTES;

		o->fate = record_send(o, str_make(bytes.p, n));
		if (o->fate == ST_OK)
			o->stream.bytes += (int64_t)n;
		bytes = str_skip(bytes, n);
	}
	return o->fate == ST_OK ? ST_OK : ST_REFUSED;
}

static enum status
refuse(struct request *req)
{
	response_busy(req,
	    "Too many large answers are being sent. Try again later, or ask "
	    "for fewer records.");
	return ST_REFUSED;
}

/* A HEAD asks for no body: nothing more need be made. */
static enum status
outflow_begin(struct stream *s, struct request *req)
{
	struct outflow *o = (struct outflow *)s;
	struct call *call = o->call;
	bool bodiless = req->method == METHOD_HEAD;
	enum status st;

	if (!bodiless &&
	    seats_take(o->seats, req->cancel, req->deadline_ms) != ST_OK)
		return refuse(req);
	req->response.streamed = true;
	mailbox_tell(call->home, call);
	if (bodiless)
		return ST_REFUSED;
	s->begun = true;
	pipeline_leave(o->pipeline, req);
	st = records_send(o, answer_head(req));
	s->bytes = 0; /* the head is none of the body's */
	return st;
}

static enum status
outflow_send(struct stream *s, struct request *req, struct str bytes)
{
	(void)req;
	return records_send((struct outflow *)s, bytes);
}

void
outflow_offer(struct outflow *o, struct call *call, struct pipeline *pipeline,
    struct seats *seats)
{
	size_t due = STREAM_HELD_BYTES;

	if (due < call->req.storable_bytes)
		due = call->req.storable_bytes;
	*o = (struct outflow){
		.stream = { .begin = outflow_begin,
		    .send = outflow_send,
		    .due = due },
		.call = call,
		.pipeline = pipeline,
		.seats = seats,
	};
	call->req.stream = &o->stream;
}

/* A client that leaves is nothing to tell of. */
static void
cut_log(const struct outflow *o)
{
	const struct request *req = &o->call->req;

	if (o->fate == ST_UNAVAILABLE || cancel_asked(req->cancel))
		return;
	log_line(LOG_WARNING, req->id,
	    "the answer was cut off after %lld bytes%s",
	    (long long)o->stream.bytes,
	    o->fate == ST_TIMEOUT ? ": its client did not take it within "
				    "REQUEST_TIMEOUT"
				  : "");
}

/* The rest, which the front sends if the socket does not take it. */
static void
end_add(struct outflow *o)
{
	struct call *call = o->call;

	call->answer = (struct answer){ .parts = o->parts };
	part_add(&call->answer, o->end,
	    answer_end(o->end, call->conn->scan.id, call_is_last(call)));
}

/*
 * In place of the end something that is no record. To close alone would not do:
 * where nginx keeps no connections it takes that for an end.
 */
static void
cut_add(struct outflow *o)
{
	struct call *call = o->call;

	if (o->fate != ST_TIMEOUT)
		call->answer = (struct answer){ .parts = o->parts };
	memset(o->end, 0, RECORD_HEADER_BYTES);
	part_add(&call->answer, o->end, RECORD_HEADER_BYTES);
	call->conn->close_after = true;
}

void
outflow_end(struct outflow *o)
{
	struct call *call = o->call;
	struct response *res = &call->req.response;

	/* What its client did not take stays as it is, for the front to send.
	 */
	res->cut = res->cut || o->fate != ST_OK;
	(void)stream_end(&call->req); /* fate says what came of it */
	res->cut = res->cut || o->fate != ST_OK;
	if (res->cut)
		cut_log(o);
	pipeline_sent(o->pipeline, &call->req);
	seats_give(o->seats);
	call->outcome = CALL_BROKEN;
	if (o->fate == ST_UNAVAILABLE)
		return;
	if (res->cut)
		cut_add(o);
	else
		end_add(o);
	call_send(call);
}
