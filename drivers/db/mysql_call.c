/*
 * Calls of routines. The answer is any number of result sets, then one that
 * the server marks as the OUT parameters, then nothing; an error may come
 * behind any of them. Once a call has been sent it is never sent again, and
 * the session it ran in begins anew.
 */
#include "drivers/db/mysql_conn.h"

#include <assert.h>
#include <stdlib.h>

/* SIGNAL's own, for what a routine's author made an error. */
#define SQLSTATE_OF_AUTHOR "45000"

/* A call, and the first that a taker refused. */
struct taking {
	struct db_call *call;
	enum status st;
};

/* What fails between rows the library keeps with the link (MariaDB). */
static bool
is_with_link(const struct mysql_kept *kept)
{
	return mysql_stmt_errno(kept->stmt) == 0;
}

static bool
is_of_author(struct db_conn *conn, const struct mysql_kept *kept)
{
	const char *sqlstate = is_with_link(kept)
				   ? mysql_sqlstate(conn->link)
				   : mysql_stmt_sqlstate(kept->stmt);

	return strcmp(sqlstate, SQLSTATE_OF_AUTHOR) == 0;
}

/* The words of the author of a routine are meant for who calls it. */
static enum status
call_fail(struct db_conn *conn, const struct mysql_kept *kept,
    struct db_call *call, struct error *err)
{
	bool link = is_with_link(kept);
	const char *message =
	    link ? mysql_error(conn->link) : mysql_stmt_error(kept->stmt);

	if (!is_of_author(conn, kept))
		return mysql_fail(conn,
		    link ? mysql_errno(conn->link)
			 : mysql_stmt_errno(kept->stmt),
		    message, err);
	call->refused = true;
	return error_set(err, ST_INVALID, "%s", message);
}

static enum status
set_begin(const struct mysql_kept *kept, struct taking *t)
{
	size_t n = kept->n_columns;
	struct str *names = calloc(n, sizeof(names[0]));
	enum status st;

	if (names == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		names[i] = str_make(kept->stmt->fields[i].name,
		    kept->stmt->fields[i].name_length);
	st = t->call->set(t->call->ctx, names, n);
	free(names);
	return st;
}

/* Rows that nobody takes any more are not looked at. */
static enum status
row_skip(struct db_conn *conn, struct mysql_kept *kept, bool *more,
    struct db_call *call, struct error *err)
{
	int rc = mysql_stmt_fetch(kept->stmt);

	*more = rc == 0 || rc == MYSQL_DATA_TRUNCATED;
	if (*more || rc == MYSQL_NO_DATA)
		return ST_OK;
	return call_fail(conn, kept, call, err);
}

static enum status
row_next(struct db_conn *conn, struct mysql_kept *kept, bool *more,
    struct db_call *call, struct error *err)
{
	struct error why = { .text = "" };
	enum status st = mysql_row_read(conn, kept, more, &why);

	if (st == ST_OK)
		return ST_OK;
	return is_of_author(conn, kept) ? call_fail(conn, kept, call, err)
					: error_set(err, st, "%s", why.text);
}

/* One result set; what the database says of it. */
static enum status
set_read(struct db_conn *conn, struct mysql_kept *kept, struct taking *t,
    struct error *err)
{
	struct db_call *call = t->call;
	bool is_out = (conn->link->server_status & SERVER_PS_OUT_PARAMS) != 0;
	db_row_f *row = is_out ? call->out : call->row;
	bool more = true;
	enum status st = mysql_kept_describe(conn, kept, err);

	kept->is_out = is_out;
	if (st == ST_OK && t->st == ST_OK && !is_out)
		t->st = set_begin(kept, t);
	while (st == ST_OK && more) {
		st = t->st == ST_OK ? row_next(conn, kept, &more, call, err)
				    : row_skip(conn, kept, &more, call, err);
		if (st == ST_OK && more && t->st == ST_OK)
			t->st = row(call->ctx, kept->row, kept->n_columns);
	}
	mysql_row_shrink(kept);
	return st;
}

static enum status
sets_read(struct db_conn *conn, struct mysql_kept *kept, struct taking *t,
    struct error *err)
{
	enum status st = ST_OK;
	int more;

	do {
		if (mysql_stmt_field_count(kept->stmt) > 0)
			st = set_read(conn, kept, t, err);
		if (st != ST_OK)
			return st;
		more = mysql_stmt_next_result(kept->stmt);
	} while (more == 0);
	return more < 0 ? ST_OK : call_fail(conn, kept, t->call, err);
}

static enum status
call_run(struct db_conn *conn, struct taking *t, struct error *err)
{
	struct db_call *call = t->call;
	struct mysql_kept *kept;
	enum status st = mysql_allow(conn, call->deadline_ms, err);

	if (st == ST_OK)
		st = mysql_keep(conn, call->stmt.sql, &kept, err);
	if (st == ST_OK)
		st = mysql_bind(conn, kept, &call->stmt, err);
	if (st != ST_OK)
		return st;
	call->sent = true;
	if (mysql_stmt_execute(kept->stmt) != 0)
		return call_fail(conn, kept, call, err);
	return sets_read(conn, kept, t, err);
}

static enum status
attempt(struct db_conn *conn, struct taking *t, struct error *err)
{
	enum status st = mysql_begin_question(conn, t->call->deadline_ms, err);

	if (st != ST_OK)
		return st;
	return mysql_end_question(conn, call_run(conn, t, err), err);
}

/* On a new link when the connection turns out to be dead before the call. */
static enum status
attempt_again(struct db_conn *conn, struct taking *t, struct error *err)
{
	struct error why = { .text = "" };
	enum status st = attempt(conn, t, &why);

	if (st == ST_UNAVAILABLE && conn->lost && !t->call->sent &&
	    !conn->place->config.keep_link &&
	    mysql_dial(conn, t->call->deadline_ms, err) == ST_OK)
		return attempt(conn, t, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
mysql_call(struct db_conn *conn, struct db_call *call, struct error *err)
{
	struct taking t = { .call = call };
	enum status st;

	assert(!conn->running && conn->transaction == TRANSACTION_NONE);
	call->sent = false;
	call->refused = false;
	conn->running = true;
	st = attempt_again(conn, &t, err);
	conn->running = false;
	if (call->sent && !conn->lost)
		mysql_session_reset(conn);
	return st == ST_OK ? t.st : st;
}
