/* What a request may be answered with from the cache: its key, its tags, and
 * the operations that look for them. */
#ifndef WEIR_CACHE_PLAN_H
#define WEIR_CACHE_PLAN_H

#include <stdbool.h>

struct cache_slot;
struct request;

/* Fills the slot, empty but for what it explains, and plans the lookup, if the
 * request may be cached: else slot->lookup is LOOKUP_BYPASSED, or stays
 * LOOKUP_NONE where its service keeps nothing at all. */
void cache_plan_request(struct cache_slot *slot, struct request *req);

/* Plans the reads of the tags, and with `entry` of the entry. slot->lookup
 * tells why not: the store waits for a write's tags, or there are too many. */
void cache_plan_lookup(
    struct cache_slot *slot, struct request *req, bool entry);

/* May shared caches give the answer to everybody? The service says so, and no
 * role has row filters for it, which they would not know of. */
bool cache_is_shared(const struct cache_slot *slot, const struct request *req);

#endif
