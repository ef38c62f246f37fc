/*
 * Operations that cannot be sent now, or are to be sent again, in their order.
 * Each holds its run.
 */
#ifndef WEIR_CACHE_REDIS_LATER_H
#define WEIR_CACHE_REDIS_LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache_op;
struct redis_member;
struct redis_run;

#define REDIS_LATER_MAP INT64_MAX /* when there is a new map */

struct redis_wait {
	struct redis_run *run;
	struct cache_op *op;         /* NULL: all counters of the run */
	struct redis_member *member; /* NULL: the one that serves its slot */
	bool asking;                 /* "ASKING" goes before it */
	bool hasty; /* its node is away: a new map makes it due */
	uint8_t hops;
	int64_t due_ms;          /* or REDIS_LATER_MAP */
	struct redis_wait *next; /* the list's own */
};

/* Set up by redis_later_init(). */
struct redis_later {
	struct redis_wait *first;
	struct redis_wait **tail;
	struct redis_wait *spare;
};

void redis_later_init(struct redis_later *later);

/* Those that wait are lost. */
void redis_later_free(struct redis_later *later);

/* Keeps a copy, and the run held. It comes not before those of its run that
 * wait already. */
void redis_later_add(struct redis_later *later, const struct redis_wait *wait);

/* There is a new map. */
void redis_later_mapped(struct redis_later *later);

/* Takes the first that is due, that waits for the map, or that is of a run; its
 * run stays held for the caller, who lets go of it. False: there is none. */
bool redis_later_take(
    struct redis_later *later, int64_t now_ms, struct redis_wait *out);
bool redis_later_take_unmapped(
    struct redis_later *later, struct redis_wait *out);
bool redis_later_take_run(struct redis_later *later,
    const struct redis_run *run, struct redis_wait *out);

/* When the first is due; INT64_MAX: none is. */
int64_t redis_later_due(const struct redis_later *later);

/* Whether one waits for this member. */
bool redis_later_names(
    const struct redis_later *later, const struct redis_member *member);

#endif
