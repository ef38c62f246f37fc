/* An attempt to set up a node's link: its addresses, one after the other. */
#ifndef WEIR_CACHE_REDIS_ATTEMPT_H
#define WEIR_CACHE_REDIS_ATTEMPT_H

#include <stdint.h>

#include "app/base/status.h"

struct redis_node;

/* ST_OK: it is under way, in state ASKING, FINDING or
 * LINKING; ST_UNAVAILABLE: it has
 * failed at once, see err. */
enum status redis_attempt_begin(
    struct redis_node *node, int64_t now_ms, struct error *err);

/* Goes on. ST_OK: it is in another state now, GREETING after LINKING;
 * ST_TIMEOUT: nothing to do yet; ST_UNAVAILABLE: it has failed. */
enum status redis_attempt_step(
    struct redis_node *node, int64_t now_ms, struct error *err);

/* Its time is over: the next begins with another address. */
void redis_attempt_expire(struct redis_node *node);

/* For people: what it has waited for in vain. */
void redis_attempt_missed(const struct redis_node *node, struct error *err);

#endif
