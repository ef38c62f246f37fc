/*
 * The Redis store: keys of a Redis server, 6.2 or newer, or of Valkey. See
 * redis_conn.h for how a connection works, redis_node.h for one server,
 * redis_name.h for what keys are called there, redis_count.h and redis_pace.h
 * for counters.
 *
 * Its user must be allowed the commands PING, INFO, SELECT, SET, GET, GETDEL,
 * DEL, UNLINK, EXISTS, EXPIRE, PERSIST, EVAL, EVALSHA, SCRIPT LOAD, SCAN and
 * DBSIZE, and those of the scripts: INCR, DECR, PTTL, TIME; and the keys
 * PREFIX:*.
 *
 * Behind sentinels the store is the master that most of them stand by, see
 * redis_lease.h; their own user must be allowed PING and SENTINEL MASTER. What
 * the former master had not yet replicated is lost with a fail-over, as with a
 * restart: the incarnation changes with it. Counters and values of open spaces
 * that were replicated live on.
 *
 * In a cluster (redis_cluster.h) every operation goes to the node that has its
 * key. Its user must be allowed ASKING, CLUSTER SLOTS and CLUSTER NODES as
 * well, on every node. What is said of a fail-over holds there for each master.
 */
#ifndef WEIR_CACHE_REDIS_H
#define WEIR_CACHE_REDIS_H

#include "drivers/cache/cache.h"

extern const struct cache_driver redis_driver;

#endif
