/* GET operations, many in one statement. */
#ifndef WEIR_CACHE_DATABASE_READ_H
#define WEIR_CACHE_DATABASE_READ_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/db/db.h"

struct cache_conn;
struct cache_op;
struct database_item;

/* Reads all of items, which are in their order (database_item_order()). Each
 * op has its status when ST_OK is returned, as run() of db.h otherwise. */
enum status database_read(struct cache_conn *conn, struct database_item *items,
    size_t n, int64_t deadline_ms);

/* Gives an operation the name and value of a row; they are another's when the
 * names differ. */
void database_take(struct cache_op *op, const struct db_value *name,
    const struct db_value *value);

#endif
