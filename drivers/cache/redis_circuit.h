/*
 * The circuit of a node (redis_node.h): what becomes of it, and of the commands
 * that wait for it, when an attempt fails or a link ends.
 */
#ifndef WEIR_CACHE_REDIS_CIRCUIT_H
#define WEIR_CACHE_REDIS_CIRCUIT_H

#include <stdint.h>

struct redis_node;

/* All is well: the next failure is followed by a short pause. */
void redis_circuit_rest(struct redis_node *node);

/* Begins an attempt, which may fail at once. */
void redis_circuit_begin(struct redis_node *node, int64_t now_ms);

/* A greeting was answered: the circuit is closed, commands are taken. */
void redis_circuit_close(struct redis_node *node);

/* Opens it: every command that waits fails, and those to come. */
void redis_circuit_trip(
    struct redis_node *node, const char *why, int64_t now_ms);

/* Ends the attempt or the link, opens the circuit, and pauses. */
void redis_circuit_fail(
    struct redis_node *node, const char *why, int64_t now_ms);

/* The link has ended: only the commands that were sent fail. */
void redis_circuit_lose(
    struct redis_node *node, const char *why, int64_t now_ms);

/* Ends the link, if there is one, and forgets what came by it. */
void redis_circuit_unlink(struct redis_node *node);

#endif
