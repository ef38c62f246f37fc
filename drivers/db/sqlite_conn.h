/*
 * What the files of the sqlite driver share: the connection, its cache of
 * prepared statements, and the translation of values and errors.
 */
#ifndef WEIR_DB_SQLITE_CONN_H
#define WEIR_DB_SQLITE_CONN_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/db/catalog.h"
#include "drivers/db/db.h"
#include "drivers/db/stmt_cache.h"

struct arena;

/* A prepared statement that is kept, with room for one row of it. */
struct sqlite_kept {
	sqlite3_stmt *stmt;
	int prepared; /* times SQLite prepared it anew */
	size_t n_columns;
	enum column_kind *kinds; /* as the result's columns are declared */
	struct db_value *row;
};

struct db_conn {
	sqlite3 *db;
	int64_t deadline_ms;         /* of what is running */
	int64_t lock_until_ms;       /* when to stop waiting for a lock; 0: it
				      * was free so far */
	int64_t transaction_ends_ms; /* deadline given to begin() */
	bool in_transaction;
	bool running;
	atomic_bool interrupted;
	struct stmt_cache cache; /* of struct sqlite_kept */
};

/* Sets err to SQLite's own sentence; returns the status that rc means. */
enum status sqlite_fail(struct db_conn *conn, int rc, struct error *err);

/*
 * The statement of that text, prepared or taken from the cache, reset and
 * without bindings. It belongs to the cache.
 */
enum status sqlite_keep(struct db_conn *conn, struct str sql,
    struct sqlite_kept **out, struct error *err);

/* Brings kinds and row up to date; call when the first row has arrived. */
void sqlite_kept_describe(struct sqlite_kept *kept);

/* Ends a kept statement: close of the cache. */
void sqlite_kept_close(void *kept);

/* How values of a column declared so go in and out. */
enum column_kind sqlite_kind(struct str declared);

/* How many significant digits a number in such a column keeps, 0: all. */
unsigned sqlite_digits(struct str declared);

/* Reads the current row into kept->row; valid until the next step. */
void sqlite_row_read(struct sqlite_kept *kept);

/* Binds args to the statement; they must live until it is reset. */
enum status sqlite_bind(struct db_conn *conn, sqlite3_stmt *stmt,
    const struct db_stmt *args, struct error *err);

/* Lets the deadline and interrupt() reach what the connection does. */
void sqlite_watch(struct db_conn *conn);

/* Says until when the next calls may run and wait for locks. */
void sqlite_allow(struct db_conn *conn, int64_t deadline_ms);

/* When to stop waiting for a lock, which begins now if it has not yet. */
int64_t sqlite_lock_until(struct db_conn *conn);

/* run and catalog of struct db_driver. */
enum status sqlite_run(struct db_conn *conn, const struct db_stmt *stmt,
    int64_t deadline_ms, db_row_f *row, void *ctx, struct db_result *result,
    struct error *err);
enum status sqlite_catalog(struct db_conn *conn, struct arena *arena,
    int64_t deadline_ms, struct catalog *out, struct error *err);

/* Runs a statement without arguments or rows, within the last allowance. */
enum status sqlite_exec(
    struct db_conn *conn, const char *sql, struct error *err);

#endif
