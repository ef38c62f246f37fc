/*
 * Preconditions of a request (RFC 9110 section 13), in the order of its section
 * 13.2.2: If-Match, or else If-Unmodified-Since; then If-None-Match, or else,
 * of a GET or HEAD, If-Modified-Since. If-Range is range.h's.
 */
#ifndef WEIR_CONDITION_H
#define WEIR_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

struct request;

/* What stands now where the request leads. */
struct standing {
	bool exists;
	struct str etag;  /* with its quotes; STR_NULL: it has none */
	int64_t modified; /* Unix seconds; 0: not known */
};

enum condition {
	CONDITION_MET,       /* do what was asked */
	CONDITION_UNCHANGED, /* 304: the client has it */
	CONDITION_FAILED     /* 412 */
};

/* Is there any field to judge? What costs something to find out need not be
 * found out otherwise. */
bool condition_asked(const struct request *req);

enum condition condition_judge(
    const struct request *req, const struct standing *now);

#endif
