/*
 * The names of what requests share: that of a cached answer in the store, and
 * that of the flight of those who wait for one.
 */
#ifndef WEIR_CACHE_KEY_H
#define WEIR_CACHE_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct cache_plan;
struct request;
struct tag_versions;

/*
 * The entry's key, in the request's arena: a digest of all that can change the
 * answer. A caller's rights stand in it as the fingerprint of its role and the
 * values of what its row filters look up, so that two callers share an entry
 * only when the answer must be the same. The text is completed in plan->key.
 */
struct str cache_key(struct request *req, struct cache_plan *plan);

/* The name, FLIGHT_NAME_BYTES, of the flight of those who want the entry and
 * know the same first n versions of its tags. */
void cache_flight(struct str key, const struct tag_versions *versions, size_t n,
    uint8_t *name);

#endif
