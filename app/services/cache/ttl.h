/* How long a value lives, as a client says it (contract.md section 2). */
#ifndef WEIR_SERVICES_CACHE_TTL_H
#define WEIR_SERVICES_CACHE_TTL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct request;

#define TTL_EXPECTED                                                           \
	"must be a whole number of seconds from 1 to 315360000, 0 for never "  \
	"or -1 for the service's default_ttl"

/* Seconds as a store takes them, 0 for never; -1 means the fallback. False,
 * and *out unchanged, when they are out of range. */
bool ttl_take(int64_t seconds, uint32_t fallback, uint32_t *out);

/*
 * What ?forever= and ?ttl= say, in this order, else the fallback. ST_INVALID
 * with err when ttl is none, also where forever is true.
 */
enum status ttl_of_query(const struct request *req, uint32_t fallback,
    uint32_t *out, struct error *err);

#endif
