#include "app/call.h"

#include "app/conn.h"

void
call_build(struct call *call)
{
	struct conn *c = call->conn;

	if (call->body_pending || atomic_load(call->stopping))
		c->close_after = true;
	answer_build(&call->answer, &call->req, c->scan.id,
	    c->scan.keep && c->close_after);
}

void
call_send(struct call *call)
{
	enum status st = answer_send(&call->answer, call->conn->fd);

	if (st == ST_OK)
		call->outcome = CALL_SENT;
	else
		call->outcome = st == ST_TIMEOUT ? CALL_REST : CALL_BROKEN;
}
