#include "middleware/body.h"

#include <inttypes.h>

#include "middleware/request.h"

/* All of it is there. */
static size_t
take_held(struct request *req, void *to, size_t room)
{
	struct str left = str_skip(req->body, (size_t)req->body_taken);
	size_t n = left.n < room ? left.n : room;

	if (n > 0)
		memcpy(to, left.p, n);
	return n;
}

/* Is its length as announced, if it was? What is chunked is not. */
static enum status
check_end(const struct request *req)
{
	struct str text = req->param[PARAM_CONTENT_LENGTH];
	uint64_t announced;

	if (text.n > 0 && str_to_u64(text, &announced) &&
	    announced != (uint64_t)req->body_taken)
		return ST_INVALID;
	return ST_OK;
}

enum status
body_read(struct request *req, void *to, size_t room, size_t *got)
{
	enum status st = ST_OK;

	*got = 0;
	if (req->source == NULL)
		*got = take_held(req, to, room);
	else
		st = req->source->read(req->source, to, room, got);
	if (st != ST_OK)
		return st;
	req->body_taken += (int64_t)*got;
	if (req->body_taken > req->body_limit.bytes)
		return ST_TOO_BIG;
	return *got == 0 ? check_end(req) : ST_OK;
}

int64_t
body_taken(const struct request *req)
{
	return req->body_taken;
}

void
body_fail(struct request *req, enum status st)
{
	switch (st) {
	case ST_UNAVAILABLE:
		response_gone(req);
		break;
	case ST_TIMEOUT:
		response_fail(
		    req, 408, "The request body did not arrive in time.");
		break;
	case ST_TOO_BIG:
		response_fail(req, 413,
		    "The request body is larger than %s (%" PRId64 " bytes).",
		    req->body_limit.name, req->body_limit.bytes);
		break;
	case ST_INVALID:
		response_fail(req, 400,
		    "The request body has %" PRId64 " bytes, Content-Length "
		    "says %.*s.",
		    req->body_taken, STR_ARG(req->param[PARAM_CONTENT_LENGTH]));
		break;
	default:
		response_fail(req, response_status_of(st),
		    "The request body could not be read.");
		break;
	}
}
