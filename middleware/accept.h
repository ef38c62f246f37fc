/* What a client would rather have: its Accept field (RFC 9110 12.5.1). */
#ifndef WEIR_ACCEPT_H
#define WEIR_ACCEPT_H

#include <stdbool.h>

#include "app/base/str.h"

/*
 * Does the field ask for text/plain rather than for application/json? What
 * weighs more is asked for; of equals the one that is named, not only meant by
 * a wildcard; of two that are named JSON, and without a field JSON.
 */
bool accept_wants_text(struct str field);

#endif
