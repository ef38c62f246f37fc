/*
 * What an answer says about itself to caches, and conditional requests
 * (RFC 9110 section 13, RFC 9111; contract.md section 6).
 */
#ifndef WEIR_CONDITIONAL_H
#define WEIR_CONDITIONAL_H

#include <stdint.h>

struct request;

/*
 * Adds ETag, Cache-Control and Vary to a good answer of a GET or HEAD, and
 * makes it a 304 when the client has it already. digest: DIGEST_BYTES of the
 * content. client_ttl: seconds for which the client need not ask again; 0: it
 * always must.
 */
void conditional_answer(
    struct request *req, const uint8_t *digest, uint32_t client_ttl);

#endif
