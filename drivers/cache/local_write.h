/*
 * Everything that changes the values of a local store: batches of operations,
 * and the upkeep. One process writes at a time; the wait is bounded here,
 * since LMDB's own is not, and LMDB's lock is then always free. What follows
 * is work in memory and in the page cache: no disk is waited for, unless the
 * kernel holds up all who write to that device.
 *
 * All of this returns ST_STALE when this life of the store has been ended, by
 * somebody else or in here because it cannot go on: open the store anew.
 */
#ifndef WEIR_CACHE_LOCAL_WRITE_H
#define WEIR_CACHE_LOCAL_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_op;
struct local_store;

/*
 * Runs the operations that concern values, in order. They take effect
 * together, unless they need more than an eighth of the store: then as many
 * together as fit. ST_OK: each has its status; else ST_TIMEOUT (nothing was
 * done), ST_STALE or ST_UNAVAILABLE.
 */
enum status local_write_run(struct local_store *store,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms);

/* Once a second by one process: dead readers, expired entries, eviction. */
enum status local_write_upkeep(struct local_store *store, int64_t deadline_ms);

#endif
