/* Commands as the server reads them: arrays of strings. */
#ifndef WEIR_CACHE_REDIS_PUT_H
#define WEIR_CACHE_REDIS_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct buf;

/* Begins a command of n words; that many must follow. */
void redis_put_head(struct buf *out, size_t n);

/* A word: any bytes. */
void redis_put(struct buf *out, struct str word);
void redis_put_number(struct buf *out, uint64_t number);

/* Begins a word of n bytes, which the caller appends before redis_put_end(). */
void redis_put_begin(struct buf *out, size_t n);
void redis_put_end(struct buf *out);

#endif
