/*
 * How operations find their way to the nodes of a cluster.
 *
 * A batch is split by the slots of its keys; each node gets its share in one
 * write, and a node that is away costs only its own: when the map is older than
 * the loss of the node, a new one is waited for, but only for a moment. Where a
 * node says that another has the key, the operation is sent on: at most
 * REDIS_HOPS_MAX times in a row, then after a pause, until the batch's time is
 * over. The same pause comes before what could not be done for the moment is
 * tried again.
 *
 * The operations on one key go to one node in their order, are answered in that
 * order, and so are sent on in it. One could overtake another only if its slot
 * went to another node and came back while the server ran through the commands
 * of one write.
 */
#ifndef WEIR_CACHE_REDIS_ROUTE_H
#define WEIR_CACHE_REDIS_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

struct cache_op;
struct redis_cluster;
struct redis_command;
struct redis_member;
struct redis_node;
struct redis_reply;
struct redis_run;
struct redis_wait;

#define REDIS_HOPS_MAX 5

/* Puts the operations of run->batch to where they belong; some may wait for the
 * map. redis_cluster_go() comes next. */
void redis_route_send(
    struct redis_cluster *cluster, struct redis_run *run, int64_t now_ms);

/* Puts what has waited and is due. */
void redis_route_later(struct redis_cluster *cluster, int64_t now_ms);

/* Takes an answer that only says where, or when, to ask again. False: it is a
 * real one. */
bool redis_route_redirect(struct redis_node *node,
    const struct redis_command *command, const struct redis_reply *reply,
    int64_t now_ms);

/* Takes a command that was not sent before its node was lost, which may have
 * been replaced. False: it is not to be sent elsewhere. */
bool redis_route_unsent(struct redis_node *node,
    const struct redis_command *command, int64_t now_ms);

/* Fails what cannot be sent as its run->status says, and lets go of the run. */
void redis_route_give_up(const struct redis_wait *wait);

/* Who serves an operation of the run by the map, NULL: its counters. NULL:
 * nobody. */
struct redis_member *redis_route_of(struct redis_cluster *cluster,
    const struct redis_run *run, const struct cache_op *op);

#endif
