/*
 * What a call came to, and why. One enum serves every layer, so that a store's
 * outcome can be passed up unchanged; a struct error carries the sentence for
 * people beside it.
 */
#ifndef WEIR_BASE_STATUS_H
#define WEIR_BASE_STATUS_H

enum status {
	ST_OK,          /* done as asked */
	ST_MISSING,     /* the thing named does not exist */
	ST_EXISTS,      /* it exists already, or breaks a unique key */
	ST_INVALID,     /* the caller's input is wrong; the error says where */
	ST_DENIED,      /* the caller may not */
	ST_REFUSED,     /* a limit is used up */
	ST_TOO_BIG,     /* larger than a configured bound */
	ST_FULL,        /* no room left in a store or queue */
	ST_TIMEOUT,     /* the deadline passed */
	ST_UNAVAILABLE, /* a store or database cannot be reached */
	ST_STALE,       /* what was cached of a schema no longer holds */
	ST_ERROR        /* anything else: a fault of ours or of a library */
};

/* A sentence for people; text is empty until something failed. */
struct error {
	enum status status;
	char text[512];
};

/* A constant lower-case name of a status ("unavailable"), for logs. */
const char *status_name(enum status st);

/*
 * Keeps the first failure: a struct error that already holds a text is left
 * alone. Returns st, so that a caller writes `return error_set(err, ...)`.
 * err may be NULL. Never put a secret into the text.
 */
enum status error_set(struct error *err, enum status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
