/* Numbers kept as text, as JSON writes them: 0.0120e5. */
#ifndef WEIR_SERVICES_DB_DECIMAL_H
#define WEIR_SERVICES_DB_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

/* From the first digit that is not 0 to the last: 0.0120e5 has 2. */
size_t decimal_digits(struct str number);

/* Digits before the point when it is written without an exponent, none of
 * them a leading 0: 0.0120e5 is 1200 and has 4, 0.5 has none. */
size_t decimal_whole_digits(struct str number);

/* Digits behind the point then, without zeros at the end: 0.0120e5 has none,
 * 1.50 has 1. */
size_t decimal_places(struct str number);

/* -0.0 is not below 0. */
bool decimal_is_negative(struct str number);

#endif
