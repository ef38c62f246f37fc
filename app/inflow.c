#include "app/inflow.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "app/conn.h"
#include "app/fcgi_record.h"
#include "app/seats.h"

#define READ_BYTES 65536u
/* How often who waits looks whether it is asked to end. */
#define LOOK_MS 100

static int64_t
deadline_of(const struct inflow *in)
{
	return in->base_ms + in->bytes * 1000 / BODY_RATE_MIN;
}

/* Until something has arrived. */
static enum status
wait_for_more(const struct inflow *in)
{
	struct pollfd more = { .fd = in->call->conn->fd, .events = POLLIN };
	int64_t deadline_ms = deadline_of(in);

	while (!cancel_asked(&in->call->cancel)) {
		int64_t left_ms = deadline_ms - clock_boot_ms();
		int ms = left_ms < LOOK_MS ? (int)left_ms : LOOK_MS;

		if (left_ms <= 0)
			return ST_TIMEOUT;
		if (poll(&more, 1, ms) > 0)
			return ST_OK;
	}
	return ST_UNAVAILABLE;
}

/* More bytes behind those that are not taken. */
static enum status
receive(struct inflow *in)
{
	struct buf *buf = &in->call->conn->in;
	enum status st = ST_OK;
	ssize_t n;

	if (in->at > 0) {
		memmove(buf->p, buf->p + in->at, buf->n - in->at);
		buf->n -= in->at;
		in->at = 0;
	}
	(void)buf_reserve(buf, READ_BYTES);
	do {
		n = recv(in->call->conn->fd, buf->p + buf->n, READ_BYTES,
		    MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			st = wait_for_more(in);
	} while (st == ST_OK && n < 0 && (errno == EAGAIN || errno == EINTR));
	if (st != ST_OK)
		return st;
	if (n <= 0)
		return ST_UNAVAILABLE;
	buf->n += (size_t)n;
	return ST_OK;
}

/* All of the body is here: the time of the call itself begins. What follows
 * would be of another request. */
static void
arrived(struct inflow *in)
{
	struct call *call = in->call;

	in->ended = true;
	call->body_pending = false;
	if (call->conn->in.n > in->at)
		call->conn->close_after = true;
	call->req.deadline_ms =
	    clock_boot_ms() + call->req.settings->request_timeout;
	inflow_end(in);
}

/* Its eight bytes are there, and nothing is left of the record before. */
static enum status
header_take(struct inflow *in)
{
	const struct conn *c = in->call->conn;
	struct record_header h = record_header_read(c->in.p + in->at);

	if (h.version != 1 || h.type != RECORD_STDIN || h.id != c->scan.id)
		return ST_UNAVAILABLE;
	in->at += RECORD_HEADER_BYTES;
	in->content = h.content;
	in->padding = h.padding;
	in->last = h.content == 0;
	return ST_OK;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
content_take(struct inflow *in, char *to, size_t room)
{
	const struct buf *buf = &in->call->conn->in;
	size_t n = least(least(in->content, buf->n - in->at), room);

	memcpy(to, buf->p + in->at, n);
	in->at += n;
	in->content -= n;
	return n;
}

static void
padding_take(struct inflow *in)
{
	size_t n = least(in->padding, in->call->conn->in.n - in->at);

	in->at += n;
	in->padding -= n;
}

/* Of what has arrived already. ST_MISSING: there is nothing of the body. */
static enum status
take(struct inflow *in, char *to, size_t room, size_t *got)
{
	enum status st = ST_OK;

	while (st == ST_OK && *got < room && !in->ended) {
		size_t have = in->call->conn->in.n - in->at;

		if (in->content == 0 && in->padding == 0 && in->last)
			arrived(in);
		else if (in->content > 0 && have > 0)
			*got += content_take(in, to + *got, room - *got);
		else if (in->content == 0 && in->padding > 0 && have > 0)
			padding_take(in);
		else if (in->content == 0 && in->padding == 0 &&
			 have >= RECORD_HEADER_BYTES)
			st = header_take(in);
		else
			st = ST_MISSING;
	}
	return *got > 0 ? ST_OK : st;
}

static enum status
inflow_read(struct body_source *source, char *to, size_t room, size_t *got)
{
	struct inflow *in = (struct inflow *)source;
	enum status st = take(in, to, room, got);

	while (st == ST_MISSING) {
		st = receive(in);
		if (st == ST_OK)
			st = take(in, to, room, got);
	}
	in->bytes += (int64_t)*got;
	return st;
}

void
inflow_begin(
    struct inflow *in, struct call *call, struct seats *seats, int64_t now_ms)
{
	*in = (struct inflow){
		.source = { inflow_read },
		.call = call,
		.seats = seats,
		.base_ms = now_ms + call->req.settings->read_timeout,
	};
	call->req.source = &in->source;
}

void
inflow_end(struct inflow *in)
{
	if (in->seats != NULL)
		seats_give(in->seats);
	in->seats = NULL;
}
