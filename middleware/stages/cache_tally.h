/*
 * Counts what the cache stage did for a request that it leaves (tally.h).
 */
#ifndef WEIR_CACHE_TALLY_H
#define WEIR_CACHE_TALLY_H

struct cache_slot;
struct request;

/* The response is complete, but for what the client's own copy spares. */
void cache_tally(const struct cache_slot *slot, const struct request *req);

#endif
