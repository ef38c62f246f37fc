/*
 * The outermost stage: gives each answer its X-Request-Id and makes one JSON
 * line about it. The front writes it with the others of its turn, so that no
 * worker waits for the file. The path is logged without its query, which may
 * hold keys.
 */
#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/answer_count.h"
#include "middleware/stages/answer_time.h"
#include "middleware/stages/stages.h"
#include "middleware/stream.h"
#include "middleware/verdict.h"

#include <stdio.h>
#include <time.h>

#define LINE_BYTES       512u
#define PATH_SHOWN_BYTES 1024u
#define MEMBER(name)     STR(",\"" name "\":") /* never the first */

/* The date and time up to the second, written once a second a thread. */
static void
put_time(struct buf *b, int64_t wall_ms)
{
	static _Thread_local char text[sizeof("2026-01-01T00:00:00")];
	static _Thread_local int64_t written = -1;
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	int ms = (int)(wall_ms % 1000);

	if (written != seconds) {
		(void)gmtime_r(&seconds, &tm);
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		written = seconds;
	}
	buf_put_lit(b, "{\"time\":\"");
	buf_put(b, str_make(text, sizeof(text) - 1));
	buf_put_char(b, '.');
	buf_put_char(b, (char)('0' + ms / 100));
	buf_put_char(b, (char)('0' + ms / 10 % 10));
	buf_put_char(b, (char)('0' + ms % 10));
	buf_put_lit(b, "Z\"");
}

static void
put_text(struct buf *b, struct str name, struct str value)
{
	buf_put(b, name);
	json_put_str(b, value);
}

static void
put_number(struct buf *b, struct str name, int64_t value)
{
	buf_put(b, name);
	buf_put_i64(b, value);
}

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

static void
line_write(struct request *req, int64_t took_us)
{
	const struct response *res = &req->response;
	struct buf line = buf_in(req->arena);

	(void)buf_reserve(&line, LINE_BYTES);
	put_time(&line, req->arrived.wall_ms);
	put_text(&line, MEMBER("request_id"), req->id);
	if (req->trace.id.n > 0) {
		put_text(&line, MEMBER("trace_id"), req->trace.id);
		put_text(&line, MEMBER("parent_id"), req->trace.parent);
	}
	put_text(&line, MEMBER("client"), req->param[PARAM_REMOTE_ADDR]);
	put_text(
	    &line, MEMBER("app"), req->app != NULL ? req->app->name : STR(""));
	if (req->principal != NULL)
		put_number(&line, MEMBER("user_id"), req->principal->id);
	put_text(&line, MEMBER("service"), req->service_name);
	put_text(&line, MEMBER("method"), req->param[PARAM_METHOD]);
	put_text(&line, MEMBER("path"), path_shown(req));
	put_number(&line, MEMBER("status"), res->status);
	put_number(&line, MEMBER("bytes"), bytes_sent(req));
	put_number(&line, MEMBER("duration_us"), took_us);
	put_text(
	    &line, MEMBER("cache"), cache_verdict_name(req->cache_verdict));
	put_text(
	    &line, MEMBER("limit"), limit_verdict_name(req->limit_verdict));
	if (res->cut)
		buf_put_lit(&line, ",\"truncated\":true");
	buf_put_lit(&line, "}\n");
	req->log_line = buf_str(&line);
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
		line_write(req, took_us);
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
