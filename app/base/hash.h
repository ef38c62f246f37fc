/*
 * Short keyed hashes: SipHash-2-4 where a key outlives the process, and one of
 * a few multiplications, for tables in memory alone. The latter is quick, and
 * nobody who does not see its results can choose strings that collide.
 */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include <stdint.h>

#include "app/base/str.h"

#define HASH_KEY_BYTES  16
#define HASH_WIDE_BYTES 16

/* With a caller's key: the same bytes hash alike in every process. */
uint64_t hash_keyed(const uint8_t key[HASH_KEY_BYTES], struct str s);

/* 128 bits that tell contents apart, the same everywhere: a third of the time
 * of a digest(), but not against who chooses both contents. */
void hash_wide(struct str s, uint8_t out[HASH_WIDE_BYTES]);

/* With a key drawn when the process started (secret_init() comes first). To be
 * shown to nobody, and kept nowhere but in this process. */
uint64_t hash_str(struct str s);

#endif
