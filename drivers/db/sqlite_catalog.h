/*
 * What the files that read a database's catalogue share. Row callbacks get a
 * struct sqlite_reading; the statement is about one table.
 */
#ifndef WEIR_DB_SQLITE_CATALOG_H
#define WEIR_DB_SQLITE_CATALOG_H

#include "app/base/buf.h"
#include "drivers/db/sqlite_conn.h"

/* Lists grow as bytes of a buf in the arena. */
struct sqlite_reading {
	struct db_conn *conn;
	struct arena *arena;
	int64_t deadline_ms;
	struct catalog *catalog;
	struct buf list;        /* of what the running statement gives */
	struct buf columns;     /* names of the index or foreign key */
	struct buf ref_columns; /* and what they refer to */
};

/* A copy in the arena; STR_NULL for what is no text. */
struct str sqlite_text(
    const struct sqlite_reading *r, const struct db_value *v);

/* Runs a statement with one text argument, or none for STR_NULL; r is the
 * context of its rows. */
enum status sqlite_ask(struct sqlite_reading *r, struct str sql, struct str arg,
    db_row_f *row, struct error *err);

/* Fills in what the column's db_type bounds. */
void sqlite_bounds(struct column *c);

/* -- sqlite_keys.c: of a table whose columns are read ---------------------- */

enum status sqlite_indexes_read(
    struct sqlite_reading *r, struct db_table *t, struct error *err);
enum status sqlite_keys_read(
    struct sqlite_reading *r, struct db_table *t, struct error *err);

#endif
