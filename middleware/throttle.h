/*
 * How often a log-in may fail (contract.md section 5): per account, and per
 * address of a client. Counted in a local store, which all processes of the
 * host share; where there can be none, in this process.
 */
#ifndef WEIR_THROTTLE_H
#define WEIR_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

struct request;
struct settings;
struct store_table;
struct throttle;

/* Opens nothing before a log-in has failed. The settings and the table are
 * borrowed until throttle_free(). */
struct throttle *throttle_new(
    const struct settings *settings, struct store_table *stores);
void throttle_free(struct throttle *t);

/*
 * Worker only, each for a log-in as `account`, in any case, from the request's
 * client; STR_NULL: it is of no account, and counts for its address alone.
 * Before it: false when too many have failed; *wait is the time in
 * seconds until one may be tried again.
 */
bool throttle_allows(
    struct throttle *t, struct request *req, struct str account, int64_t *wait);

/* After it. One that passed forgives its account what failed before. */
void throttle_failed(
    struct throttle *t, struct request *req, struct str account);
void throttle_passed(
    struct throttle *t, struct request *req, struct str account);

#endif
