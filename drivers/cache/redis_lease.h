/*
 * Which server is the master of a group of servers that sentinels watch, as all
 * connections of this process know it, and how long that may be relied on.
 *
 * After a fail-over the former master may live on as one: when an operator has
 * asked for the fail-over, or when it only hung. Redis 7.0 lets ten seconds
 * pass before a sentinel makes it a replica and ends its connections. Who still
 * used it would read what others have deleted at the new one since. So every
 * weir uses a master under a lease only:
 *
 * - A sentinel's word counts when it has known this master for longer than a
 *   lease lasts.
 * - A master is leased when more than half of the sentinels that the settings
 *   name stand by it, for REDIS_LEASE_MS from when the first of them was asked.
 *
 * Two such majorities have a sentinel in common, and that one never goes back
 * to the former master. So before anyone has a lease of the new one, all leases
 * of the former are over. A lease is needed when a batch is sent, not when it
 * is answered: what the answer says was so after the batch was asked for.
 *
 * This wants all weirs that share the servers to name the same sentinels, all
 * of them, and sentinels that keep their configuration when they are restarted.
 */
#ifndef WEIR_CACHE_REDIS_LEASE_H
#define WEIR_CACHE_REDIS_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/redis_host.h"

struct cache;

#define REDIS_LEASE_MS 400
#define REDIS_RENEW_MS 150 /* at that age it is renewed under work */
/* For how long a sentinel must have known a master: other clocks may be a
 * little faster. */
#define REDIS_REIGN_MS (REDIS_LEASE_MS + 50)

/* Zero: there never was one. Shared: guarded by cache->lock. */
struct redis_lease {
	struct redis_host host;
	int64_t from_ms;
	int64_t asked_ms; /* when a connection last set out to renew it */
};

/* A majority has said so, each of it after from_ms. */
void redis_lease_renew(
    struct cache *cache, const struct redis_host *host, int64_t from_ms);

/* The last that was given, which may be over. */
struct redis_lease redis_lease_read(struct cache *cache);

/* Whether to renew it is up to the caller: false when another connection has
 * set out to within pause_ms. */
bool redis_lease_falls_to(
    struct cache *cache, int64_t now_ms, int64_t pause_ms);

bool redis_lease_valid(const struct redis_lease *lease, int64_t now_ms);

#endif
