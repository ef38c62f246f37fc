/*
 * A Redis Cluster: masters that share the slots evenly, and maybe replicas,
 * which belong to the masters in turn.
 */
#ifndef WEIR_TEST_NODES_H
#define WEIR_TEST_NODES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/support/daemon.h"
#include "tests/support/redis_client.h"

#define NODES_MAX 6

struct nodes {
	size_t n;
	size_t masters;
	struct daemon daemons[NODES_MAX];
	int tls_ports[NODES_MAX]; /* 0: it speaks no TLS */
	struct redis_client clients[NODES_MAX];
	char ids[NODES_MAX][41];
};

struct nodes_plan {
	const char *folder;
	size_t masters;
	size_t replicas;
	int timeout_ms;          /* after which a node is taken for dead */
	bool tls;                /* on a port beside the plain one, with
				  * redis_certificates() of the folder */
	const char *const *more; /* words for each server, NULL behind them */
};

/* Starts them, and waits until the cluster works. */
void nodes_start(struct nodes *nodes, const struct nodes_plan *plan);
void nodes_stop(struct nodes *nodes);

/* One more master, which has no slots yet. */
void nodes_add(struct nodes *nodes, const struct nodes_plan *plan);

/* The last node leaves; it has no slots. */
void nodes_drop(struct nodes *nodes);

/* Waits until all nodes that run say that the cluster works. */
void nodes_await(struct nodes *nodes);

/* Waits until a node follows its master, so that it could be promoted. */
void nodes_await_replica(struct nodes *nodes, size_t i);

/* Those that do not run, or are paused, run again. */
void nodes_heal(struct nodes *nodes);

/* A client of a node. */
struct redis_client *nodes_client(struct nodes *nodes, size_t i);

/* Moves a slot as an operator does: key by key, between the two halves of
 * which others may use it. */
void nodes_move_begin(
    struct nodes *nodes, unsigned slot, size_t from, size_t to);
/* Moves at most n keys; returns how many were there. */
size_t nodes_move_keys(
    struct nodes *nodes, unsigned slot, size_t from, size_t to, unsigned n);
void nodes_move_end(struct nodes *nodes, unsigned slot, size_t from, size_t to);

#endif
