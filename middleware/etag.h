/* Entity tags (RFC 9110 section 8.8.3): of a content, and lists of them. */
#ifndef WEIR_ETAG_H
#define WEIR_ETAG_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"

/* Quotes and the digest of the content in hexadecimal: always strong. */
#define ETAG_BYTES (2 * DIGEST_BYTES + 2)

/*
 * What the content is told apart by. Every answer has it made, be it cached or
 * not, so it is a quick hash: who can write two contents of one tag may as well
 * write one.
 */
void etag_digest(struct str content, uint8_t digest[DIGEST_BYTES]);

/* Writes the tag of such a digest; a view of `text`. */
struct str etag_write(const uint8_t *digest, char text[ETAG_BYTES]);

/* Does an If-None-Match field name this tag? Weak comparison; "*" does. */
bool etag_listed(struct str field, struct str etag);

/* Does an If-Match field? Strong comparison: a weak tag never does; "*"
 * does. */
bool etag_matched(struct str field, struct str etag);

#endif
