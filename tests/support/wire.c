#include "tests/support/wire.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "middleware/registry/snapshot.h"

static const atomic_bool stopping = false;

/* The snapshot of a test is nothing but its settings. */
const struct settings *
snapshot_settings(const struct snapshot *s)
{
	return (const struct settings *)(const void *)s;
}

void
wire_open(struct wire *w)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		abort();
	*w = (struct wire){
		.settings = { .read_timeout = 60000,
		    .request_timeout = 60000,
		    .max_body = 1000 },
		.call = call_new(),
		.conn = conn_new(fds[0]),
		.peer = fds[1],
	};
	w->conn->scan.id = 1;
	w->conn->scan.keep = true;
	w->call->conn = w->conn;
	w->call->stopping = &stopping;
	request_init(&w->call->req, &w->call->arena,
	    (struct snapshot *)(void *)&w->settings);
	w->call->req.id = STR("id1");
}

void
wire_close(struct wire *w)
{
	call_free(w->call);
	conn_free(w->conn);
	if (w->peer >= 0)
		(void)close(w->peer);
}

struct request *
wire_request(struct wire *w)
{
	return &w->call->req;
}
