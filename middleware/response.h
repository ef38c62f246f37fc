/*
 * An answer being made: status, header lines, body. Stages add header lines on
 * the way back; the body is either built here or a view of bytes that live as
 * long as the request (a cached entry).
 */
#ifndef WEIR_RESPONSE_H
#define WEIR_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/secret.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct request;

/* A file that is the body, or a part of one. */
struct response_file {
	bool is_open; /* fd is the response's, and nobody else's */
	int fd;
	int64_t at; /* offset of the first byte to send */
	int64_t bytes;
};

/*
 * What a service says of a content that it has not made, such as a file; all 0
 * of any other. With a tag of its own, the content goes out as it is, in no
 * other format, and every condition of a request counts.
 */
struct response_content {
	bool has_tag;
	uint8_t tag[DIGEST_BYTES]; /* the ETag, else the digest of the body */
	int64_t modified; /* Last-Modified, Unix seconds; 0: not known */
	bool ranges;      /* parts of it may be asked for */
	bool handed;      /* the web server sends it: see handoff.h */
};

struct response {
	int status;         /* HTTP; 0: nothing decided yet */
	bool stale;         /* reserved for answers stale by age */
	int code;           /* of an error: as in its envelope */
	struct str message; /* of an error; else STR_NULL */
	struct str context; /* of an error: JSON text, or STR_NULL */
	bool is_error;      /* the body is an error envelope */
	bool local;         /* an error of this request or process: another's
			     * query may do better */
	bool once;          /* it cannot be asked for again: never a 304 */
	bool unkept;        /* it is not to be stored in the cache */
	bool shared;        /* others may be given it by caches on the way */
	bool streamed;      /* it leaves in pieces: see stream.h */
	bool cut;           /* it failed after its first piece had left */
	struct str type;    /* Content-Type */
	struct buf head;    /* further header lines, each ending in CRLF */
	struct buf build;   /* the body while it is being built */
	struct str body;    /* the body when it is a view; else STR_NULL */
	struct response_content content;
	bool judged; /* its conditions and range: see conditional.h */
	struct response_file file; /* the body, instead of `body` */
	struct str columns; /* of a list without records, which tells no names:
			     * JSON, a list of them; or STR_NULL */
};

/* The body to send, wherever it stands in memory. */
struct str response_body(const struct response *res);

/* Bytes of the body, of a file, too: the Content-Length. */
int64_t response_bytes(const struct response *res);

/*
 * Makes `bytes` of fd from `at` the body; status and type are the caller's. The
 * descriptor of a regular file is the response's from here on, which closes it
 * once the answer is sent, replaced or dropped. A file that may be stored in
 * the cache, or is small, is read at once after handle() has returned; any
 * other is sent as it is read.
 */
void response_file(struct request *req, int fd, int64_t at, int64_t bytes);

/* Below that a file is read into memory whatever becomes of it. */
#define RESPONSE_FILE_SMALL (64 * 1024)

/* Reads the file into the body, and closes it. Where it cannot be read, or has
 * become shorter, the answer is an error. */
void response_file_load(struct request *req);

/* Closes the file, if there is one. */
void response_file_close(struct response *res);

/* What of the body is sent: nothing to a HEAD and with a 304. */
struct str response_sent(const struct request *req);

/* The reason phrase of a status line: "Not Found". */
const char *response_reason(int status);

/*
 * Adds a header line. Values come from weir or are checked: bytes below 0x20
 * and 0x7f in the value are dropped, so that no line can be smuggled in.
 */
void response_header(struct response *res, struct str name, struct str value);
void response_header_i64(struct response *res, struct str name, int64_t value);

/*
 * Makes the answer an error: status, and the envelope of contract.md section 3
 * (RFC 9457 when the client accepts problem+json). Replaces any body. The
 * message is for the client: it names the cause and holds no secret. Of an
 * answer whose head has left, nothing more is sent instead.
 */
void response_fail(struct request *req, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* 503 with Retry-After: what is missing now will be back. */
void response_busy(struct request *req, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* 401 with WWW-Authenticate. */
void response_unauthorized(struct request *req, const char *message);

/*
 * What the caller's role does not allow on a component of the request's service
 * ("_table/todo"; "": the service itself): 401 to a key alone, 403 to a user
 * (dreamfactory.md 2.2).
 */
void response_forbid(struct request *req, struct str component);

/* As response_fail(), with a context (JSON text, or STR_NULL for null) and an
 * error code that may differ from the status (batch errors: 1000). The message
 * must live as long as the request. */
void response_fail_context(struct request *req, int status, int code,
    struct str context, struct str message);

/* Nobody is there to answer, so nothing is sent; the status is for the access
 * log, and is the one by which nginx says the same. */
#define RESPONSE_GONE 499
void response_gone(struct request *req);

/* The HTTP status that a failed call of a store or database means. */
int response_status_of(enum status st);

#endif
