/* Entity tags (RFC 9110 section 8.8.3): of a content, and lists of them. */
#ifndef WEIR_ETAG_H
#define WEIR_ETAG_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"

/* Quotes and the digest of the content in hexadecimal: always strong. */
#define ETAG_BYTES (2 * DIGEST_BYTES + 2)

/* Writes the tag of a digest of DIGEST_BYTES; a view of `text`. */
struct str etag_write(const uint8_t *digest, char text[ETAG_BYTES]);

/* Does an If-None-Match field name this tag? Weak comparison; "*" does. */
bool etag_listed(struct str field, struct str etag);

/* Does an If-Match field? Strong comparison: a weak tag never does; "*"
 * does. */
bool etag_matched(struct str field, struct str etag);

#endif
