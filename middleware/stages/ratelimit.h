/* The limits as a call meets them; ratelimit.c counts it. */
#ifndef WEIR_RATELIMIT_H
#define WEIR_RATELIMIT_H

#include <stddef.h>

struct limit_hit;
struct request;

/* Those that apply to the request, unless its caller is exempt, as
 * limit_index_find() has it. None does without an app. */
size_t ratelimit_find(const struct request *req, struct limit_hit *hits);

#endif
