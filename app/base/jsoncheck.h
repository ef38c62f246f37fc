/*
 * A strict check of JSON text (RFC 8259, UTF-8 per RFC 3629) before any
 * library reads it: grammar, depth, UTF-8 without overlong forms or
 * surrogates, escapes, lone \u surrogates, no \u0000 in member names, no
 * duplicate names within an object.
 */
#ifndef WEIR_BASE_JSONCHECK_H
#define WEIR_BASE_JSONCHECK_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

/*
 * ST_OK, or ST_INVALID with err "line L column C: ..." (both from 1, columns
 * count characters). depth bounds nesting; arena holds nothing afterwards that
 * a caller needs.
 */
struct arena;
enum status json_check(
    struct arena *a, struct str text, unsigned depth, struct error *err);

/*
 * Is it JSON, as databases keep it? The same without the rules for names,
 * which RFC 8259 leaves open, nested up to JSON_TEXT_DEPTH. Allocates nothing.
 */
#define JSON_TEXT_DEPTH 100
bool json_is_text(struct str text);

/* Such text may stand so deep within what is asked about here. */
#define JSON_AROUND_DEPTH 28
bool json_is_answer(struct str text);

#endif
