/*
 * The outermost stage: gives each answer its X-Request-Id and makes one line
 * about it. The front writes it with those of other answers, so that no worker
 * waits for the file. The path is logged without its query, which may
 * hold keys.
 */
#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/request.h"
#include "middleware/stages/answer_count.h"
#include "middleware/stages/answer_line.h"
#include "middleware/stages/answer_time.h"
#include "middleware/stages/stages.h"
#include "middleware/stream.h"

#define PATH_SHOWN_BYTES 1024u

/* What was asked for, without the query. */
static struct str
path_shown(const struct request *req)
{
	struct str path = req->param[PARAM_URI];

	path.n = str_find(path, '?');
	if (path.n > PATH_SHOWN_BYTES)
		path.n = PATH_SHOWN_BYTES;
	return path;
}

static bool
leaves_in_pieces(const struct request *req)
{
	return req->stream != NULL && req->stream->begun;
}

static int64_t
bytes_sent(const struct request *req)
{
	return leaves_in_pieces(req) ? req->stream->bytes
				     : (int64_t)response_sent(req).n;
}

/* The trace goes on in the answer, as the span that weir was
 * (w3c.github.io/trace-context, traceresponse). */
static void
trace_answer(struct request *req)
{
	struct str span;

	if (req->param[PARAM_TRACEPARENT].n == 0 ||
	    !trace_read(req->param[PARAM_TRACEPARENT], &req->trace))
		return;
	span = request_fresh_id(req->arena);
	response_header(&req->response, STR("Traceresponse"),
	    arena_printf(req->arena, "00-%.*s-%.*s-%.*s",
		STR_ARG(req->trace.id), STR_ARG(span),
		STR_ARG(req->trace.flags)));
}

/* Counted is what is logged, so that the two agree. */
static void
tell(struct request *req)
{
	int64_t took_us = clock_boot_us() - req->arrived_us;

	answer_count(req, bytes_sent(req), took_us);
	answer_time_log(req, path_shown(req), took_us);
	if (log_access_on())
		answer_line(req, path_shown(req), bytes_sent(req), took_us);
}

static void
accesslog_leave(void *state, struct request *req)
{
	(void)state;
	response_header(&req->response, STR("X-Request-Id"), req->id);
	trace_answer(req);
	answer_time_header(req);
	if (!leaves_in_pieces(req))
		tell(req);
}

static void
accesslog_sent(void *state, struct request *req)
{
	(void)state;
	tell(req);
}

const struct stage stage_accesslog = {
	.name = "accesslog",
	.leave = accesslog_leave,
	.sent = accesslog_sent,
};
