/* What the access log says of an answer. */
#ifndef WEIR_STAGES_ANSWER_LINE_H
#define WEIR_STAGES_ANSWER_LINE_H

#include <stdint.h>

#include "app/base/str.h"

struct request;

/*
 * Makes the request's log_line, in the form that the access log has, and its
 * log_fields where that takes some. path: without the query.
 */
void answer_line(
    struct request *req, struct str path, int64_t bytes, int64_t took_us);

#endif
