/*
 * Running a statement. One that is known to be a read, outside a transaction,
 * is run again on a new link when its connection turns out to be dead and no
 * row has come, where the config allows it (keep_link); anything else is never
 * sent twice.
 */
#include "drivers/db/mysql_conn.h"

#include <assert.h>

#include "drivers/db/mysql_link.h"

/* Rows that nobody wants any more, read so that the connection can be kept. */
#define DRAIN_MAX 1000

struct asking {
	const struct db_stmt *stmt;
	int64_t deadline_ms;
	db_row_f *row;
	void *ctx;
	struct db_result *result;
	bool any_row; /* row has been called */
};

/* Reads on for a while; a long rest costs the connection instead, and is ended
 * at the server, which may not notice that nobody reads it. */
static void
rest_drain(struct db_conn *conn, struct mysql_kept *kept)
{
	for (int i = 0; i < DRAIN_MAX; i++) {
		int rc = mysql_stmt_fetch(kept->stmt);

		if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
			return;
	}
	mysql_give_up(conn);
	mysql_link_kill(conn->place, conn->number);
}

static enum status
rows_push(struct db_conn *conn, struct mysql_kept *kept, struct asking *a,
    struct error *err)
{
	enum status st = mysql_kept_describe(conn, kept, err);
	bool more = false;

	while (st == ST_OK) {
		st = mysql_row_read(conn, kept, &more, err);
		if (st != ST_OK || !more)
			break;
		if (a->row == NULL)
			continue;
		a->any_row = true;
		st = a->row(a->ctx, kept->row, kept->n_columns);
	}
	if (st != ST_OK && more && !conn->lost)
		rest_drain(conn, kept);
	mysql_row_shrink(kept);
	return st;
}

static void
result_read(struct mysql_kept *kept, struct db_result *result)
{
	unsigned long long changed = mysql_stmt_affected_rows(kept->stmt);

	/* All ones when there were rows to fetch: nothing was written. */
	result->changed = changed == ~0ULL ? 0 : (int64_t)changed;
	result->last_id = (int64_t)mysql_stmt_insert_id(kept->stmt);
}

static bool
is_read(struct str sql)
{
	return sql.n > 7 && str_eq_nocase(str_make(sql.p, 6), STR("SELECT")) &&
	       (sql.p[6] == ' ' || sql.p[6] == '\n' || sql.p[6] == '\t');
}

/* The statement is not what the server or the library has of it any more. The
 * last number comes behind the execution: then only a read may be repeated. */
static bool
must_prepare_again(unsigned code, struct str sql)
{
	return code == ER_UNKNOWN_STMT_HANDLER || code == ER_NEED_REPREPARE ||
	       code == CR_NO_PREPARE_STMT ||
	       (code == MYSQL_NEW_METADATA && is_read(sql));
}

static enum status
kept_execute(struct db_conn *conn, const struct db_stmt *stmt, bool again,
    struct mysql_kept **kept, struct error *err)
{
	enum status st = mysql_keep(conn, stmt->sql, kept, err);
	unsigned code;

	if (st == ST_OK)
		st = mysql_bind(conn, *kept, stmt, err);
	if (st != ST_OK || mysql_stmt_execute((*kept)->stmt) == 0)
		return st;
	code = mysql_stmt_errno((*kept)->stmt);
	if (!again && must_prepare_again(code, stmt->sql)) {
		stmt_cache_drop(&conn->cache, stmt->sql);
		return kept_execute(conn, stmt, true, kept, err);
	}
	return mysql_fail(conn, code, mysql_stmt_error((*kept)->stmt), err);
}

static enum status
kept_run(struct db_conn *conn, struct asking *a, struct error *err)
{
	struct mysql_kept *kept;
	enum status st = mysql_allow(conn,
	    conn->last_ms > a->deadline_ms ? conn->last_ms : a->deadline_ms,
	    err);

	if (st == ST_OK)
		st = kept_execute(conn, a->stmt, false, &kept, err);
	if (st != ST_OK)
		return st;
	if (mysql_stmt_field_count(kept->stmt) > 0)
		st = rows_push(conn, kept, a, err);
	if (st == ST_OK && a->result != NULL)
		result_read(kept, a->result);
	(void)mysql_stmt_free_result(kept->stmt); /* all of it has been read */
	return st;
}

/* The server may have ended it by itself. */
static void
transaction_look(struct db_conn *conn)
{
	if (conn->transaction == TRANSACTION_OPEN && !conn->lost &&
	    (conn->link->server_status & SERVER_STATUS_IN_TRANS) == 0)
		conn->transaction = TRANSACTION_ENDED;
}

static enum status
attempt(struct db_conn *conn, struct asking *a, struct error *err)
{
	enum status st = mysql_begin_question(conn, a->deadline_ms, err);

	if (st != ST_OK)
		return st;
	st = mysql_end_question(conn, kept_run(conn, a, err), err);
	if (st == ST_OK)
		transaction_look(conn);
	return st;
}

static enum status
run_outside(struct db_conn *conn, struct asking *a, struct error *err)
{
	struct error why = { .text = "" };
	enum status st = attempt(conn, a, &why);

	if (st == ST_UNAVAILABLE && conn->lost && !a->any_row &&
	    !conn->place->config.keep_link && is_read(a->stmt->sql) &&
	    mysql_dial(conn, a->deadline_ms, err) == ST_OK)
		return attempt(conn, a, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
mysql_run(struct db_conn *conn, const struct db_stmt *stmt, int64_t deadline_ms,
    db_row_f *row, void *ctx, struct db_result *result, struct error *err)
{
	struct asking a = { .stmt = stmt,
		.deadline_ms = deadline_ms,
		.row = row,
		.ctx = ctx,
		.result = result };
	enum status st;

	assert(!conn->running);
	if (result != NULL)
		*result = (struct db_result){ 0 };
	if (conn->transaction == TRANSACTION_ENDED)
		return error_set(err, ST_ERROR,
		    "the transaction has been rolled back already");
	conn->running = true;
	st = conn->transaction == TRANSACTION_OPEN ? attempt(conn, &a, err)
						   : run_outside(conn, &a, err);
	conn->running = false;
	conn->last_ms = 0;
	return st;
}
