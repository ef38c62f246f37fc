/*
 * What becomes of rate limits while their store does not answer, or is full:
 * LIMIT_ON_ERROR rules. The log tells once when and how the store is lost, and
 * once when it is back how many calls that was about; the access log tells it
 * of each call.
 */
#ifndef WEIR_LIMIT_TROUBLE_H
#define WEIR_LIMIT_TROUBLE_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/settings.h"

struct cache_op;
struct limit_trouble;
struct request;

/* The store is back when it has failed nobody for so long. */
#define LIMIT_TROUBLE_CALM_MS 1000

struct limit_trouble *limit_trouble_new(void);
void limit_trouble_free(struct limit_trouble *t);

/*
 * Any thread, of a call whose n COUNT operations the store has not done.
 * ON_ERROR_LOCAL: they have been counted in this process, decide by them;
 * ON_ERROR_ALLOW: it may go on; ON_ERROR_DENY: the response is complete, a 503.
 * now_ms: clock_boot_ms().
 */
enum on_error limit_trouble_rule(struct limit_trouble *t, struct request *req,
    struct cache_op *const *ops, size_t n, int64_t now_ms);

/* Any thread: the store has answered a call; costs a read of memory. */
void limit_trouble_over(struct limit_trouble *t, int64_t now_ms);

#endif
