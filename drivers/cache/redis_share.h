/* A row of what CLUSTER SLOTS answers: slots, and the master that serves
 * them. */
#ifndef WEIR_CACHE_REDIS_SHARE_H
#define WEIR_CACHE_REDIS_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/redis_host.h"

struct redis_reply;

struct redis_share {
	uint16_t first, last; /* slots; below REDIS_SLOTS */
	struct redis_host host;
	struct str id; /* the node's name in the cluster, of the answer */
};

/* Reads a row; asked: who answers. False: it is none. */
bool redis_share_read(const struct redis_reply *row,
    const struct redis_host *asked, struct redis_share *out);

#endif
