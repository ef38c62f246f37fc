/* Short keyed hashes (SipHash-2-4) for tables in memory. */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include <stdint.h>

#include "app/base/str.h"

#define HASH_KEY_BYTES 16

/* With a caller's key: the same bytes hash alike in every process. */
uint64_t hash_keyed(const uint8_t key[HASH_KEY_BYTES], struct str s);

/* With a key drawn when the process started (secret_init() comes first). */
uint64_t hash_str(struct str s);

#endif
