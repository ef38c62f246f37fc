/*
 * Refreshes: who wants a newer answer than the one that is kept is given that
 * of a query which began after it came, and of such queries one begins in a
 * second, whichever process makes it. The gate is a key in the store, beside
 * the entry; it opens by itself. A store that does not answer leaves it open.
 */
#ifndef WEIR_CACHE_GATE_H
#define WEIR_CACHE_GATE_H

#include <stdbool.h>

#include "middleware/stage.h"

struct cache_slot;
struct request;

/* The flight of all who refresh the entry, whatever its tags. */
void cache_gate_flight(struct cache_slot *slot, struct request *req);

/* Must the request pass it before it asks? */
bool cache_gate_stands(
    const struct cache_slot *slot, const struct request *req);

/* Front: plans the operation that passes it; then what came of that: FLOW_NEXT,
 * or FLOW_WAIT while it is closed. */
void cache_gate_plan(struct cache_slot *slot, struct request *req);
enum flow cache_gate_planned(struct cache_slot *slot);

/* Worker only: the same at once. */
enum flow cache_gate_pass(struct cache_slot *slot, struct request *req);

#endif
