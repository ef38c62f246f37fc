/*
 * A thread's connection to a Redis store: its nodes, what waits for them, and
 * one descriptor that is readable whenever there is something to do. The loop
 * of a front and a blocking exec use the same engine: both put commands into
 * nodes, and drive them until the answers are there.
 *
 * The descriptor is an epoll set of the nodes' sockets and of a timer. The
 * timer is set for the first moment at which something is due; later moments
 * do not move it, so that a batch costs no call for it.
 */
#ifndef WEIR_CACHE_REDIS_CONN_H
#define WEIR_CACHE_REDIS_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_run.h"

struct cache;
struct cache_batch;
struct redis_cluster;
struct redis_sentinels;

struct cache_conn {
	struct cache *cache;
	int epoll;
	int timer;
	int64_t timer_ms; /* what it is set for; INT64_MAX: nothing */
	bool looped;      /* somebody waits for the descriptor */
	struct redis_cluster *cluster;     /* NULL: there is one node: */
	struct redis_sentinels *sentinels; /* of it; NULL: it has none */
	struct redis_node node;
	struct redis_node *asked; /* what redis_ask.h speaks to */
	struct redis_runs runs;
};

/* These two are the driver's, see cache.h. */
enum status redis_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err);
void redis_conn_close(struct cache_conn *conn);

/* Sends a batch; *ended (NULL: it goes to conn->runs) becomes true with it,
 * maybe at once. */
void redis_conn_submit(
    struct cache_conn *conn, struct cache_batch *batch, bool *ended);

/* Goes on with all that can be done now, and ends what is too late. */
void redis_conn_drive(struct cache_conn *conn, int64_t now_ms);

/* The driver's, see cache.h. */
struct cache_batch *redis_conn_reap(struct cache_conn *conn, int64_t now_ms);

/*
 * For who may wait: before commands, gives a node whose circuit is open and
 * whose attempt is about to succeed the moment for it.
 */
void redis_conn_await(struct cache_conn *conn, const struct redis_node *node,
    int64_t deadline_ms);

/* Waits until a server says something, or a moment has come, and drives;
 * returns what time it is then. */
int64_t redis_conn_wait(struct cache_conn *conn, int64_t until_ms);

/* When there is something to do although no server says anything. */
int64_t redis_conn_due(const struct cache_conn *conn);

/* Waits and drives until *ended. */
void redis_conn_finish(struct cache_conn *conn, const bool *ended);

#endif
