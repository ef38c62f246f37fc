/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, no more than
 * U+10FFFF. */
#ifndef WEIR_BASE_UTF8_H
#define WEIR_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

#define UTF8_MAX 4

/* Bytes (1 to UTF8_MAX) of the character s begins with; 0: s is empty or does
 * not begin with one. */
size_t utf8_first(struct str s);

/* Writes a code point (no surrogate, at most U+10FFFF); the bytes written. */
size_t utf8_encode(char out[UTF8_MAX], uint32_t code);

#endif
