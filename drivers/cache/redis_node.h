/*
 * One server, as one connection of ours sees it: the link to it, what was sent
 * and not answered, and what is known about it. It never blocks.
 *
 * States: IDLE until something is to be sent; ASKING, until the sentinels have
 * named the master (without sentinels this state is skipped); FINDING, while
 * the host's name is looked up; LINKING, until the link is set up; GREETING,
 * until the server has answered our greeting (redis_greet.h); READY; WAITING,
 * after a failure, until the next attempt. Commands may be put into the pipe in
 * every state: they leave when it is READY.
 *
 * The circuit: after a failed attempt or a time-out the node is `broken`, and
 * takes no commands; attempts go on meanwhile, with a growing pause of at most
 * a second, and the first greeting that is answered ends it. A time-out also
 * ends the link, so that a late answer is never taken for another's.
 *
 * A link that is lost costs the commands that were sent: nobody knows whether
 * they were run. Those that were not go to the next link.
 *
 * A store of several servers (Cluster) is several nodes of one connection, each
 * operation's commands going to the node of its slot. Where sentinels name the
 * host, commands leave only while it is leased (redis_lease.h): else they are
 * held, and the node moves when another host is.
 */
#ifndef WEIR_CACHE_REDIS_NODE_H
#define WEIR_CACHE_REDIS_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_greet.h"
#include "drivers/cache/redis_host.h"
#include "drivers/cache/redis_link.h"
#include "drivers/cache/redis_lookup.h"
#include "drivers/cache/redis_pipe.h"
#include "drivers/cache/redis_watch.h"

#define REDIS_IN_BYTES 65536u /* of one read */

struct redis_member;
struct redis_reader;
struct redis_sentinels;

enum redis_state {
	REDIS_IDLE,
	REDIS_ASKING,
	REDIS_FINDING,
	REDIS_LINKING,
	REDIS_GREETING,
	REDIS_READY,
	REDIS_WAITING
};

struct redis_node {
	struct cache *cache;
	struct redis_host host;
	struct redis_sentinels *sentinels; /* name host; NULL: it is given */
	struct redis_member *member;       /* of a cluster; NULL: it is alone */
	enum redis_state state;
	bool broken;
	bool held;          /* nothing is sent now: host is not leased */
	bool doomed;        /* `why` ends the link as soon as that is safe */
	struct error why;   /* of the last failure */
	int64_t failed_ms;  /* when the last attempt or link ended */
	int64_t due_ms;     /* ASKING to GREETING: the attempt has failed
			     * then; WAITING: the next begins */
	int64_t driven_ms;  /* when it was looked after last */
	int64_t patient_ms; /* a caller may wait for the attempt until then */
	int64_t pause_ms;   /* before the next attempt */
	int64_t checked_ms; /* that it still is a master */
	int64_t looked_ms;  /* whether it still is leased */
	struct redis_lookup *lookup;
	struct redis_place places[REDIS_PLACES_MAX];
	size_t n_places;
	size_t place;  /* how many were tried in this attempt */
	size_t silent; /* moves past places that let attempts time out */
	struct redis_link link;
	struct redis_watch watch;
	struct redis_greet greet;
	struct redis_reader *reader;
	struct redis_pipe pipe;
	uint8_t incarnation[INCARNATION_BYTES];
	char *in; /* what was read last: REDIS_IN_BYTES */
};

void redis_node_open(struct redis_node *node, struct cache *cache, int epoll,
    const struct redis_host *host);
void redis_node_close(struct redis_node *node);

/*
 * Before commands are put into node->pipe: notices a link that has ended
 * meanwhile, and begins an attempt when there is none. False: it takes none,
 * see `why`.
 */
bool redis_node_takes(struct redis_node *node, int64_t now_ms);

/* Writes what the link takes, after commands were put. */
void redis_node_flush(struct redis_node *node, int64_t now_ms);

/* Goes on with whatever can be done now. */
void redis_node_drive(struct redis_node *node, int64_t now_ms);

/* A run's time is over before this node has answered. */
void redis_node_late(struct redis_node *node, int64_t now_ms);

/* Ends the pause before the next attempt. */
void redis_node_hurry(struct redis_node *node, int64_t now_ms);

/* For answer functions: the server is of no use in this state, so the link
 * ends, and the circuit opens. */
void redis_node_doom(struct redis_node *node, const char *why);

/* When redis_node_drive() has something to do by itself; INT64_MAX: never. */
int64_t redis_node_due(const struct redis_node *node);

#endif
