/*
 * Room in a full store: the values written longest ago go, except those that
 * were read since eviction last came by. Entries are taken shard after shard,
 * a sample at a time, so this is about right and never exact.
 */
#ifndef WEIR_CACHE_FILE_EVICT_H
#define WEIR_CACHE_FILE_EVICT_H

#include <stddef.h>
#include <stdint.h>

struct file_store;

/*
 * Evicts until a file of so many bytes has room within the limit, and a little
 * more. Gives up at deadline_ms, and when nothing is left; then the caller's
 * value exceeds the limit.
 */
void file_evict_for(
    struct file_store *store, size_t length, int64_t deadline_ms);

/* The same ahead of need, for the upkeep. */
void file_evict_ahead(struct file_store *store, int64_t deadline_ms);

#endif
