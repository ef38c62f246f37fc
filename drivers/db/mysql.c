/* The driver "mysql": connections and transactions. */
#include "drivers/db/mysql.h"

#include <poll.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "drivers/db/mysql_conn.h"
#include "drivers/db/mysql_helper.h"
#include "drivers/db/mysql_link.h"
#include "drivers/db/mysql_reshape.h"

#define ASK_MS      1000
#define ROLLBACK_MS 1000

static void
driver_disconnect(struct db_conn *conn)
{
	if (conn == NULL)
		return;
	mysql_library_use();
	mysql_hang_up(conn);
	socket_watch_close(&conn->watch);
	mysql_place_leave(conn->place);
	free(conn);
}

static enum status
driver_connect(const struct db_config *config, int64_t deadline_ms,
    struct db_conn **out, struct error *err)
{
	struct db_conn *conn;
	enum status st;

	*out = NULL;
	if (config->database == NULL || config->database[0] == '\0')
		return error_set(
		    err, ST_INVALID, "the name of the database is missing");
	mysql_library_use();
	conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		abort();
	stmt_cache_init(&conn->cache, mysql_kept_close);
	conn->place = mysql_place_make(config);
	socket_watch_open(&conn->watch);
	st = mysql_dial(conn, deadline_ms, err);
	if (st == ST_OK)
		*out = conn;
	else
		driver_disconnect(conn);
	return st;
}

static bool
driver_returning(const struct db_conn *conn)
{
	return conn->is_mariadb && conn->version >= 100500;
}

/* Nothing is due: what can be read is the server's farewell. */
static bool
says_something(struct db_conn *conn)
{
	struct pollfd fd = { .fd = mysql_link_fd(conn->link),
		.events = POLLIN };

	return poll(&fd, 1, 0) != 0;
}

static bool
driver_usable(struct db_conn *conn, enum db_care care)
{
	enum status st;

	if (conn->lost || conn->link == NULL ||
	    atomic_load(&conn->watch.interrupted))
		return false;
	if (care != DB_TRUST && says_something(conn))
		return false;
	if (care != DB_ASK)
		return true;
	st = mysql_begin_question(conn, clock_boot_ms() + ASK_MS, NULL);
	if (st != ST_OK)
		return false;
	if (mysql_ping(conn->link) != 0)
		mysql_give_up(conn);
	(void)mysql_end_question(conn, st, NULL);
	return !conn->lost;
}

/* Nothing has begun on a connection that turns out to be dead: a new one,
 * unless whoever asks wants to know. */
static enum status
transaction_begin(struct db_conn *conn, const char *sql, int64_t deadline_ms,
    struct error *err)
{
	struct error why = { .text = "" };
	enum status st = mysql_order(conn, sql, deadline_ms, &why);

	if (st == ST_UNAVAILABLE && conn->lost &&
	    !conn->place->config.keep_link &&
	    mysql_dial(conn, deadline_ms, err) == ST_OK) {
		why.text[0] = '\0';
		st = mysql_order(conn, sql, deadline_ms, &why);
	}
	conn->transaction = st == ST_OK ? TRANSACTION_OPEN : TRANSACTION_NONE;
	conn->transaction_ends_ms = deadline_ms;
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static enum status
driver_begin_read(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	return transaction_begin(conn,
	    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
	    deadline_ms, err);
}

static enum status
driver_begin(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	return transaction_begin(conn, "START TRANSACTION", deadline_ms, err);
}

/* The server rolls back by itself what it does not answer in time, when the
 * link ends; whoever has no time left does not wait for it. */
static void
driver_rollback(struct db_conn *conn)
{
	bool open = conn->transaction != TRANSACTION_NONE;
	int64_t until_ms = clock_boot_ms() + ROLLBACK_MS;

	if (until_ms > conn->transaction_ends_ms)
		until_ms = conn->transaction_ends_ms;
	conn->transaction = TRANSACTION_NONE;
	if (open && !conn->lost &&
	    mysql_order(conn, "ROLLBACK", until_ms, NULL) != ST_OK)
		mysql_give_up(conn);
}

static enum status
driver_commit(struct db_conn *conn, struct error *err)
{
	enum status st;

	if (conn->transaction == TRANSACTION_OPEN)
		st =
		    mysql_order(conn, "COMMIT", conn->transaction_ends_ms, err);
	else
		st = error_set(err, ST_ERROR,
		    "the transaction has been rolled back already");
	if (st != ST_OK)
		driver_rollback(conn);
	conn->transaction = TRANSACTION_NONE;
	return st;
}

static bool
driver_in_transaction(const struct db_conn *conn)
{
	return conn->transaction == TRANSACTION_OPEN;
}

/* Results, which nobody wants, up to the first error. */
static enum status
results_skip(struct db_conn *conn, struct error *err)
{
	int more;

	do {
		MYSQL_RES *result = mysql_store_result(conn->link);

		if (result != NULL)
			mysql_free_result(result);
		more = mysql_next_result(conn->link);
	} while (more == 0);
	return more < 0 ? ST_OK
			: mysql_fail(conn, mysql_errno(conn->link),
			      mysql_error(conn->link), err);
}

/*
 * The server cuts the text into statements, which it does for this text only:
 * nothing else that is asked may hold more than one.
 */
static enum status
script_run(struct db_conn *conn, const char *sql, struct error *err)
{
	enum status st = mysql_allow(conn, INT64_MAX, err);

	if (st == ST_OK && mysql_set_server_option(conn->link,
			       MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0)
		st = mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	if (st != ST_OK)
		return st;
	st = mysql_say(conn, sql, err);
	if (st == ST_OK)
		st = results_skip(conn, err);
	if (!conn->lost && mysql_set_server_option(conn->link,
			       MYSQL_OPTION_MULTI_STATEMENTS_OFF) != 0)
		mysql_give_up(conn);
	return st;
}

static enum status
driver_script(struct db_conn *conn, const char *sql, struct error *err)
{
	enum status st = mysql_begin_question(conn, INT64_MAX, err);

	if (st != ST_OK)
		return st;
	st = mysql_end_question(conn, script_run(conn, sql, err), err);
	/* A change of the schema commits what was open. */
	if (conn->transaction == TRANSACTION_OPEN &&
	    (conn->link->server_status & SERVER_STATUS_IN_TRANS) == 0 &&
	    mysql_order(conn, "START TRANSACTION", conn->transaction_ends_ms,
		err) != ST_OK)
		conn->transaction = TRANSACTION_ENDED;
	return st;
}

/* The server's own limit is set before a statement runs. */
static void
driver_may_last(struct db_conn *conn, int64_t last_ms)
{
	conn->last_ms = last_ms;
}

static void
driver_prolong(struct db_conn *conn, int64_t deadline_ms)
{
	socket_watch_prolong(&conn->watch, deadline_ms);
	if (conn->transaction_ends_ms < deadline_ms)
		conn->transaction_ends_ms = deadline_ms;
}

static void
driver_interrupt(struct db_conn *conn)
{
	socket_watch_interrupt(&conn->watch);
}

const struct db_driver db_mysql = {
	.name = "mysql",
	.quote = '`',
	.versions_cheap = false,
	.for_update = true,
	.returns_in_order = true,
	.connect = driver_connect,
	.disconnect = driver_disconnect,
	.returning = driver_returning,
	.usable = driver_usable,
	.run = mysql_run,
	.may_last = driver_may_last,
	.prolong = driver_prolong,
	.call = mysql_call,
	.routines = mysql_routines,
	.begin_read = driver_begin_read,
	.begin = driver_begin,
	.commit = driver_commit,
	.rollback = driver_rollback,
	.in_transaction = driver_in_transaction,
	.reshape = mysql_reshape,
	.follows_updates = true,
	.script = driver_script,
	.identity = mysql_identity,
	.catalog = mysql_catalog,
	.versions = mysql_versions,
	.behind = mysql_behind,
	.interrupt = driver_interrupt,
};
