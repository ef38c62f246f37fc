/* The store of a process, and a thread's connections to its servers. */
#ifndef WEIR_CACHE_MEMCACHED_CONN_H
#define WEIR_CACHE_MEMCACHED_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/status.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_name.h"

struct cache_config;
struct cache_space;
struct memcached_server;

struct cache {
	struct memcached_server *servers;
	size_t n; /* of them */
	struct memcached_st *ring;
	struct memcached_prefix prefix;
	struct memcached_login login;
	int64_t max_value;
};

struct cache_conn {
	struct cache *cache;
	struct memcached_link *links; /* one a server */
	struct arena arena;           /* of the present batch */
	uint64_t batch;               /* its number */
	int64_t deadline_ms;          /* and deadline */
	int64_t now_ms; /* Unix time, when it began or a counter was read */
};

/* These four are the driver's, see cache.h. */
enum status memcached_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err);
void memcached_cache_close(struct cache *cache);
enum status memcached_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err);
void memcached_conn_close(struct cache_conn *conn);

/* What came of the batch before ends. */
void memcached_conn_begin(struct cache_conn *conn, int64_t deadline_ms);

/* Sets now_ms anew. */
void memcached_conn_tick(struct cache_conn *conn);

/*
 * The link to the server that a name of the space lies on now, and that is
 * ready. NULL: it cannot be asked; *st says why. Names of a space that is not
 * open lie on one server, whether it can be asked or not.
 */
struct memcached_link *memcached_conn_route(struct cache_conn *conn,
    const struct cache_space *space, const struct memcached_name *name,
    enum status *st);

#endif
