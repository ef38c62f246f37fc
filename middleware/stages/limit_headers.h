/*
 * What answers say of limits: X-RateLimit-Limit, -Remaining and -Reset of the
 * one nearest to exhaustion, and the structured fields RateLimit-Policy, of
 * all, and RateLimit (RFC 9651; draft-ietf-httpapi-ratelimit-headers).
 */
#ifndef WEIR_LIMIT_HEADERS_H
#define WEIR_LIMIT_HEADERS_H

#include <stdint.h>

struct limit_slot;
struct response;

/* Nothing for limits that refuse nobody. The counts are true; now: Unix time in
 * seconds. */
void limit_headers_put(
    struct response *res, const struct limit_slot *slot, int64_t now);

#endif
