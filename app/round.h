/*
 * Rounds to the stores: the planned operations of all calls of a turn leave as
 * one batch a store, and a call goes on when every batch that it has a part in
 * is done. So a slow store delays no call that asks nothing of it. Belongs to
 * one front.
 */
#ifndef WEIR_ROUND_H
#define WEIR_ROUND_H

#include <stdint.h>

#include "app/base/status.h"

struct call;
struct rounds;
struct stores_shared;

enum status rounds_open(
    struct stores_shared *stores, struct rounds **out, struct error *err);

/* What is under way is lost. NULL is harmless. */
void rounds_close(struct rounds *r);

/* Readable while rounds_reap() has something to do. */
int rounds_fd(const struct rounds *r);

/* Adds the call's planned operations to this turn's batches, one of each store.
 * The call is the rounds' until rounds_take() returns it. */
void rounds_add(struct rounds *r, struct call *call);

/* Sends the batches of this turn on their way; those of inline stores are done
 * then. */
void rounds_send(struct rounds *r);

/* Takes in what the other stores have answered, and gives up what is late. */
void rounds_reap(struct rounds *r, int64_t now_ms);

/* The calls whose operations are done, each with its status, linked through
 * next, in no order. */
struct call *rounds_take(struct rounds *r);

/* When to reap next although the descriptor is silent, or INT64_MAX. */
int64_t rounds_deadline(const struct rounds *r);

/* Now and then: ends the ways to stores that nobody owns any more. */
void rounds_tidy(struct rounds *r);

#endif
