/*
 * What the files of the mysql driver share: the connection, its cache of
 * prepared statements, and the translation of values and errors.
 */
#ifndef WEIR_DB_MYSQL_CONN_H
#define WEIR_DB_MYSQL_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/socket_watch.h"
#include "drivers/db/catalog.h"
#include "drivers/db/db.h"
#include "drivers/db/mysql_lib.h"
#include "drivers/db/mysql_place.h"
#include "drivers/db/stmt_cache.h"

struct arena;
struct buf;

#define MYSQL_WHO_BYTES 33

struct mysql_column;

/* A prepared statement that is kept, with room for one row of it. */
struct mysql_kept {
	MYSQL_STMT *stmt;
	MYSQL_BIND *args;
	size_t n_args;
	/* The row is the OUT parameters of a call: a BIT stands there in
	 * decimal digits, though the server says BIT of it. */
	bool is_out;
	size_t n_columns;
	struct mysql_column *columns; /* as the result was described last */
	MYSQL_BIND *binds;            /* of them */
	struct db_value *row;
};

enum transaction {
	TRANSACTION_NONE,
	TRANSACTION_OPEN,
	TRANSACTION_ENDED /* by the server: nothing runs until rollback() */
};

struct db_conn {
	struct mysql_place *place;
	struct socket_watch watch;
	MYSQL *link;          /* NULL: lost, and no other could be had */
	unsigned long number; /* by which the server knows it */
	bool lost;            /* nothing can be asked any more */
	bool is_mariadb;      /* else MySQL */
	unsigned version;     /* 101106 is 10.11.6 */
	int64_t asked;        /* how often for versions */
	uint64_t packet_max;  /* most bytes that the server takes at once */
	int64_t limit_s;      /* the server's own on a statement, 0: none */
	int64_t last_ms;      /* of may_last(), until a statement has run */
	char who[MYSQL_WHO_BYTES]; /* a digest of user and role, as text */
	enum transaction transaction;
	int64_t transaction_ends_ms; /* deadline given to begin() */
	bool running;
	struct stmt_cache cache; /* of struct mysql_kept */
};

/* What a column of that declared type is. */
enum column_kind mysql_kind(struct str type);

/* run of struct db_driver. */
enum status mysql_run(struct db_conn *conn, const struct db_stmt *stmt,
    int64_t deadline_ms, db_row_f *row, void *ctx, struct db_result *result,
    struct error *err);

/* call and routines of struct db_driver. */
enum status mysql_call(
    struct db_conn *conn, struct db_call *call, struct error *err);
enum status mysql_routines(struct db_conn *conn,
    const struct routine_order *order, struct routines *out, struct error *err);

/* behind of struct db_driver. */
enum status mysql_behind(struct db_conn *conn, int64_t deadline_ms,
    int64_t *seconds, struct error *err);

/* catalog, identity and versions of struct db_driver; they ask mysql_run(). */
enum status mysql_catalog(struct db_conn *conn, struct arena *arena,
    int64_t deadline_ms, struct catalog *out, struct error *err);
enum status mysql_identity(
    struct db_conn *conn, struct buf *out, struct error *err);
enum status mysql_versions(
    struct db_conn *conn, int64_t *schema, int64_t *data, struct error *err);

/* -- mysql_session.c: a link and what its session is told ------------------ */

/* Gives the connection a link, a new one if it has one. */
enum status mysql_dial(
    struct db_conn *conn, int64_t deadline_ms, struct error *err);

/* Ends the link; the statements kept go with it. */
void mysql_hang_up(struct db_conn *conn);

/*
 * Makes the session what it was when it was dialled, whatever was told to it
 * since; the statements kept go with it. A connection of which that cannot be
 * said within a second is lost.
 */
void mysql_session_reset(struct db_conn *conn);

/* Lets the server run a statement until then, and not for ever. */
enum status mysql_allow(
    struct db_conn *conn, int64_t deadline_ms, struct error *err);

/* -- mysql_order.c: time and errors of whatever is asked ------------------- */

/* Before a question; ST_TIMEOUT when there is no time left for it. */
enum status mysql_begin_question(
    struct db_conn *conn, int64_t deadline_ms, struct error *err);

/*
 * After it, with what came of it: a connection that the watchdog has cut is
 * lost, and what failed for that is a time-out. What may still run on the
 * server is ended there.
 */
enum status mysql_end_question(
    struct db_conn *conn, enum status st, struct error *err);

/* What an error of the library means, for the connection as well. */
enum status mysql_fail(struct db_conn *conn, unsigned code, const char *message,
    struct error *err);

/* Asks a text without arguments and rows, within an open question. */
enum status mysql_say(struct db_conn *conn, const char *sql, struct error *err);

/* The same with a question of its own. */
enum status mysql_order(struct db_conn *conn, const char *sql,
    int64_t deadline_ms, struct error *err);

/* The connection is of no use any more, whatever comes. */
void mysql_give_up(struct db_conn *conn);

/* -- mysql_stmt.c: prepared statements ------------------------------------- */

/* The statement of that text, prepared or taken from the cache. It belongs to
 * the cache. Within an open question. */
enum status mysql_keep(struct db_conn *conn, struct str sql,
    struct mysql_kept **out, struct error *err);

/* Ends a kept statement: close of the cache. */
void mysql_kept_close(void *kept);

/* -- mysql_bind.c: values in ------------------------------------------------
 */

/* Binds args to the statement; they must live until it has run. */
enum status mysql_bind(struct db_conn *conn, struct mysql_kept *kept,
    const struct db_stmt *args, struct error *err);

/* -- mysql_row.c: values out ------------------------------------------------
 */

/* Brings columns and row up to date, after each execution. */
enum status mysql_kept_describe(
    struct db_conn *conn, struct mysql_kept *kept, struct error *err);

/* Fetches the next row into kept->row, valid until the next call; *more is
 * false behind the last one. */
enum status mysql_row_read(struct db_conn *conn, struct mysql_kept *kept,
    bool *more, struct error *err);

/* Gives back what big values took. */
void mysql_row_shrink(struct mysql_kept *kept);

void mysql_columns_free(struct mysql_kept *kept);

#endif
