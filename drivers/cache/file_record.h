/*
 * A counter as it stands in a file: of a fixed counter the number and its
 * expiry, of all others the whole window, a `wide` record, and a sum. Both
 * begin with the counter's id. A record that nobody needs any more, or that a
 * crash has damaged, is free.
 */
#ifndef WEIR_CACHE_FILE_RECORD_H
#define WEIR_CACHE_FILE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "drivers/cache/cache_window.h"

#define FILE_RECORD_MOST 112 /* bytes of any record */

size_t file_record_bytes(bool wide);

/* What a record holds at now_ms, Unix time. False: it is free. */
bool file_record_read(
    const uint8_t *record, bool wide, int64_t now_ms, struct cache_window *out);

/* Makes the record of a counter; ttl, in seconds, is its window's. */
void file_record_make(uint8_t *record, bool wide,
    const uint8_t id[DIGEST_BYTES], uint32_t ttl, const struct cache_window *w);

#endif
