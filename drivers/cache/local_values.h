/* The operations of cache.h upon values, within a transaction. */
#ifndef WEIR_CACHE_LOCAL_VALUES_H
#define WEIR_CACHE_LOCAL_VALUES_H

#include <stddef.h>

#include "drivers/cache/local_entry.h"

struct cache_op;

/*
 * Runs one operation (not COUNT) and sets its status and outputs. Returns 0,
 * or LMDB's error, after which the transaction must be aborted. GET is content
 * with a read transaction.
 */
int values_run(const struct values *v, struct cache_op *op);

/* Pages that running the operation may take, generously. */
size_t values_pages(const struct local_store *store, const struct cache_op *op);

/* Pages in use, and the number of entries. Returns 0 or LMDB's error. */
int values_used(const struct values *v, size_t *pages, size_t *entries);

#endif
