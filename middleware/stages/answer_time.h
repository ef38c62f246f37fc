/* What an answer took, for those who look for what is slow. */
#ifndef WEIR_STAGES_ANSWER_TIME_H
#define WEIR_STAGES_ANSWER_TIME_H

#include <stdint.h>

#include "app/base/str.h"

struct request;

/* Server-Timing (www.w3.org/TR/server-timing), to administrators: others could
 * learn from it what is in the cache. Not in what shared caches keep. */
void answer_time_header(struct request *req);

/* A line of the log when it took as long as SLOW_REQUEST says; path: without
 * the query. */
void answer_time_log(
    const struct request *req, struct str path, int64_t took_us);

#endif
