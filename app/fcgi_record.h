/*
 * Looks through the bytes of a FastCGI connection before libfcgi may touch
 * them: is one whole request there, and is every record in order and within
 * bounds? libfcgi reads blocking and trusts lengths and record types, so only
 * what passes here is given to it. Pure: no I/O, no allocation.
 * (FastCGI 1.0 specification, sections 3.3, 5.1 to 5.5.)
 */
#ifndef WEIR_FCGI_RECORD_H
#define WEIR_FCGI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HEADER_BYTES 8
#define RECORD_CONTENT_MAX  65535

enum record_type {
	RECORD_BEGIN = 1,
	RECORD_ABORT = 2,
	RECORD_END = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
	RECORD_VALUES = 10 /* FCGI_GET_VALUES_RESULT */
};

enum record_verdict {
	RECORD_MORE,     /* in order so far, incomplete */
	RECORD_READY,    /* one whole request, and nothing behind it */
	RECORD_LONG,     /* parameters complete, more body than body_limit */
	RECORD_ABORTED,  /* the web server gave the request up */
	RECORD_OVERSIZE, /* more bytes of parameters than params_limit */
	RECORD_ROLE,     /* a role other than responder was asked for */
	RECORD_BAD       /* not FastCGI as a web server speaks it */
};

/* Where a scan stands; zeroed but for the limits before the first call. */
struct record_scan {
	size_t params_limit; /* bytes of parameters */
	size_t body_limit;   /* bytes of body to wait for */
	size_t at;           /* offset of the next record header */
	size_t params_start; /* offset of the first PARAMS record */
	size_t params_end;   /* offset behind the empty one */
	size_t params_bytes;
	size_t body_bytes; /* in whole records */
	uint16_t id;
	uint8_t awaiting; /* the type that may come next */
	bool keep;        /* FCGI_KEEP_CONN */
	bool complete;    /* the empty STDIN record was seen */
};

/* The header of a record as it stands on the wire. */
struct record_header {
	uint8_t version;
	uint8_t type;
	uint16_t id;
	size_t content;
	size_t padding;
};

/*
 * Looks at bytes[0..n), which begin where the request begins; called again
 * with more of the same bytes it goes on where it stood.
 */
enum record_verdict record_scan(
    struct record_scan *scan, const char *bytes, size_t n);

/*
 * Copies the content of the whole records in bytes[from..to) to dest, which
 * has room for it; returns its length.
 */
size_t record_body(const char *bytes, size_t from, size_t to, char *dest);

/* Room that record_params() needs. */
size_t record_params_room(const struct record_scan *scan);

/*
 * Writes the head of a request whose parameters are complete anew to dest:
 * BEGIN, the parameters in as few records as hold them, the empty PARAMS
 * record. No padding, nothing behind it. Returns its length.
 */
size_t record_params(
    const struct record_scan *scan, const char *bytes, char *dest);

struct record_header record_header_read(const char *bytes);

/* Writes a header of version 1 without padding. */
void record_header_write(
    char *bytes, enum record_type type, uint16_t id, size_t content);

#endif
