/* What writing, checking and reading JSON strings have in common. */
#ifndef WEIR_BASE_JSONTEXT_H
#define WEIR_BASE_JSONTEXT_H

#include <stddef.h>

#include "app/base/str.h"

struct arena;

/*
 * Bytes at the start of s that stand in a JSON string as they are: valid UTF-8
 * without control bytes, quotes and backslashes.
 */
size_t json_plain_length(struct str s);

/*
 * What a string of checked JSON text means; raw is the text between its
 * quotes. Returns raw itself when there is no escape in it, else lives in the
 * arena. The result may hold NUL bytes.
 */
struct str json_unescape(struct arena *a, struct str raw);

#endif
