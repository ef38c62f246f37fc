/*
 * What the files that read a server's catalogue share. Row callbacks get a
 * struct mysql_reading; rows of one table come one after the other.
 */
#ifndef WEIR_DB_MYSQL_CATALOG_H
#define WEIR_DB_MYSQL_CATALOG_H

#include "app/base/buf.h"
#include "drivers/db/mysql_conn.h"

struct mysql_reading {
	struct db_conn *conn;
	struct arena *arena;
	int64_t deadline_ms;
	struct catalog *catalog;
	struct db_table *table; /* the list is its columns, indexes, keys */
	struct buf list;
	struct str name;        /* of the index or foreign key being read */
	struct buf columns;     /* its columns */
	struct buf ref_columns; /* and what they refer to */
};

/* A copy in the arena; STR_NULL for NULL. */
struct str mysql_text(const struct mysql_reading *r, const struct db_value *v);

/* Runs a statement without arguments; r is the context of its rows. */
enum status mysql_ask(
    struct mysql_reading *r, const char *sql, db_row_f *row, struct error *err);

/* NULL for a table that came after the tables were read. */
struct db_table *mysql_table(const struct mysql_reading *r, struct str name);

/* The column that v[0] (table) and v[1] (column) name, or NULL. */
struct column *mysql_column(
    const struct mysql_reading *r, const struct db_value *v);

/* -- mysql_columns.c ------------------------------------------------------- */

/* The columns of every table. */
enum status mysql_columns_read(struct mysql_reading *r, struct error *err);

/* What the declaration bounds, of a column whose db_type and kind are known:
 * v is its length, precision, scale, the word of its type and its
 * character set. */
void mysql_bounds_read(
    struct arena *arena, struct column *c, const struct db_value *v);

/* Sets form and, for an integer, its range. word is the type, bits how many a
 * BIT has; charset is of a text, else STR_NULL. width and is_unsigned are
 * set. */
void mysql_form(
    struct column *c, struct str word, unsigned bits, struct str charset);

/* -- mysql_indexes.c: once the columns are read ---------------------------- */

/* Indexes, the primary key among them. */
enum status mysql_indexes_read(struct mysql_reading *r, struct error *err);

/* -- mysql_keys.c: once the columns are read ------------------------------- */

/* Foreign keys; one to a table of another database is left out. */
enum status mysql_keys_read(struct mysql_reading *r, struct error *err);

#endif
