/*
 * The system database of another platform, read as texts: what a version of it
 * does not have, a table or a column, is simply not there.
 */
#ifndef WEIR_IMPORT_SOURCE_H
#define WEIR_IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/db/catalog.h"

struct arena;
struct db_conn;
struct db_driver;

#define SOURCE_ROWS_MAX    200000  /* of a table */
#define SOURCE_TEXT_MAX    1048576 /* bytes of a value */
#define SOURCE_COLUMNS_MAX 24

struct source {
	const struct db_driver *driver;
	struct db_conn *conn; /* NULL: not open */
	struct arena *arena;  /* of all that is read */
	struct catalog catalog;
};

/*
 * Opens "sqlite:FILE", or "mysql:" and members as a DSN of PDO has them, with
 * ";" between them: host, port, unix_socket, dbname, user; the password comes
 * apart, or is NULL. All that follows is as of one moment. ST_INVALID: the
 * text makes no sense; ST_MISSING: no such file.
 */
enum status source_open(struct source *out, struct arena *arena,
    struct str from, const char *password, struct error *err);
void source_close(struct source *s);

bool source_has(const struct source *s, const char *table);

/* Rows of a table: n of them, with `columns` texts each; STR_NULL is NULL. */
struct source_rows {
	struct str *cells;
	size_t n;
	size_t columns;
};

/* The columns have blanks between their names, and the rows come in the order
 * of the first of them. No rows where there is no such table. */
enum status source_read(struct source *s, const char *table,
    const char *columns, struct source_rows *out, struct error *err);

/* ST_OK and 0 where there is no such table. */
enum status source_count(
    struct source *s, const char *table, int64_t *n, struct error *err);

static inline struct str *
source_row(const struct source_rows *rows, size_t i)
{
	return rows->cells + i * rows->columns;
}

/* 0 for what is no number. */
int64_t source_number(struct str cell);

#endif
