/*
 * A finished response as FastCGI records, sent without copying a long body:
 * as much as the socket takes at once, the rest when it takes more. Small
 * answers leave in one write, and from one buffer.
 */
#ifndef WEIR_ANSWER_H
#define WEIR_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct iovec;
struct request;

struct answer {
	struct iovec *parts; /* in the request's arena */
	size_t n_parts;
	size_t next;  /* first part that is not sent wholly */
	size_t bytes; /* of all parts */
};

/*
 * Frames the response of req for FastCGI request `id`. `last`: the connection
 * will be closed behind it, and nginx must not put its next request on it.
 * FastCGI has no word for that, so a record that means nothing follows the end:
 * nginx keeps no connection on which more than an answer came. Others do, and
 * read the record as the beginning of the next answer.
 */
void answer_build(
    struct answer *a, struct request *req, uint16_t id, bool last);

/*
 * Sends what the socket takes without waiting. ST_OK: all is sent;
 * ST_TIMEOUT: there is a rest; ST_UNAVAILABLE: the peer is gone.
 */
enum status answer_send(struct answer *a, int fd);

/* Most content of one record: a multiple of 8, as the specification advises,
 * without padding. */
#define ANSWER_CHUNK_BYTES 65528u

/* Status and header lines up to the empty line, in the request's arena. */
struct str answer_head(struct request *req);

/* What ends an answer: its bytes; `last` as above. */
#define ANSWER_END_MAX 32
size_t answer_end(char bytes[ANSWER_END_MAX], uint16_t id, bool last);

/* An END_REQUEST record with a protocol status; 16 bytes. */
#define ANSWER_END_BYTES 16
void answer_end_record(char *bytes, uint16_t id, uint8_t protocol_status);

#endif
