/* Base64 as it comes in (RFC 4648 section 4), which jsonout.h writes; and the
 * kind that needs no escape in a URL (section 5), without padding. */
#ifndef WEIR_BASE_BASE64_H
#define WEIR_BASE_BASE64_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;
struct buf;

/*
 * The bytes, in the arena. The padding may be absent. False on any byte that
 * does not belong there, and on bits left over.
 */
bool base64_decode(struct arena *a, struct str text, struct str *out);

/* The same of the kind for URLs, where padding does not belong there. */
bool base64url_decode(struct arena *a, struct str text, struct str *out);
void base64url_put(struct buf *b, struct str bytes);

#endif
