/*
 * The keys of a space, a page at a time, in the order of their digests: so the
 * last digest is the cursor, and what is written meanwhile moves nothing.
 */
#ifndef WEIR_CACHE_FILE_LIST_H
#define WEIR_CACHE_FILE_LIST_H

#include <stdint.h>

#include "drivers/cache/cache.h"

struct file_store;

/* As list of cache_driver. A page may come out short of its limit: only so
 * many files are looked at for one. */
enum status file_list(struct file_store *store, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err);

#endif
