#include "app/call.h"

#include "app/conn.h"

void
call_build(struct call *call)
{
	struct conn *c = call->conn;

	if (atomic_load(call->stopping))
		c->close_after = true;
	answer_build(&call->answer, &call->req, c->scan.id,
	    c->scan.keep && c->close_after);
}
