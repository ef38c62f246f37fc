/*
 * The operations of the cache stage on its store: what a lookup reads, and what
 * a query's answer is stored with. The entry lies with its tags.
 */
#ifndef WEIR_CACHE_STORE_H
#define WEIR_CACHE_STORE_H

#include <stdbool.h>

struct cache_op;
struct cache_slot;
struct request;

/* Fills in what leads an operation to the entry. */
void cache_entry_op(const struct cache_slot *slot, struct cache_op *op);

/* Plans the read of the entry, or of its tags; false: more than fit. */
bool cache_plan_entry(struct cache_slot *slot, struct request *req);
bool cache_plan_tags(struct cache_slot *slot, struct request *req);

/* Is one of them without an answer of the store? */
bool cache_store_failed(const struct cache_slot *slot);

/* Stores the request's answer, good or that there is nothing, with the versions
 * in the slot and its ETag; slot->stored and slot->too_big tell what became of
 * it. Ends the lease of the slot with it, if one is held and something may be
 * stored. May block. */
void cache_store(struct cache_slot *slot, struct request *req);

#endif
