/* A call on one end of a socket pair, whose other end is the web server's. */
#ifndef WEIR_TESTS_SUPPORT_WIRE_H
#define WEIR_TESTS_SUPPORT_WIRE_H

#include "app/base/settings.h"
#include "app/call.h"
#include "app/conn.h"

struct wire {
	struct settings settings;
	struct call *call;
	struct conn *conn;
	int peer;
};

void wire_open(struct wire *w);
void wire_close(struct wire *w);

/* The request of the call; its FastCGI id is 1. */
struct request *wire_request(struct wire *w);

#endif
