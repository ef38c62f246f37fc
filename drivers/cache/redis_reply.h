/*
 * Answers of a server, by hiredis' reader of RESP2. Nothing that comes in is
 * trusted: an answer has a bound, and so has every array in it.
 */
#ifndef WEIR_CACHE_REDIS_REPLY_H
#define WEIR_CACHE_REDIS_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct redis_reader;

enum redis_type {
	REDIS_NONE,    /* RESP3, which nobody asked for */
	REDIS_STRING,  /* text: any bytes */
	REDIS_STATUS,  /* text */
	REDIS_ERROR,   /* text: a word in capitals, and a sentence */
	REDIS_INTEGER, /* integer */
	REDIS_NIL,
	REDIS_ARRAY /* n items */
};

struct redis_reply {
	enum redis_type type;
	int64_t integer;
	struct str text;
	struct redis_reply *items;
	size_t n;
};

/* Refuses answers of more than `most` bytes. */
struct redis_reader *redis_reader_new(size_t most);
void redis_reader_free(struct redis_reader *reader);

/* For a new connection: forgets what has come in. */
void redis_reader_reset(struct redis_reader *reader);

/* ST_ERROR: what has come in is no answer of a server. */
enum status redis_reader_feed(
    struct redis_reader *reader, const char *p, size_t n);

/*
 * The next answer. Its texts and arrays are put into arena, which must be the
 * same until the answer is complete; NULL: into the reader's own, until the
 * next call. ST_OK; ST_MISSING: more bytes are needed; ST_ERROR as above.
 */
enum status redis_reader_next(
    struct redis_reader *reader, struct arena *arena, struct redis_reply *out);

/* What may be shown of an error: servers quote what they were sent, which may
 * be a key or a password, so only what stands before. */
struct str redis_reply_shown(struct str said);

#endif
