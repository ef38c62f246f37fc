/*
 * The driver "sqlite": connections, transactions, identity. A connection has
 * one user at a time, so SQLite's own mutexes are off. Anything in a file that
 * could run code or reach another file is off as well.
 */
#include "drivers/db/sqlite.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/db/sqlite_conn.h"
#include "drivers/db/sqlite_reshape.h"

#define VERSIONS_MS 200
#define WAL_NAP_NS  5000000L
#define FILE_MODE   0600

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Counting memory costs a process-wide lock on every allocation. */
static void
library_init(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* best effort */
}

static void
switch_set(sqlite3 *db, int option, int on)
{
	(void)sqlite3_db_config(db, option, on, NULL); /* fails on no option */
}

static void
conn_harden(sqlite3 *db)
{
	switch_set(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
	switch_set(db, SQLITE_DBCONFIG_DEFENSIVE, 1);
	switch_set(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
	switch_set(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_extended_result_codes(db, 1);
}

/* A file that SQLite will make, or that holds nothing yet. */
static bool
is_new(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || st.st_size == 0;
}

static void
conn_free(struct db_conn *conn)
{
	(void)sqlite3_close_v2(conn->db); /* NULL is harmless */
	free(conn);
}

static int
open_flags(const struct db_config *config)
{
	int flags = SQLITE_OPEN_NOMUTEX;

	if (config->read_only)
		return flags | SQLITE_OPEN_READONLY;
	flags |= SQLITE_OPEN_READWRITE;
	return config->create ? flags | SQLITE_OPEN_CREATE : flags;
}

/*
 * SQLite would make a file that all may read; the files beside it get its mode.
 * mknod, since a descriptor of ours, when it is closed, would take the locks
 * that SQLite may have on the file by then. What cannot be made, or is there
 * already, is for SQLite to judge.
 */
static void
file_make(const char *path)
{
	if (path[0] != ':' && strncmp(path, "file:", 5) != 0)
		(void)mknod(path, S_IFREG | FILE_MODE, 0);
}

/*
 * Two connections that make one database at once refuse each other here, where
 * SQLite does not wait by itself.
 */
static enum status
wal_make(struct db_conn *conn, struct error *err)
{
	struct timespec nap = { .tv_nsec = WAL_NAP_NS };
	struct error why;
	enum status st;

	for (;;) {
		why.text[0] = '\0';
		st = sqlite_exec(conn, "PRAGMA journal_mode=WAL", &why);
		if (st != ST_UNAVAILABLE ||
		    clock_boot_ms() >= sqlite_lock_until(conn))
			break;
		(void)nanosleep(&nap, NULL); /* shorter is fine */
	}
	return st == ST_OK ? ST_OK : error_set(err, st, "%s", why.text);
}

/* SQLite reads the file only when it must: a first read finds what is wrong. */
static enum status
conn_prove(struct db_conn *conn, bool make_wal, struct error *err)
{
	enum status st = ST_OK;

	if (make_wal)
		st = wal_make(conn, err);
	if (st == ST_OK)
		st = sqlite_exec(conn, "PRAGMA schema_version", err);
	return st;
}

static enum status
conn_open(struct db_conn *conn, const struct db_config *config,
    int64_t deadline_ms, struct error *err)
{
	bool make_wal =
	    config->create && !config->read_only && is_new(config->database);
	struct error why = { .text = "" };
	enum status st;
	int rc;

	if (make_wal)
		file_make(config->database);
	rc = sqlite3_open_v2(
	    config->database, &conn->db, open_flags(config), NULL);
	if (conn->db == NULL)
		return error_set(err, ST_ERROR, "out of memory");
	if (rc == SQLITE_OK) {
		conn_harden(conn->db);
		sqlite_watch(conn);
		sqlite_allow(conn, deadline_ms);
		st = conn_prove(conn, make_wal, &why);
	} else {
		st = sqlite_fail(conn, rc, &why);
	}
	if (st == ST_OK)
		return ST_OK;
	return error_set(
	    err, st, "cannot open %s: %s", config->database, why.text);
}

static enum status
sqlite_connect(const struct db_config *config, int64_t deadline_ms,
    struct db_conn **out, struct error *err)
{
	struct db_conn *conn;
	enum status st;

	*out = NULL;
	if (config->database == NULL || config->database[0] == '\0')
		return error_set(err, ST_INVALID,
		    "the path of the SQLite database is missing");
	(void)pthread_once(&library_once, library_init);
	conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		abort();
	stmt_cache_init(&conn->cache, sqlite_kept_close);
	st = conn_open(conn, config, deadline_ms, err);
	if (st == ST_OK) {
		*out = conn;
		return ST_OK;
	}
	stmt_cache_clear(&conn->cache);
	conn_free(conn);
	return st;
}

static void
sqlite_disconnect(struct db_conn *conn)
{
	if (conn == NULL)
		return;
	stmt_cache_clear(&conn->cache);
	conn_free(conn);
}

static bool
sqlite_returning(const struct db_conn *conn)
{
	(void)conn;
	return true;
}

/* A file does not go away under its descriptor. */
static bool
sqlite_usable(struct db_conn *conn, enum db_care care)
{
	(void)care;
	return !atomic_load(&conn->interrupted);
}

static void
sqlite_rollback(struct db_conn *conn)
{
	conn->in_transaction = false;
	if (!sqlite3_get_autocommit(conn->db))
		(void)sqlite_exec(conn, "ROLLBACK", NULL); /* cannot wait */
}

static enum status
transaction_begin(struct db_conn *conn, const char *sql, int64_t deadline_ms,
    struct error *err)
{
	enum status st;

	if (atomic_load(&conn->interrupted))
		return sqlite_fail(conn, SQLITE_INTERRUPT, err);
	sqlite_allow(conn, deadline_ms);
	st = sqlite_exec(conn, sql, err);
	conn->in_transaction = st == ST_OK;
	conn->transaction_ends_ms = deadline_ms;
	return st;
}

static enum status
sqlite_begin_read(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	return transaction_begin(conn, "BEGIN", deadline_ms, err);
}

/* IMMEDIATE: a reader that turns writer would fail without any wait. */
static enum status
sqlite_begin(struct db_conn *conn, int64_t deadline_ms, struct error *err)
{
	return transaction_begin(conn, "BEGIN IMMEDIATE", deadline_ms, err);
}

static enum status
sqlite_commit(struct db_conn *conn, struct error *err)
{
	enum status st;

	sqlite_allow(conn, conn->transaction_ends_ms);
	if (sqlite3_get_autocommit(conn->db))
		st = error_set(err, ST_ERROR,
		    "the transaction has been rolled back already");
	else
		st = sqlite_exec(conn, "COMMIT", err);
	if (st != ST_OK)
		sqlite_rollback(conn);
	conn->in_transaction = false;
	return st;
}

static bool
sqlite_in_transaction(const struct db_conn *conn)
{
	return conn->in_transaction && !sqlite3_get_autocommit(conn->db);
}

static enum status
sqlite_script(struct db_conn *conn, const char *sql, struct error *err)
{
	int rc;

	sqlite_allow(conn, INT64_MAX);
	rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(conn, rc, err);
}

/* A database in memory is like no other: its identity is drawn. */
static void
identity_draw(struct buf *out)
{
	uint8_t random[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES];

	secret_random(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	buf_put_lit(out, "sqlite:memory:");
	buf_put(out, str_make(hex, sizeof(hex)));
}

static enum status
sqlite_identity(struct db_conn *conn, struct buf *out, struct error *err)
{
	const char *path = sqlite3_db_filename(conn->db, "main");
	struct stat st;

	if (path == NULL || path[0] == '\0') {
		identity_draw(out);
		return ST_OK;
	}
	if (stat(path, &st) != 0)
		return error_set(err, ST_MISSING, "cannot look at %s: %s", path,
		    strerror(errno));
	buf_printf(
	    out, "sqlite:%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return ST_OK;
}

static enum status
number_take(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	if (n > 0)
		*out = v[0].i;
	return ST_OK;
}

static enum status
sqlite_versions(
    struct db_conn *conn, int64_t *schema, int64_t *data, struct error *err)
{
	struct db_stmt ask_schema = { .sql = STR("PRAGMA schema_version") };
	struct db_stmt ask_data = { .sql = STR("PRAGMA data_version") };
	int64_t until_ms = clock_boot_ms() + VERSIONS_MS;
	enum status st = ST_OK;

	if (schema != NULL)
		st = sqlite_run(conn, &ask_schema, until_ms, number_take,
		    schema, NULL, err);
	if (st != ST_OK)
		return st;
	return sqlite_run(
	    conn, &ask_data, until_ms, number_take, data, NULL, err);
}

/* Nobody but weir ends a statement. */
static void
sqlite_may_last(struct db_conn *conn, int64_t last_ms)
{
	(void)conn;
	(void)last_ms;
}

static void
sqlite_prolong(struct db_conn *conn, int64_t deadline_ms)
{
	if (conn->deadline_ms < deadline_ms)
		conn->deadline_ms = deadline_ms;
	if (conn->transaction_ends_ms < deadline_ms)
		conn->transaction_ends_ms = deadline_ms;
}

static void
sqlite_interrupt(struct db_conn *conn)
{
	atomic_store(&conn->interrupted, true);
	sqlite3_interrupt(conn->db);
}

const struct db_driver db_sqlite = {
	.name = "sqlite",
	.quote = '`', /* SQLite takes an unknown "name" for a text */
	.schema = "main",
	.versions_cheap = true,
	.fails_in_part = true, /* RAISE(FAIL) */
	.connect = sqlite_connect,
	.disconnect = sqlite_disconnect,
	.returning = sqlite_returning,
	.usable = sqlite_usable,
	.run = sqlite_run,
	.may_last = sqlite_may_last,
	.prolong = sqlite_prolong,
	.begin_read = sqlite_begin_read,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.in_transaction = sqlite_in_transaction,
	.reshape = sqlite_reshape,
	.script = sqlite_script,
	.identity = sqlite_identity,
	.catalog = sqlite_catalog,
	.versions = sqlite_versions,
	.interrupt = sqlite_interrupt,
};
