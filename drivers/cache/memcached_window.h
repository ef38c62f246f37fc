/*
 * A counter's window in one number, so that memcached's "incr" counts in it:
 * its end in the upper 40 bits, in ms since 2024, its count in the lower 24.
 */
#ifndef WEIR_CACHE_MEMCACHED_WINDOW_H
#define WEIR_CACHE_MEMCACHED_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

#define MEMCACHED_WINDOW_TEXT 24 /* bytes for its digits, at most */

uint64_t memcached_window_word(int64_t end_ms, uint32_t count);
int64_t memcached_window_end(uint64_t word); /* Unix time, ms */
uint32_t memcached_window_count(uint64_t word);

/* Its digits, as memcached keeps them. */
struct str memcached_window_text(
    uint64_t word, char text[MEMCACHED_WINDOW_TEXT]);

/* memcached leaves blanks behind a number that got shorter. */
bool memcached_window_parse(struct str text, uint64_t *word);

#endif
