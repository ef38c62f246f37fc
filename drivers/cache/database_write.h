/* The operations of a batch that write, and those reads that follow a write to
 * their key: in one transaction, in the order of their ids, so that batches of
 * several hosts wait for each other in one direction. */
#ifndef WEIR_CACHE_DATABASE_WRITE_H
#define WEIR_CACHE_DATABASE_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct database_item;

/* items are in their order. Each op has its status when ST_OK is returned; as
 * run() of db.h otherwise, and nothing was done then for certain. */
enum status database_write(struct cache_conn *conn,
    const struct database_item *items, size_t n, int64_t deadline_ms);

#endif
