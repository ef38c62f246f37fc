/*
 * Counters one by one. While a slot is on its way from one node to another, a
 * command with keys that are at both, or with new ones, is refused (TRYAGAIN)
 * until all are there, which may take long. So the counters of a batch are then
 * counted by a call each, which goes to where its key is: no limit is exceeded,
 * and a group still counts all or none, in the end. Meanwhile another may see a
 * count that is taken back, and be refused for it; and a count is left behind
 * when a node fails in between, or another has counted by CACHE_GCRA meanwhile:
 * one too many, never too few.
 *
 * The status of an operation tells how far it is: ST_STALE until its count has
 * been answered; ST_REFUSED when that is to be taken back.
 */
#ifndef WEIR_CACHE_REDIS_LOOSE_H
#define WEIR_CACHE_REDIS_LOOSE_H

struct cache_op;
struct redis_node;
struct redis_run;

/* Every operation of run->counts is to be sent by redis_loose_send(). */
void redis_loose_begin(struct redis_run *run);

/* Sends the next command of an operation that counts or ends a counter. */
void redis_loose_send(
    struct redis_node *node, struct redis_run *run, struct cache_op *op);

/* It cannot be sent: run->status says why. */
void redis_loose_fail(struct redis_run *run, struct cache_op *op);

#endif
