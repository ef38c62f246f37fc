/*
 * A link and its session. What is told to the server here holds for all that
 * weir asks over the connection, so that nothing depends on how the server or
 * its other clients are set up.
 */
#include "drivers/db/mysql_conn.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "drivers/db/mysql_link.h"

/* Seconds that a statement waits for locks of others. */
#define LOCK_WAIT_S 5

/* The server's own limit on a statement is a backstop: coarse, so that it is
 * set but once. */
#define LIMIT_LEAST_S 16
#define LIMIT_MOST_S  86400

/*
 * STRICT_ALL_TABLES: what does not fit is an error, never cut to fit.
 * NO_AUTO_VALUE_ON_ZERO: a 0 that a client sends is a 0.
 */
#define MODES                                                                  \
	"STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"                        \
	"NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"

/* A power of two above the time that is left; 0: no limit. */
static int64_t
limit_for(int64_t deadline_ms)
{
	int64_t left_s = (deadline_ms - clock_boot_ms()) / 1000 + 2;
	int64_t limit = LIMIT_LEAST_S;

	if (left_s > LIMIT_MOST_S)
		return 0;
	while (limit < left_s)
		limit *= 2;
	return limit;
}

/* MariaDB counts seconds, MySQL milliseconds, and those of reads only. */
static void
limit_words(const struct db_conn *conn, int64_t limit_s, char words[64])
{
	if (conn->is_mariadb)
		(void)snprintf(
		    words, 64, "max_statement_time = %lld", (long long)limit_s);
	else
		(void)snprintf(words, 64, "max_execution_time = %lld",
		    (long long)limit_s * 1000);
}

enum status
mysql_allow(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	int64_t limit_s = limit_for(deadline_ms);
	char words[64], sql[80];
	enum status st;

	if (conn->limit_s == 0 || (limit_s != 0 && limit_s <= conn->limit_s))
		return ST_OK;
	limit_words(conn, limit_s, words);
	(void)snprintf(sql, sizeof(sql), "SET %s", words);
	st = mysql_say(conn, sql, err);
	if (st == ST_OK)
		conn->limit_s = limit_s;
	return st;
}

/* "5.5.5-" is what MariaDB says first to clients that do not know it. */
static void
version_read(struct db_conn *conn)
{
	const char *text = mysql_get_server_info(conn->link);
	unsigned major = 0, minor = 0, patch = 0;

	conn->is_mariadb = strstr(text, "MariaDB") != NULL;
	if (conn->is_mariadb && strncmp(text, "5.5.5-", 6) == 0)
		text += 6;
	/* NOLINTNEXTLINE(cert-err34-c): what is missing stays 0 */
	(void)sscanf(text, "%3u.%3u.%3u", &major, &minor, &patch);
	conn->version = major * 10000 + minor * 100 + patch;
}

static enum status
packet_max_read(struct db_conn *conn, struct error *err)
{
	MYSQL_RES *result;
	MYSQL_ROW row;
	enum status st = mysql_say(conn, "SELECT @@max_allowed_packet", err);

	if (st != ST_OK)
		return st;
	result = mysql_store_result(conn->link);
	if (result == NULL)
		return mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	row = mysql_fetch_row(result);
	if (row != NULL && row[0] != NULL)
		conn->packet_max = strtoull(row[0], NULL, 10);
	mysql_free_result(result);
	return ST_OK;
}

/* REPEATABLE READ: the reads of one transaction see one moment. */
static enum status
session_set(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	bool read_only = conn->place->config.read_only;
	char words[64], sql[320];
	enum status st;

	conn->limit_s = limit_for(deadline_ms);
	limit_words(conn, conn->limit_s, words);
	(void)snprintf(sql, sizeof(sql),
	    "SET sql_mode = '" MODES "', autocommit = 1, "
	    "innodb_lock_wait_timeout = %d, lock_wait_timeout = %d, %s",
	    LOCK_WAIT_S, LOCK_WAIT_S, words);
	st = mysql_say(conn, sql, err);
	if (st == ST_OK)
		st = mysql_say(conn,
		    read_only ? "SET SESSION TRANSACTION ISOLATION LEVEL "
				"REPEATABLE READ, READ ONLY"
			      : "SET SESSION TRANSACTION ISOLATION LEVEL "
				"REPEATABLE READ",
		    err);
	return st == ST_OK ? packet_max_read(conn, err) : st;
}

void
mysql_hang_up(struct db_conn *conn)
{
	if (conn->link == NULL)
		return;
	/* Else the library might wait for the rest of an answer. */
	if (conn->lost)
		socket_watch_cut(&conn->watch);
	mysql_kept_drop(conn);
	(void)socket_watch_fd(&conn->watch, -1);
	mysql_close(conn->link);
	conn->link = NULL;
}

enum status
mysql_dial(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st;

	mysql_hang_up(conn);
	conn->lost = true;
	st = mysql_link_open(conn->place, deadline_ms, &conn->link, err);
	if (st != ST_OK)
		return st;
	conn->number = mysql_thread_id(conn->link);
	if (!socket_watch_fd(&conn->watch, mysql_link_fd(conn->link)))
		return error_set(err, ST_UNAVAILABLE,
		    "no descriptor is left to watch the connection");
	conn->lost = false;
	version_read(conn);
	st = mysql_begin_question(conn, deadline_ms, err);
	if (st != ST_OK)
		return st;
	return mysql_end_question(
	    conn, session_set(conn, deadline_ms, err), err);
}
