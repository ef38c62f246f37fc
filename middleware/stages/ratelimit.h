/* The limits as a call meets them; ratelimit.c counts it. */
#ifndef WEIR_RATELIMIT_H
#define WEIR_RATELIMIT_H

struct limit_choice;
struct request;

/* Those that are counted for the request, unless its caller is exempt. Without
 * an app it is none. */
void ratelimit_choose(const struct request *req, struct limit_choice *out);

#endif
