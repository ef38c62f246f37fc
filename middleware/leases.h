/*
 * The leases that this process holds: it shows every one that lasts that it
 * lives. Any thread; a lease is held from a worker's claim to its end.
 */
#ifndef WEIR_LEASES_H
#define WEIR_LEASES_H

#include <stdint.h>

struct lease;
struct leases;
struct stores;

struct leases *leases_new(void);
void leases_free(struct leases *leases);

/* The lease stays where it is until it is dropped. */
void leases_hold(struct leases *leases, struct lease *lease, int64_t now_ms);
void leases_drop(struct leases *leases, struct lease *lease);

/* Drops it, and has it taken out of the store with the next beat. */
void leases_orphan(struct leases *leases, struct lease *lease);

/*
 * Every LEASE_BEAT_MS, on a thread that may block, with its stores: beats for
 * all that are held and have not been beaten for so long at now_ms. While none
 * is, it costs nothing.
 */
void leases_beat(struct leases *leases, struct stores *stores, int64_t now_ms);

#endif
