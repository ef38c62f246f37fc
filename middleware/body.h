/*
 * The body of a request as its service reads it: piece by piece, so that one of
 * any size takes no more memory than a piece. Where the type of the service has
 * said so (service_type.body_limit), a long body is read off the connection
 * while it arrives; a short one has come whole before, and is read the same
 * way.
 */
#ifndef WEIR_BODY_H
#define WEIR_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct request;

/* The way in for a body that is still arriving, which the room of the request
 * offers. */
struct body_source {
	/* As body_read(), without regard to the limit. */
	enum status (*read)(
	    struct body_source *source, char *to, size_t room, size_t *got);
};

/*
 * Worker only: waits for more of the body and puts it to `to`, 1 to `room`
 * bytes of it; *got 0: it is at its end. Any other status is for good:
 *   ST_TIMEOUT      it does not arrive in time: all of it has READ_TIMEOUT, and
 *                   as much longer as it takes at BODY_RATE_MIN
 *   ST_UNAVAILABLE  the client has gone
 *   ST_TOO_BIG      it is longer than its limit
 *   ST_INVALID      its length is not what Content-Length says
 */
enum status body_read(struct request *req, void *to, size_t room, size_t *got);

/* Bytes a second below which a client is too slow, once the first time-out is
 * over: for bodies that come and for files that go. */
#define BODY_RATE_MIN (64 * 1024)

/* What a failed body_read() means to the client: makes the response. */
void body_fail(struct request *req, enum status st);

/* Bytes that body_read() has given so far. */
int64_t body_taken(const struct request *req);

#endif
