/* A window as bytes, for stores that keep bytes: the same on every machine. */
#ifndef WEIR_CACHE_RECORD_H
#define WEIR_CACHE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache_window.h"

#define CACHE_RECORD_BYTES (1 + 8 + 4 + 1 + 8 + 4 * CACHE_WINDOW_PARTS)

void cache_record_write(
    uint8_t out[CACHE_RECORD_BYTES], const struct cache_window *w);

/* False: they are none, or damaged, and *out is an empty window. What is read
 * is safe to count in, whoever has written it. */
bool cache_record_read(struct str bytes, struct cache_window *out);

#endif
