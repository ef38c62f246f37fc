/* Requests that more limits apply to than can be counted together: what becomes
 * of them, and what the log says of it. */
#ifndef WEIR_LIMIT_CROWD_H
#define WEIR_LIMIT_CROWD_H

#include <stdbool.h>

#include "app/base/log_pause.h"

struct limit_choice;
struct request;

/* All zero: none was seen yet. */
struct limit_crowd {
	struct log_pause left_out, refused;
};

/*
 * Of a request with limits that are not counted. True: those count only, so it
 * goes on without. False: they may refuse, so the response is complete, a 503.
 * The log names them at most once a minute. Any thread.
 */
bool limit_crowd_passes(struct limit_crowd *crowd, struct request *req,
    const struct limit_choice *choice);

#endif
