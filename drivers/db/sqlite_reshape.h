/* Within the sqlite driver: what the steps of a change of the schema share. */
#ifndef WEIR_DB_SQLITE_RESHAPE_H
#define WEIR_DB_SQLITE_RESHAPE_H

#include "app/base/buf.h"
#include "drivers/db/reshape.h"
#include "drivers/db/sqlite_conn.h"

struct reshaping {
	struct db_conn *conn;
	struct arena *arena;
	int64_t deadline_ms;
	bool unsupported; /* see struct reshape_result */
};

/* reshape of struct db_driver. */
enum status sqlite_reshape(struct db_conn *conn, const struct reshape *order,
    struct reshape_result *result, struct error *err);

/* Runs a statement that is made for this once. What SQLite does not understand
 * of it is the client's to mend: ST_INVALID. */
enum status sqlite_say(
    struct reshaping *r, const struct buf *sql, struct error *err);

/* One number; `name` is bound to ?1 when there is one. */
enum status sqlite_number(struct reshaping *r, struct str sql, struct str name,
    int64_t *out, struct error *err);

/*
 * The table made anew in its new form, in the transaction that is open, with
 * foreign keys off: its rows with their rowids, its indexes and triggers, and
 * what its keys count up from.
 */
enum status sqlite_rebuild(
    struct reshaping *r, const struct reshape_alter *alter, struct error *err);

/* -- sqlite_probe.c -------------------------------------------------------- */

/* Which views and triggers work: one bit each, in a lasting order. */
struct sqlite_probe {
	bool *works;
	size_t n;
};

enum status sqlite_probe_take(
    struct reshaping *r, struct sqlite_probe *out, struct error *err);

/* ST_INVALID with SQLite's sentence: one of them did before, and does not now.
 */
enum status sqlite_probe_compare(
    struct reshaping *r, const struct sqlite_probe *before, struct error *err);

#endif
