/*
 * The Redis store: keys of a Redis server, 6.2 or newer, or of Valkey. See
 * redis_conn.h for how a connection works, redis_node.h for one server,
 * redis_name.h for what keys are called there, redis_count.h for counters.
 *
 * Its user must be allowed the commands PING, INFO, SELECT, SET, GET, GETDEL,
 * DEL, UNLINK, EXISTS, EXPIRE, PERSIST, EVAL, EVALSHA, SCRIPT LOAD, SCAN and
 * DBSIZE, and those of the script: INCR, DECR, PTTL; and the keys PREFIX:*.
 */
#ifndef WEIR_CACHE_REDIS_H
#define WEIR_CACHE_REDIS_H

#include "drivers/cache/cache.h"

extern const struct cache_driver redis_driver;

#endif
