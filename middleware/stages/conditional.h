/*
 * What an answer says about itself to caches, and conditional requests
 * (RFC 9110 sections 13 and 14, RFC 9111; contract.md section 6).
 */
#ifndef WEIR_CONDITIONAL_H
#define WEIR_CONDITIONAL_H

#include <stdbool.h>
#include <stdint.h>

struct request;

/* For how long a client may keep an answer, and for whom. */
struct keeping {
	uint32_t client_ttl; /* seconds; 0: it must always ask again */
	bool shared;         /* for everybody; else for who has asked */
};

/*
 * A good answer of a GET or HEAD, whole: makes it what the request's conditions
 * and its Range ask for. 304 when the client has it already; of a content whose
 * service names a tag also 412, 206 and 416. digest: DIGEST_BYTES of the
 * content. Done once.
 */
void conditional_judge(struct request *req, const uint8_t *digest);

/*
 * Adds ETag, Last-Modified, Cache-Control and Vary to what is still a good
 * answer then.
 */
void conditional_answer(
    struct request *req, const uint8_t *digest, const struct keeping *keeping);

#endif
