/*
 * What comes in by a node's link (redis_node.h): answers to its greeting, and
 * to the commands that were sent.
 */
#ifndef WEIR_CACHE_REDIS_INTAKE_H
#define WEIR_CACHE_REDIS_INTAKE_H

#include <stdint.h>

struct redis_node;

/* In state GREETING or READY: reads what is there, up to a bound, and hands
 * out the answers that are complete. The link may have ended then. */
void redis_intake_read(struct redis_node *node, int64_t now_ms);

#endif
