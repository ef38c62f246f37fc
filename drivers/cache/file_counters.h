/* The COUNT operations of a batch, and the DEL of counters; see cache.h. */
#ifndef WEIR_CACHE_FILE_COUNTERS_H
#define WEIR_CACHE_FILE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_op;
struct file_store;

/* ST_OK, or the ST_TIMEOUT or ST_UNAVAILABLE that an operation got. */
enum status file_counters_run(struct file_store *store,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms);

#endif
