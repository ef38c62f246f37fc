/*
 * How often a log-in may fail (contract.md section 5): per account, and per
 * address of a client (failures.h).
 */
#ifndef WEIR_THROTTLE_H
#define WEIR_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

struct failures;
struct request;

/*
 * Worker only, each for a log-in as `account`, in any case, from the request's
 * client; STR_NULL: it is of no account, and counts for its address alone.
 * Before it: false when too many have failed; *wait is the time in
 * seconds until one may be tried again.
 */
bool throttle_allows(
    struct failures *f, struct request *req, struct str account, int64_t *wait);

/* After it. One that passed forgives its account what failed before. */
void throttle_failed(
    struct failures *f, struct request *req, struct str account);
void throttle_passed(
    struct failures *f, struct request *req, struct str account);

#endif
