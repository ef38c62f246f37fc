#include "middleware/stream.h"

#include <assert.h>

#include "middleware/convert.h"

/* The format is part of the head. */
static enum status
begin(struct stream *s, struct request *req)
{
	enum format format = format_of(req)->format;
	bool converts = format_converts(req);
	enum status st;

	if (converts)
		req->response.type = format_type(format);
	st = s->begin(s, req);
	if (st != ST_OK || !converts)
		return st;
	s->converted = buf_in(req->arena);
	s->convert = arena_alloc(req->arena, sizeof(*s->convert));
	convert_open(s->convert, format, &s->converted);
	return ST_OK;
}

/* And what came before any of it. */
static enum status
send_converted(struct stream *s, struct request *req)
{
	enum status st = s->send(s, req, buf_str(&s->converted));

	s->converted.n = 0;
	return st;
}

/* What has been built; in small pieces where each becomes a larger one. */
static enum status
send_built(struct stream *s, struct request *req)
{
	struct str built = buf_str(&req->response.build);
	enum status st = ST_OK;

	if (s->convert == NULL)
		return s->send(s, req, built);
	while (st == ST_OK && built.n > 0) {
		size_t n =
		    built.n < STREAM_PIECE_BYTES ? built.n : STREAM_PIECE_BYTES;

		convert_put(s->convert, str_make(built.p, n));
		st = send_converted(s, req);
		built = str_skip(built, n);
	}
	return st;
}

enum status
stream_flush(struct request *req)
{
	struct stream *s = req->stream;
	struct response *res = &req->response;
	enum status st = ST_OK;

	assert(res->status != 0 && res->body.p == NULL);
	if (!s->begun)
		st = begin(s, req);
	if (st == ST_OK)
		st = send_built(s, req);
	if (st == ST_OK)
		res->build.n = 0;
	s->due = STREAM_PIECE_BYTES;
	return st;
}

static enum status
send_rest(struct stream *s, struct request *req)
{
	enum status st = send_built(s, req);

	if (st != ST_OK || s->convert == NULL)
		return st;
	convert_end(s->convert);
	return send_converted(s, req);
}

enum status
stream_end(struct request *req)
{
	struct stream *s = req->stream;
	enum status st = ST_REFUSED;

	if (!req->response.cut)
		st = send_rest(s, req);
	if (s->convert != NULL)
		convert_close(s->convert);
	s->convert = NULL;
	return st;
}
