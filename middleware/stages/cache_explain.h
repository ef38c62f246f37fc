/*
 * A call told about instead of answered (explain.h): what the cache would do
 * with it now, and why. What the store has been asked for it were reads.
 */
#ifndef WEIR_CACHE_EXPLAIN_H
#define WEIR_CACHE_EXPLAIN_H

struct cache_slot;
struct request;

/*
 * Makes the response: 200 with the members of weir-api(7), EXPLAINED CALLS. The
 * lookup of the slot has been planned and run, with the entry, whatever the
 * client wishes.
 */
void cache_explain(struct cache_slot *slot, struct request *req);

#endif
