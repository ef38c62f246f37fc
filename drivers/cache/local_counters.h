/* The COUNT operations of a batch, their groups included; see cache.h. */
#ifndef WEIR_CACHE_LOCAL_COUNTERS_H
#define WEIR_CACHE_LOCAL_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_op;
struct local_state;

/*
 * Runs the operations of a batch that concern counters. Waits for nobody while
 * windows are open; beginning a window may wait, until deadline_ms, for others
 * that begin one (some stores to memory). ST_OK, or the ST_TIMEOUT or
 * ST_UNAVAILABLE that an operation got.
 */
enum status local_counters_run(struct local_state *state,
    struct cache_op *const *ops, size_t n, int64_t now_ms, int64_t deadline_ms);

#endif
