/* How what a store said becomes an answer of the Cache API. */
#ifndef WEIR_SERVICES_CACHE_ANSWER_H
#define WEIR_SERVICES_CACHE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct buf;
struct cache_op;
struct error;
struct request;

/* The answer is what has been put into response.build, as JSON. */
void cache_answer_json(struct request *req, int status);

/* Appends {"key":K, to which members and "}" are to be added. */
void cache_put_key(struct buf *b, struct str key);

/* {"key":K,"value":V}, or only V where the client or the service wants it
 * bare; V is JSON text that lives as long as the request. */
void cache_answer_value(struct request *req, struct str key, struct str value);

/* {"key":K,"NAME":true} */
void cache_answer_truth(struct request *req, int status, struct str key,
    const char *name, bool truth);

/* Appends {"resource":[{"key":K,"success":true}...]} of operations that ran:
 * false where nothing was done, null where that is not known. */
void cache_put_outcomes(struct buf *b, const struct cache_op *ops, size_t n);

/* A refusal that err words fully. */
void cache_answer_refuse(
    struct request *req, enum status st, const struct error *err);

/* What the client is told when the store failed. */
struct cache_fault {
	enum status st;
	/* of a call that changes something and may have done it: "the value
	 * may have been stored"; NULL: it changes nothing */
	const char *doubt;
	struct str context; /* JSON of what became of each key, or STR_NULL */
};

/*
 * 503 with Retry-After while the store is away, does not answer or is full,
 * 413 for a value that it does not take.
 */
void cache_answer_fault(struct request *req, const struct cache_fault *fault);

#endif
