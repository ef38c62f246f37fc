/*
 * A question is whatever goes to the server and waits for its answer: it has a
 * deadline, the watchdog looks at it, and how it ends decides what becomes of
 * the connection.
 */
#include "drivers/db/mysql_conn.h"

#include "drivers/db/mysql_error.h"
#include "drivers/db/mysql_helper.h"
#include "drivers/db/mysql_link.h"

static enum status
time_over(const struct db_conn *conn, struct error *err)
{
	return error_set(err, ST_TIMEOUT, "%s",
	    atomic_load(&conn->watch.interrupted)
		? "the statement was interrupted"
		: "the statement took too long");
}

enum status
mysql_begin_question(
    struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	if (atomic_load(&conn->watch.interrupted))
		return time_over(conn, err);
	if (conn->lost)
		return error_set(err, ST_UNAVAILABLE,
		    "the connection to the database was lost");
	mysql_library_use();
	return socket_watch_begin(&conn->watch, deadline_ms)
		   ? ST_OK
		   : time_over(conn, err);
}

void
mysql_give_up(struct db_conn *conn)
{
	conn->lost = true;
	if (conn->transaction == TRANSACTION_OPEN)
		conn->transaction = TRANSACTION_ENDED;
	socket_watch_cut(&conn->watch);
}

enum status
mysql_end_question(struct db_conn *conn, enum status st, struct error *err)
{
	if (socket_watch_end(&conn->watch))
		return st;
	mysql_give_up(conn);
	mysql_link_kill(conn->place, conn->number);
	if (st != ST_UNAVAILABLE)
		return st;
	if (err != NULL)
		err->text[0] = '\0';
	return time_over(conn, err);
}

enum status
mysql_fail(
    struct db_conn *conn, unsigned code, const char *message, struct error *err)
{
	/* The library fails without a number when a link is lost halfway. */
	if (code == 0)
		code = CR_SERVER_LOST;
	if (mysql_error_is_lost(code))
		mysql_give_up(conn);
	else if (mysql_error_ends_transaction(code) &&
		 conn->transaction == TRANSACTION_OPEN)
		conn->transaction = TRANSACTION_ENDED;
	return mysql_error_set(code, message, err);
}

enum status
mysql_say(struct db_conn *conn, const char *sql, struct error *err)
{
	if (mysql_real_query(conn->link, sql, (unsigned long)strlen(sql)) == 0)
		return ST_OK;
	return mysql_fail(
	    conn, mysql_errno(conn->link), mysql_error(conn->link), err);
}

enum status
mysql_order(struct db_conn *conn, const char *sql, int64_t deadline_ms,
    struct error *err)
{
	enum status st = mysql_begin_question(conn, deadline_ms, err);

	if (st != ST_OK)
		return st;
	return mysql_end_question(conn, mysql_say(conn, sql, err), err);
}
