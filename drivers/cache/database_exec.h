/* exec of the database driver: a batch in as few questions as it takes. */
#ifndef WEIR_CACHE_DATABASE_EXEC_H
#define WEIR_CACHE_DATABASE_EXEC_H

#include "drivers/cache/cache.h"

enum status database_exec(struct cache_conn *conn, struct cache_op *const *ops,
    size_t n, int64_t deadline_ms);

#endif
