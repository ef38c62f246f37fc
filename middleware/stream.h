/*
 * An answer that leaves while its service still makes it. What is built is held
 * as long as it might fit into the cache; when there is more, the stages are
 * left, the head goes out, and from then on the body in pieces, so that an
 * answer of any size takes no more memory than a piece. Such an answer has no
 * Content-Length and no ETag, is never stored, and serves nobody else.
 */
#ifndef WEIR_STREAM_H
#define WEIR_STREAM_H

#include "middleware/request.h"

/* What is always held: with fewer bytes no answer leaves in pieces. */
#define STREAM_HELD_BYTES (1024u * 1024)
/* A piece: about what one FastCGI record takes. */
#define STREAM_PIECE_BYTES (60u * 1024)

/* The way out, which the room of the request offers. */
struct stream {
	/*
	 * Leaves the stages and sends the head. ST_REFUSED: nothing has left,
	 * and the response says all there is to say.
	 */
	enum status (*begin)(struct stream *s, struct request *req);
	/* Sends these bytes of the body. ST_REFUSED: that cannot be done. */
	enum status (*send)(
	    struct stream *s, struct request *req, struct str bytes);
	size_t due;    /* bytes of response.build at which they may leave */
	bool begun;    /* the head has left */
	int64_t bytes; /* of the body, that have left */
	struct convert *convert; /* to another format; NULL: it stays JSON */
	struct buf converted;
};

/* Is there enough in response.build? Never without a way out. */
static inline bool
stream_is_due(const struct request *req)
{
	return req->stream != NULL && req->response.build.n >= req->stream->due;
}

/*
 * Worker only, when it is due: sends what response.build holds, and empties it.
 * Status and type of the response are decided before the first call. Waits for
 * the client, to the deadline of the request. ST_REFUSED: no more is wanted,
 * and the service ends what it does without another word.
 */
enum status stream_flush(struct request *req);

/* The room, once the service has returned: sends what is left, unless the
 * answer was cut. ST_REFUSED as above. */
enum status stream_end(struct request *req);

#endif
