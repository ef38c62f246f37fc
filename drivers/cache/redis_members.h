/*
 * The nodes of a cluster that one connection knows, by their addresses. Each is
 * connected to when it is first needed, and let go of when the cluster has no
 * use for it any more.
 */
#ifndef WEIR_CACHE_REDIS_MEMBERS_H
#define WEIR_CACHE_REDIS_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/redis_host.h"

struct redis_cluster;
struct redis_node;
struct redis_run;

#define REDIS_MEMBERS_MAX 1024

struct redis_member {
	struct redis_cluster *cluster;
	struct redis_node *node; /* NULL: it was not needed yet */
	struct redis_host host;
	size_t index;    /* in redis_members.all */
	bool listed;     /* a master that serves slots */
	bool receives;   /* keys, though it may serve no slots yet */
	uint64_t rank;   /* of those named; no two are alike */
	bool put;        /* commands were put that wait for a flush */
	int64_t used_ms; /* last */
	int64_t down_ms; /* since when it says that the cluster is down; 0: it
			  * does not */
};

struct redis_members {
	struct redis_cluster *cluster;
	struct redis_member *all[REDIS_MEMBERS_MAX]; /* NULL: a free place */
	size_t n;                                    /* places in use, or free
						      * between such */
};

void redis_members_close(struct redis_members *members);

/* The member at an address, which may be new. NULL: there are too many. */
struct redis_member *redis_members_at(
    struct redis_members *members, const struct redis_host *host);

/* id: its name in the cluster, by which it gets its rank. */
void redis_member_name(struct redis_member *member, struct str id);

/* The one of the lowest rank that is not below `rank`, of those that serve
 * slots or receive keys; NULL: none. */
struct redis_member *redis_members_from(
    const struct redis_members *members, uint64_t rank);

/* Its node, made when there is none. */
struct redis_node *redis_member_node(struct redis_member *member);

/* The same when it takes commands (redis_node_takes()), which the caller then
 * puts, and sets member->put; else NULL. */
struct redis_node *redis_member_takes(
    struct redis_member *member, int64_t now_ms);

/* It, or one of all, is known to be out of reach. */
bool redis_member_broken(const struct redis_member *member);

bool redis_members_broken(const struct redis_members *members);

/* An attempt to reach it may be about to succeed. */
bool redis_member_hopeful(const struct redis_member *member, int64_t now_ms);

/* Those that are away are tried at the next drive. */
void redis_members_hurry(struct redis_members *members, int64_t now_ms);

/* Goes on with those whose sockets or times say so. When one comes back, others
 * that were away are tried at once: they may have been away together. */
void redis_members_drive(
    struct redis_members *members, int epoll, int64_t now_ms);

/* Writes what was put. False: there was nothing. */
bool redis_members_flush(struct redis_members *members, int64_t now_ms);

/* A run's time is over: those that have not answered it are too late. */
void redis_members_late(
    struct redis_members *members, const struct redis_run *run, int64_t now_ms);

int64_t redis_members_due(const struct redis_members *members);

/* Lets go of the member, and of its node. */
void redis_member_drop(struct redis_member *member);

#endif
