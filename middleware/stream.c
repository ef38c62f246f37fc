#include "middleware/stream.h"

#include <assert.h>

enum status
stream_flush(struct request *req)
{
	struct stream *s = req->stream;
	struct response *res = &req->response;
	enum status st = ST_OK;

	assert(res->status != 0 && res->body.p == NULL);
	if (!s->begun)
		st = s->begin(s, req);
	if (st == ST_OK)
		st = s->send(s, req, buf_str(&res->build));
	if (st == ST_OK)
		res->build.n = 0;
	s->due = STREAM_PIECE_BYTES;
	return st;
}
