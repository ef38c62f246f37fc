/*
 * A server as all connections of the process know it: whether it answers. One
 * that failed costs nobody a wait: it is left out at once, asked again by a
 * probe, and then tried by the next connection that needs it.
 *
 * A life of a server ends when it fails. A link that was made in an earlier
 * life is not used again, so that no late reply is taken for another request.
 */
#ifndef WEIR_CACHE_MEMCACHED_SERVER_H
#define WEIR_CACHE_MEMCACHED_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/memcached_address.h"
#include "drivers/cache/memcached_hosts.h"
#include "drivers/cache/memcached_probe.h"

enum memcached_state {
	MEMCACHED_UP,
	MEMCACHED_DOWN,
	MEMCACHED_TRIED /* it answered a probe; a link has yet to be made */
};

struct memcached_server {
	struct memcached_host host;
	_Atomic enum memcached_state state;
	atomic_uint life;
	pthread_mutex_t lock; /* guards the rest */
	struct memcached_addresses addresses;
	struct memcached_probe probe;
	int64_t retry_ms;   /* no probe before */
	int64_t look_up_ms; /* no name is looked up before */
	bool failing;       /* and the log says so */
	struct error why;
};

/* binary: of a server that wants a log-in. Waits for the name service. */
void memcached_server_open(struct memcached_server *server,
    const struct memcached_host *host, bool binary);
void memcached_server_close(struct memcached_server *server);

/* Whether it is worth a try. Never waits. */
bool memcached_server_usable(struct memcached_server *server, int64_t now_ms);

/* The same, and waits until then for an answer of one that is away. */
void memcached_server_await(struct memcached_server *server, int64_t until_ms);

/* Its life, for links that are made now. */
unsigned memcached_server_life(const struct memcached_server *server);

/* A link of that life was made, or has failed and why says how. Once a life,
 * the log has a line. */
void memcached_server_found(struct memcached_server *server, unsigned life);
void memcached_server_lost(struct memcached_server *server, unsigned life,
    int64_t now_ms, const char *why);

/* Where to connect to: a copy, best first. False: nowhere, since its name is
 * not known. */
bool memcached_server_addresses(
    struct memcached_server *server, struct memcached_addresses *out);

/* ST_UNAVAILABLE with the server's name and what ails it. */
enum status memcached_server_fail(
    struct memcached_server *server, struct error *err);

/* About once a second, on a thread that may wait for the name service. */
void memcached_server_upkeep(struct memcached_server *server, int64_t now_ms);

#endif
