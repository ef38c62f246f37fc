/*
 * What becomes of an entry that was found under the tags that stand: how old it
 * is, whether it is served, and what it is good for when the query fails.
 */
#ifndef WEIR_CACHE_FOUND_H
#define WEIR_CACHE_FOUND_H

#include <stdbool.h>

#include "middleware/freshness.h"

struct cache_slot;
struct request;

/* Sets slot->at, slot->bridges and slot->outage for slot->entry. While the
 * service fails, what would bridge that is served at once. */
enum freshness_verdict cache_found_judge(
    struct cache_slot *slot, const struct request *req);

/* It is to be served. */
bool cache_found_is_hit(enum freshness_verdict verdict);

/* Makes the entry the response. */
void cache_found_serve(struct cache_slot *slot, struct request *req);

/* The request asked its upstream: has the service failed, or does it answer? */
void cache_found_learn(
    const struct cache_slot *slot, const struct request *req);

/* Makes it the response instead of a failure of the upstream, where it may
 * be. */
void cache_found_bridge(struct cache_slot *slot, struct request *req);

#endif
