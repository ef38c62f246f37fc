/*
 * Where Redis Cluster places a key: one of 16384 slots, by the CRC-16 (XMODEM)
 * of its name, or of what stands in its first braces when that is not empty.
 * https://redis.io/docs/reference/cluster-spec/ "Key distribution model"
 */
#ifndef WEIR_CACHE_REDIS_SLOT_H
#define WEIR_CACHE_REDIS_SLOT_H

#include <stdint.h>

#include "app/base/str.h"

#define REDIS_SLOTS 16384

/* Below REDIS_SLOTS. */
uint16_t redis_slot_of(struct str name);

#endif
