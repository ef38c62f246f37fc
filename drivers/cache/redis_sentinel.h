/*
 * One sentinel, as one connection of ours asks it: which server is the master
 * of the group, and for how long it has been that.
 */
#ifndef WEIR_CACHE_REDIS_SENTINEL_H
#define WEIR_CACHE_REDIS_SENTINEL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/redis_host.h"
#include "drivers/cache/redis_node.h"

struct redis_sentinel {
	struct redis_node node;
	bool wanted;       /* it is to be asked when it is READY */
	int64_t asking_ms; /* when it was asked what it has not answered; 0:
			    * nothing */
	int64_t said_ms;   /* when it was asked what it has answered last; 0:
			    * it has not named a master */
	struct redis_host master;
	int64_t reign_ms;  /* for how long it knew it when it answered */
	int64_t failed_ms; /* when it was asked last what it has not answered
			    * well, or could not be asked */
	struct error why;  /* text: that is its last word */
};

void redis_sentinel_open(struct redis_sentinel *sentinel, struct cache *cache,
    int epoll, const struct redis_host *host);
void redis_sentinel_close(struct redis_sentinel *sentinel);

/* Asks as soon as it can be asked, unless a question waits. */
void redis_sentinel_ask(struct redis_sentinel *sentinel, int64_t now_ms);

/* Goes on with whatever can be done now. */
void redis_sentinel_drive(struct redis_sentinel *sentinel, int64_t now_ms);

/* When redis_sentinel_drive() has something to do by itself. */
int64_t redis_sentinel_due(const struct redis_sentinel *sentinel);

/* Whether both have named one master, and have known it long enough. */
bool redis_sentinel_agrees(
    const struct redis_sentinel *a, const struct redis_sentinel *b);

#endif
