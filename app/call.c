#include "app/call.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "app/conn.h"

#define CALL_ARENA_BYTES 32768u

struct call *
call_new(void)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		abort();
	arena_init(&call->arena, CALL_ARENA_BYTES);
	cancel_open(&call->cancel);
	return call;
}

void
call_free(struct call *call)
{
	cancel_close(&call->cancel);
	arena_close(&call->arena);
	free(call);
}

bool
call_is_forsaken(const struct call *call)
{
	return call->conn != NULL && call->conn->gone &&
	       request_reads(&call->req);
}

/* Who heeds the record that answer_build() puts behind the last answer. On a
 * connection that another server kept, it would be read as the beginning of the
 * next one. */
static bool
is_from_nginx(const struct request *req)
{
	return str_starts(req->param[PARAM_SERVER_SOFTWARE], STR("nginx"));
}

bool
call_is_last(struct call *call)
{
	struct conn *c = call->conn;

	if (call->body_pending || atomic_load(call->stopping))
		c->close_after = true;
	return c->scan.keep && c->close_after && is_from_nginx(&call->req);
}

void
call_build(struct call *call)
{
	answer_build(
	    &call->answer, &call->req, call->conn->scan.id, call_is_last(call));
}

void
call_send(struct call *call)
{
	struct conn *c = call->conn;
	bool more = call->outfile.under_way && call->outfile.left > 0;
	enum status st = answer_send(&call->answer, c->fd);

	/* At once: a web server that keeps connections may use this one again
	 * as soon as it has the answer, unless it sees the end. */
	if (st == ST_OK && c->close_after && !more)
		(void)shutdown(c->fd, SHUT_WR);
	if (st == ST_OK)
		call->outcome = CALL_SENT;
	else
		call->outcome = st == ST_TIMEOUT ? CALL_REST : CALL_BROKEN;
}
