/*
 * The cache stage among processes: who misses takes the lease of the flight
 * (lease.h) and asks the database, or waits for the process that does. When
 * that has given up its lease, the entry should be there, and is looked for
 * before the database is asked; or there is word that the query has failed.
 */
#ifndef WEIR_CACHE_LEASE_H
#define WEIR_CACHE_LEASE_H

#include <stdbool.h>

#include "middleware/stage.h"

struct cache_slot;
struct request;

/*
 * Front, of a flight's leader: plans the claim of a lease, where the store is
 * none that the front would wait for when it writes. Then what came of it:
 * FLOW_NEXT, or FLOW_WAIT.
 */
bool cache_lease_plan_claim(struct cache_slot *slot, struct request *req);
enum flow cache_lease_claimed(struct cache_slot *slot, struct request *req);

/* Worker only, of a flight's leader: see stage.h. */
enum flow cache_lease_claim(struct cache_slot *slot, struct request *req);

/* Plans a look at the lease that was found in another's hands. */
void cache_lease_plan(struct cache_slot *slot, struct request *req);

/*
 * A look has been made, and the flight's name is still the same: FLOW_WAIT,
 * FLOW_NEXT to claim the lease, or FLOW_DONE: the owner's query has failed, and
 * so has this request.
 */
enum flow cache_lease_look(struct cache_slot *slot, struct request *req);

/* Who holds a lease has stored nothing: tells the others what became of the
 * query, unless it failed for a reason of its own: then they ask. */
void cache_lease_end(struct cache_slot *slot, struct request *req);

#endif
