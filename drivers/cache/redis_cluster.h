/*
 * Redis Cluster, as one connection sees it: its nodes, which of them serves
 * which slot, and the operations that wait (redis_route.h).
 *
 * The map of the slots is relied on for REDIS_MAP_MS from when it was asked
 * for; then nothing is sent before it has been confirmed. In use, it is
 * confirmed ahead of that. So a master that hung, was replaced meanwhile, and
 * wakes up is not used any more. What is left is one that was itself the first
 * to answer that question, for the moment until it has heard of its end.
 *
 * The incarnation of an operation is that of the node which answered: a slot
 * that moves to another node changes it.
 */
#ifndef WEIR_CACHE_REDIS_CLUSTER_H
#define WEIR_CACHE_REDIS_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "drivers/cache/redis_later.h"
#include "drivers/cache/redis_members.h"
#include "drivers/cache/redis_refresh.h"
#include "drivers/cache/redis_slot.h"

struct cache_conn;
struct cache_op;
struct redis_node;
struct redis_reply;
struct redis_run;

#define REDIS_MAP_MS 1000
#define REDIS_GAP_MS 100 /* between two questions for the map */

struct redis_cluster {
	struct cache_conn *conn;
	struct redis_members members;
	uint16_t slots[REDIS_SLOTS]; /* index of the member + 1; 0: nobody */
	bool known;                  /* there is a map */
	uint64_t map;                /* a hash of it */
	bool crowded;                /* members may be let go of */
	struct redis_refresh refresh;
	struct redis_later later;
	struct buf name; /* of a key, while its slot is computed */
};

struct redis_cluster *redis_cluster_open(struct cache_conn *conn);
void redis_cluster_close(struct redis_cluster *cluster);

/* Who serves a slot; NULL: nobody. */
struct redis_member *redis_cluster_serves(
    const struct redis_cluster *cluster, uint16_t slot);

/* The map is known, and recent. */
bool redis_cluster_mapped(const struct redis_cluster *cluster, int64_t now_ms);

/* Takes an answer to CLUSTER SLOTS. */
enum status redis_cluster_map(struct redis_cluster *cluster,
    const struct redis_node *node, const struct redis_reply *reply,
    struct error *err);

/* For who may wait: before a batch, gives nodes that are about to come back,
 * and who replaces them, the moment for it. */
void redis_cluster_await(struct redis_cluster *cluster,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms);

/* Goes on with all that can be done now. */
void redis_cluster_drive(struct redis_cluster *cluster, int64_t now_ms);

/* The same without reading: after operations were sent, or left to wait. */
void redis_cluster_go(struct redis_cluster *cluster, int64_t now_ms);

/* The time of a run is over: ends it. */
void redis_cluster_late(
    struct redis_cluster *cluster, struct redis_run *run, int64_t now_ms);

int64_t redis_cluster_due(struct redis_cluster *cluster);

#endif
