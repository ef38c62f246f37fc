/* Counts an answer for /metrics. */
#ifndef WEIR_STAGES_ANSWER_COUNT_H
#define WEIR_STAGES_ANSWER_COUNT_H

#include <stdint.h>

struct request;

/* Once, when it is complete: bytes of its body, and what it took. Nothing
 * where METRICS is off. */
void answer_count(const struct request *req, int64_t bytes, int64_t took_us);

#endif
