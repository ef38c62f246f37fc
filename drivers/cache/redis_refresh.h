/*
 * Asking a cluster which node serves which slot (CLUSTER SLOTS). Any node may
 * be asked: those known, then those that the settings name, each in its turn.
 * Whoever does not answer soon is not waited for: the next is asked as well,
 * and the first answer counts.
 */
#ifndef WEIR_CACHE_REDIS_REFRESH_H
#define WEIR_CACHE_REDIS_REFRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache.h"

struct redis_cluster;
struct redis_member;
struct redis_run;

#define REDIS_ASKED_MAX 4  /* nodes at a time */
#define REDIS_SOON_MS   25 /* in which an answer is to be expected */

/* A question that is under way. */
struct redis_asked {
	struct redis_cluster *cluster;
	struct redis_member *member; /* who is asked; NULL: nobody */
	struct redis_run *run;       /* to its end */
	struct cache_batch batch;    /* of no operations */
	bool ended;
	int64_t sent_ms;
};

/* Zero: wanted never. */
struct redis_refresh {
	struct redis_asked asked[REDIS_ASKED_MAX];
	bool wanted;
	int64_t wanted_ms; /* by who is not served by what was asked before */
	int64_t next_ms;   /* not before */
	int64_t sent_ms;   /* last */
	int64_t said_ms;   /* when the answer that counts was asked for */
	size_t turn;       /* who is asked next */
	struct error why;  /* of the last failure, with the server */
};

/* An answer is wanted to a question that is sent from now on, and gap_ms after
 * the last one at the earliest. */
void redis_refresh_want(
    struct redis_cluster *cluster, int64_t now_ms, int64_t gap_ms);

/* The same now, first of that member. */
void redis_refresh_from(
    struct redis_cluster *cluster, struct redis_member *member, int64_t now_ms);

/* Asks, if that is due. */
void redis_refresh_go(struct redis_cluster *cluster, int64_t now_ms);

bool redis_refresh_under_way(const struct redis_refresh *refresh);

/* An answer is to be expected any moment. */
bool redis_refresh_soon(const struct redis_refresh *refresh, int64_t now_ms);

/* Whether this member is asked now. */
bool redis_refresh_asks(
    const struct redis_refresh *refresh, const struct redis_member *member);

/* Somebody's time is over who waits for the answer: those that were asked a
 * while ago are too late. */
void redis_refresh_late(struct redis_cluster *cluster, int64_t now_ms);

/* Waits for an answer to a question that is sent from now on. */
enum status redis_refresh_await(
    struct redis_cluster *cluster, int64_t deadline_ms, struct error *err);

/* When redis_refresh_go() has something to do. */
int64_t redis_refresh_due(struct redis_cluster *cluster);

#endif
