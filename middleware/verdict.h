/* The names of what the stages said of a request (request.h): in the access
 * log, and where it is counted. */
#ifndef WEIR_VERDICT_H
#define WEIR_VERDICT_H

#include "middleware/request.h"

#define CACHE_VERDICTS ((size_t)CACHE_VERDICT_OLD + 1)
#define LIMIT_VERDICTS ((size_t)LIMIT_VERDICT_DENIED + 1)

/* "hit", "dry_run" */
struct str cache_verdict_name(enum cache_verdict v);
struct str limit_verdict_name(enum limit_verdict v);

#endif
