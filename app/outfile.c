#include "app/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/call.h"
#include "app/conn.h"
#include "middleware/body.h"
#include "middleware/pipeline.h"
#include "middleware/stream.h"

/* Then others who wait for a worker have their turn. */
#define BYTES_A_TURN (16 * 1024 * 1024)

bool
outfile_fits(const struct call *call)
{
	return call->req.response.file.is_open &&
	       call->req.method != METHOD_HEAD;
}

static void
part_add(struct answer *a, const char *p, size_t n)
{
	a->parts[a->n_parts++] = (struct iovec){ (void *)(uintptr_t)p, n };
}

static void
record_begin(struct call *call, struct str content)
{
	struct outfile *o = &call->outfile;

	call->answer = (struct answer){ .parts = o->parts };
	record_header_write(
	    o->header, RECORD_STDOUT, call->conn->scan.id, content.n);
	part_add(&call->answer, o->header, sizeof(o->header));
	part_add(&call->answer, content.p, content.n);
}

/* The last part of an answer. */
static void
end_add(struct call *call)
{
	struct outfile *o = &call->outfile;

	part_add(&call->answer, o->end,
	    answer_end(o->end, call->conn->scan.id, call_is_last(call)));
}

/* False: the file has become shorter, or cannot be read. */
static bool
chunk_read(struct call *call, size_t n)
{
	const struct response_file *file = &call->req.response.file;
	int64_t at = file->at + file->bytes - call->outfile.left;
	size_t have = 0;

	errno = 0;
	while (have < n) {
		ssize_t got = pread(file->fd, call->outfile.chunk + have,
		    n - have, (off_t)at + (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

/* In place of more something that is no record: the web server must not take
 * what its client has for all. */
static void
break_off(struct call *call)
{
	struct outfile *o = &call->outfile;

	log_line(LOG_ERROR, call->req.id,
	    "the file of the answer could not be read to its end: %s",
	    errno == 0 ? "it has become shorter" : strerror(errno));
	call->req.response.cut = true;
	call->answer = (struct answer){ .parts = o->parts };
	memset(o->end, 0, RECORD_HEADER_BYTES);
	part_add(&call->answer, o->end, RECORD_HEADER_BYTES);
	call->conn->close_after = true;
	o->left = 0;
}

/* Something is left of the file. */
static void
next_record(struct call *call)
{
	struct outfile *o = &call->outfile;
	size_t n = o->left < (int64_t)ANSWER_CHUNK_BYTES ? (size_t)o->left
							 : ANSWER_CHUNK_BYTES;

	if (!chunk_read(call, n)) {
		break_off(call);
		return;
	}
	o->left -= (int64_t)n;
	call->req.stream->bytes += (int64_t)n;
	call->req.deadline_ms =
	    o->base_ms + call->req.stream->bytes * 1000 / BODY_RATE_MIN;
	record_begin(call, str_make(o->chunk, n));
	if (o->left == 0)
		end_add(call);
}

static void
finish(struct call *call, struct pipeline *pipeline)
{
	call->outfile.under_way = false;
	response_file_close(&call->req.response);
	pipeline_sent(pipeline, &call->req);
}

void
outfile_go(struct call *call, struct pipeline *pipeline)
{
	int64_t turn_end = call->req.stream->bytes + BYTES_A_TURN;

	call_send(call);
	while (call->outcome == CALL_SENT && call->outfile.left > 0) {
		if (cancel_asked(&call->cancel)) {
			call->outcome = CALL_BROKEN;
			return;
		}
		if (call->req.stream->bytes >= turn_end) {
			call->outcome = CALL_REST;
			return;
		}
		next_record(call);
		call_send(call);
	}
	if (call->outcome == CALL_SENT)
		finish(call, pipeline);
}

void
outfile_begin(struct call *call, struct pipeline *pipeline)
{
	struct request *req = &call->req;
	struct outfile *o = &call->outfile;

	*o = (struct outfile){
		.under_way = true,
		.left = req->response.file.bytes,
		.base_ms = req->deadline_ms,
		.chunk = arena_alloc(req->arena, ANSWER_CHUNK_BYTES),
	};
	req->stream->begun = true;
	pipeline_leave(pipeline, req);
	(void)posix_fadvise(req->response.file.fd, (off_t)req->response.file.at,
	    (off_t)o->left, POSIX_FADV_SEQUENTIAL);
	record_begin(call, answer_head(req));
	outfile_go(call, pipeline);
}

void
outfile_cut(struct call *call, struct pipeline *pipeline)
{
	call->req.response.cut = true;
	finish(call, pipeline);
}
