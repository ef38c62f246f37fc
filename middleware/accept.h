/* What a client would rather have: its Accept field (RFC 9110 12.5.1). */
#ifndef WEIR_ACCEPT_H
#define WEIR_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

/*
 * Does the field ask for text/plain rather than for application/json? What
 * weighs more is asked for; of equals the one that is named, not only meant by
 * a wildcard; of two that are named JSON, and without a field JSON.
 */
bool accept_wants_text(struct str field);

/*
 * Which of n types the field would rather have: what weighs more; of equals
 * what is named more exactly, not only meant by a wildcard, then what stands
 * before in the field, then in the list. n when it takes none of them.
 */
size_t accept_best(struct str field, const struct str *types, size_t n);

#endif
