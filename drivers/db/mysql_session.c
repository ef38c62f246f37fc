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

/* For a new start of a session. */
#define RESET_MS 1000

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

#define SQL_ASK(who) "SELECT @@max_allowed_packet, MD5(" who ")"

/* MySQL has roles since 8.0. */
static const char *
asking_of(const struct db_conn *conn)
{
	return conn->is_mariadb || conn->version >= 80000
		   ? SQL_ASK("CONCAT_WS('\n', CURRENT_USER(), CURRENT_ROLE())")
		   : SQL_ASK("CURRENT_USER()");
}

/* What the server takes at most, and whom it takes us for. */
static enum status
session_ask(struct db_conn *conn, char who[MYSQL_WHO_BYTES], struct error *err)
{
	MYSQL_RES *result;
	MYSQL_ROW row;
	enum status st = mysql_say(conn, asking_of(conn), err);

	if (st != ST_OK)
		return st;
	result = mysql_store_result(conn->link);
	if (result == NULL)
		return mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	row = mysql_fetch_row(result);
	if (row != NULL && row[0] != NULL)
		conn->packet_max = strtoull(row[0], NULL, 10);
	(void)snprintf(who, MYSQL_WHO_BYTES, "%s",
	    row == NULL || row[1] == NULL ? "" : row[1]);
	mysql_free_result(result);
	return ST_OK;
}

#define ZONE_CHARS                                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"       \
	"+-:/_"
#define ZONE_MAX 64

/* Without one the session has the server's, as its other clients have it: what
 * they mean by a moment that they have written must not change here. */
static enum status
zone_set(struct db_conn *conn, struct error *err)
{
	const char *zone = conn->place->config.timezone;
	char sql[ZONE_MAX + 32];

	if (zone == NULL)
		return ST_OK;
	if (strlen(zone) > ZONE_MAX || zone[strspn(zone, ZONE_CHARS)] != '\0')
		return error_set(err, ST_INVALID,
		    "timezone must be the name of a time zone, or like "
		    "+01:00");
	(void)snprintf(sql, sizeof(sql), "SET time_zone = '%s'", zone);
	return mysql_say(conn, sql, err);
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
	return st == ST_OK ? zone_set(conn, err) : st;
}

void
mysql_hang_up(struct db_conn *conn)
{
	if (conn->link == NULL)
		return;
	/* Else the library might wait for the rest of an answer. */
	if (conn->lost)
		socket_watch_cut(&conn->watch);
	stmt_cache_clear(&conn->cache);
	(void)socket_watch_fd(&conn->watch, -1);
	mysql_close(conn->link);
	conn->link = NULL;
}

static enum status
session_open(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = session_set(conn, deadline_ms, err);

	return st == ST_OK ? session_ask(conn, conn->who, err) : st;
}

/*
 * Neither a reset nor another log-in gives the role back (MariaDB 10.11): a
 * session that acts for another is of no use. What texts are written in may
 * have become the server's own choice (MySQL).
 */
static enum status
session_renew(struct db_conn *conn)
{
	char who[MYSQL_WHO_BYTES];
	enum status st;

	if (mysql_reset_connection(conn->link) != 0 ||
	    mysql_set_character_set(conn->link, MYSQL_TEXTS_IN) != 0)
		return ST_UNAVAILABLE;
	stmt_cache_clear(&conn->cache);
	st = session_set(conn, INT64_MAX, NULL);
	if (st == ST_OK)
		st = session_ask(conn, who, NULL);
	if (st == ST_OK && strcmp(who, conn->who) != 0)
		return ST_DENIED;
	return st;
}

void
mysql_session_reset(struct db_conn *conn)
{
	enum status st =
	    mysql_begin_question(conn, clock_boot_ms() + RESET_MS, NULL);

	if (st == ST_OK)
		st = mysql_end_question(conn, session_renew(conn), NULL);
	if (st != ST_OK)
		mysql_give_up(conn);
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
	    conn, session_open(conn, deadline_ms, err), err);
}
