/*
 * What an answer says about itself to caches, and conditional requests
 * (RFC 9110 sections 13 and 14, RFC 9111; contract.md section 6).
 */
#ifndef WEIR_CONDITIONAL_H
#define WEIR_CONDITIONAL_H

#include <stdint.h>

struct request;

/*
 * A good answer of a GET or HEAD, whole: makes it what the request's conditions
 * and its Range ask for. 304 when the client has it already; of a content whose
 * service names a tag also 412, 206 and 416. digest: DIGEST_BYTES of the
 * content. Done once.
 */
void conditional_judge(struct request *req, const uint8_t *digest);

/*
 * Adds ETag, Last-Modified, Cache-Control and Vary to what is still a good
 * answer then. client_ttl: seconds for which the client need not ask again; 0:
 * it always must.
 */
void conditional_answer(
    struct request *req, const uint8_t *digest, uint32_t client_ttl);

#endif
