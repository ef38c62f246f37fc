/* What a batch asks of counters, its groups included; see cache.h. */
#ifndef WEIR_CACHE_LOCAL_COUNTERS_H
#define WEIR_CACHE_LOCAL_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_op;
struct local_state;

/*
 * Runs the operations of a batch that concern counters. Fixed ones wait for
 * nobody while their windows are open; beginning one may wait, until
 * deadline_ms, for others that begin one (some stores to memory), and counting
 * upon a wide one for others at the same (local_group.h). ST_OK, or the
 * ST_TIMEOUT or ST_UNAVAILABLE that an operation got.
 */
enum status local_counters_run(struct local_state *state,
    struct cache_op *const *ops, size_t n, int64_t now_ms, int64_t deadline_ms);

#endif
