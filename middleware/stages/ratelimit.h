/* The limits as a call meets them; ratelimit.c counts it. */
#ifndef WEIR_RATELIMIT_H
#define WEIR_RATELIMIT_H

#include <stddef.h>

struct limit_applied;
struct limit_choice;
struct request;

/* Those that are counted for the request, unless its caller is exempt. Without
 * an app it is none. */
void ratelimit_choose(const struct request *req, struct limit_choice *out);

/* Of a call that is explained: the i-th of them with what stands in its
 * counter. NULL: the store does not say. */
const struct limit_applied *ratelimit_looked(
    const struct request *req, size_t i);

#endif
