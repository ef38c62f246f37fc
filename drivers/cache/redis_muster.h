/*
 * What the masters of a cluster say of themselves (CLUSTER NODES): others may
 * not have heard of it yet.
 */
#ifndef WEIR_CACHE_REDIS_MUSTER_H
#define WEIR_CACHE_REDIS_MUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;

struct redis_muster {
	bool agree; /* each serves the slots that the map says */
	bool moves; /* slots are on their way from one to another */
};

/* Asks all; masters that receive keys before they serve a slot are visited from
 * now on (redis_members_from()). */
enum status redis_muster_call(struct cache_conn *conn, int64_t deadline_ms,
    struct redis_muster *out, struct error *err);

#endif
