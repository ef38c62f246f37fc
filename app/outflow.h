/*
 * A worker's way out for an answer that leaves while it is made (stream.h):
 * FastCGI records, one after the other, each as soon as the socket takes it.
 */
#ifndef WEIR_OUTFLOW_H
#define WEIR_OUTFLOW_H

#include <sys/uio.h>

#include "app/answer.h"
#include "app/base/status.h"
#include "app/fcgi_record.h"
#include "middleware/stream.h"

struct call;
struct pipeline;
struct seats;

struct outflow {
	struct stream stream; /* first: the request points to it */
	struct call *call;
	struct pipeline *pipeline;
	struct seats *seats;
	enum status fate; /* ST_OK; ST_TIMEOUT: its client does not read;
			   * ST_UNAVAILABLE: it has gone */
	/* what the call's answer is made of */
	struct iovec parts[3];
	char header[RECORD_HEADER_BYTES];
	char end[ANSWER_END_MAX];
};

/* Offers it to the request of the call, before its service makes the answer. */
void outflow_offer(struct outflow *o, struct call *call,
    struct pipeline *pipeline, struct seats *seats);

/*
 * The service has returned, and the stream has begun: sends what is left and
 * the end; or, when the service failed or the client did not take it all, what
 * the web server must take for a break, so that its client is not told that
 * this was all. The outcome of the call is as of call_send().
 */
void outflow_end(struct outflow *o);

#endif
