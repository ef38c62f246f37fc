/* Deletes all values of a space of a local store, a few at a time. */
#ifndef WEIR_CACHE_LOCAL_FLUSH_H
#define WEIR_CACHE_LOCAL_FLUSH_H

#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_space;

/*
 * The driver's flush(), see cache.h. Others write between its transactions.
 * ST_TIMEOUT: some values were deleted, and some not.
 */
enum status local_flush(struct cache_conn *conn,
    const struct cache_space *space, int64_t deadline_ms, struct error *err);

#endif
