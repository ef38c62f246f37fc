/* The operations on values as commands, and what the answers mean. */
#ifndef WEIR_CACHE_REDIS_OP_H
#define WEIR_CACHE_REDIS_OP_H

#include "app/base/status.h"

struct cache_op;
struct redis_node;
struct redis_reply;
struct redis_run;

/* Sends the commands of an operation that is valid and does not count. */
void redis_op_send(
    struct redis_node *node, struct redis_run *run, struct cache_op *op);

/*
 * What an answer that is no result means for the run and its operations: reply
 * is an error, something senseless, or NULL. What says that the server is of no
 * use in its present state ends the link.
 */
enum status redis_op_failure(struct redis_node *node, struct redis_run *run,
    const char *command, const struct redis_reply *reply);

#endif
