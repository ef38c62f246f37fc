/* Base64 as it comes in (RFC 4648 section 4); jsonout.h writes it. */
#ifndef WEIR_BASE_BASE64_H
#define WEIR_BASE_BASE64_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;

/*
 * The bytes, in the arena. The padding may be absent. False on any byte that
 * does not belong there, and on bits left over.
 */
bool base64_decode(struct arena *a, struct str text, struct str *out);

#endif
