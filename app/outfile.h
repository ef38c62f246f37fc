/*
 * A call's way out for a file too large to be held: records of its bytes, read
 * as the socket takes them. A worker reads and sends while there is room; then
 * the front waits for more, and any worker goes on. So a slow client holds no
 * worker, and a file of any size takes the memory of one record.
 */
#ifndef WEIR_OUTFILE_H
#define WEIR_OUTFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "app/answer.h"
#include "app/fcgi_record.h"

struct call;
struct pipeline;

struct outfile {
	bool under_way;  /* the head is on its way, the end is not */
	int64_t left;    /* bytes of the file that have not been read */
	int64_t base_ms; /* its deadline, were it sent at once */
	char *chunk;     /* of one record, in the request's arena */
	/* what the call's answer is made of */
	struct iovec parts[3];
	char header[RECORD_HEADER_BYTES];
	char end[ANSWER_END_MAX];
};

/* Worker only: does the answer that its service has made leave so? */
bool outfile_fits(const struct call *call);

/* Worker only: leaves the stages, and begins to send. The outcome of the call
 * is as of outfile_go(). */
void outfile_begin(struct call *call, struct pipeline *pipeline);

/*
 * Worker only: sends what the socket takes, up to a turn's share. The outcome
 * becomes CALL_SENT; CALL_REST: go on when there is room, before the request's
 * deadline, which moves on with what is sent (BODY_RATE_MIN); or CALL_BROKEN.
 */
void outfile_go(struct call *call, struct pipeline *pipeline);

/* It will not be sent to its end: counts and logs what has been. */
void outfile_cut(struct call *call, struct pipeline *pipeline);

#endif
