/* Within the mysql driver: what the files that change a schema share. */
#ifndef WEIR_DB_MYSQL_RESHAPE_H
#define WEIR_DB_MYSQL_RESHAPE_H

#include "app/base/buf.h"
#include "drivers/db/mysql_conn.h"
#include "drivers/db/reshape.h"

struct reshaping {
	struct db_conn *conn;
	struct arena *arena;
	int64_t deadline_ms;
	bool unsupported; /* see struct reshape_result */
};

/* reshape of struct db_driver. */
enum status mysql_reshape(struct db_conn *conn, const struct reshape *order,
    struct reshape_result *result, struct error *err);

/* -- mysql_column.c: columns in the server's words ------------------------- */

/* As in CREATE TABLE and ADD COLUMN. */
void mysql_put_column(struct buf *out, const struct reshape_column *c);

/* The type alone. */
void mysql_put_type(struct buf *out, const struct reshape_column *c);

/* -- mysql_modify.c -------------------------------------------------------- */

/*
 * MODIFY COLUMN with all that the column is and is not to become: what is not
 * said again is lost. ST_INVALID, and unsupported: it is more than can be said
 * here.
 */
enum status mysql_put_modify(struct reshaping *r, struct buf *out,
    const struct db_table *table, const struct reshape_change *change,
    struct error *err);

#endif
