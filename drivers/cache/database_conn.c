#include "drivers/cache/database_conn.h"

#include <stdlib.h>
#include <time.h>

#include "app/base/clock.h"
#include "drivers/cache/database_dial.h"
#include "drivers/cache/database_home.h"
#include "drivers/cache/database_table.h"

#define STORE          "database store"
#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS  1000
#define RUNS_SERVER    100
#define RUNS_FILE      3
#define STALE_MOST     4 /* tables made by one call */
#define NAP_NS         500000L
#define NAPS           20
#define CHUNK_BYTES    16384

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* No attempt for a while after the last one began, and a longer while each
 * time. */
static void
pause_begin(struct cache_conn *conn, int64_t began_ms)
{
	conn->pause_ms = conn->pause_ms == 0
			     ? PAUSE_FIRST_MS
			     : sooner(2 * conn->pause_ms, PAUSE_MOST_MS);
	conn->retry_ms = began_ms + conn->pause_ms;
}

static void
hang_up(struct cache_conn *conn)
{
	if (conn->db != NULL)
		conn->cache->driver->disconnect(conn->db);
	conn->db = NULL;
	conn->ready = false;
}

/* After a statement that failed. A server that hangs would cost the next
 * attempt its time as well; one that was lost may be back already. */
static enum status
note(struct cache_conn *conn, enum status st, const struct error *err)
{
	conn->why = *err;
	conn->why.status = st;
	if (conn->cache->driver->usable(conn->db, false))
		return st;
	hang_up(conn);
	if (st == ST_TIMEOUT)
		pause_begin(conn, clock_boot_ms());
	return st;
}

enum status
database_run(
    struct cache_conn *conn, struct database_ask *ask, int64_t deadline_ms)
{
	const struct db_stmt stmt = { ask->sql, ask->args, ask->n_args };
	struct db_result result = { 0 };
	struct error err = { .text = "" };
	enum status st;

	if (conn->db == NULL)
		return ST_UNAVAILABLE;
	st = conn->cache->driver->run(
	    conn->db, &stmt, deadline_ms, ask->row, ask->ctx, &result, &err);
	ask->changed = result.changed;
	return st == ST_OK ? ST_OK : note(conn, st, &err);
}

enum status
database_do(struct cache_conn *conn, enum database_query query,
    const struct db_value *args, size_t n_args, int64_t deadline_ms)
{
	struct database_ask ask = {
		.sql = conn->cache->sql.text[query],
		.args = args,
		.n_args = n_args,
	};

	return database_run(conn, &ask, deadline_ms);
}

enum status
database_begin(struct cache_conn *conn, int64_t deadline_ms)
{
	struct error err = { .text = "" };
	enum status st;

	if (conn->db == NULL)
		return ST_UNAVAILABLE;
	st = conn->cache->driver->begin(conn->db, deadline_ms, &err);
	return st == ST_OK ? ST_OK : note(conn, st, &err);
}

enum status
database_commit(struct cache_conn *conn)
{
	struct error err = { .text = "" };
	enum status st = conn->cache->driver->commit(conn->db, &err);

	return st == ST_OK ? ST_OK : note(conn, st, &err);
}

void
database_rollback(struct cache_conn *conn)
{
	if (conn->db == NULL)
		return;
	conn->cache->driver->rollback(conn->db);
	if (!conn->cache->driver->usable(conn->db, false))
		hang_up(conn);
}

/* Longer each time, so that others get done. */
static void
nap(unsigned runs)
{
	struct timespec time = { .tv_nsec =
				     NAP_NS * (runs < NAPS ? runs : NAPS) };

	(void)nanosleep(&time, NULL); /* shorter is fine */
}

/* A server ends those who wait for each other crosswise. SQLite has waited
 * already, or cannot read its file. */
static unsigned
runs_most(const struct cache_conn *conn)
{
	return conn->cache->driver->for_update ? RUNS_SERVER : RUNS_FILE;
}

bool
database_again(struct cache_conn *conn, enum status st, int64_t deadline_ms,
    unsigned *runs)
{
	if (st == ST_OK || conn->db == NULL || clock_boot_ms() >= deadline_ms)
		return false;
	if (st == ST_UNAVAILABLE && *runs < runs_most(conn)) {
		nap((*runs)++);
		return true;
	}
	if (st != ST_STALE || ++*runs > STALE_MOST)
		return false;
	conn->ready = false;
	return database_attach(conn, deadline_ms) == ST_OK;
}

enum status
database_conn_dial(struct cache_conn *conn, int64_t deadline_ms)
{
	struct cache *cache = conn->cache;
	struct error err = { .text = "" };
	enum status st =
	    cache->driver->connect(&cache->db, deadline_ms, &conn->db, &err);

	if (st != ST_OK) {
		conn->db = NULL;
		conn->why = err;
		return st;
	}
	st = database_home_enter(conn, deadline_ms);
	if (st == ST_OK)
		return database_table_ready(conn, deadline_ms);
	hang_up(conn); /* what comes next would not ask where it is */
	return st;
}

/* The attempt to connect, or to find the table, came to this. */
static enum status
settle(struct cache_conn *conn, enum status st)
{
	conn->ready = st == ST_OK;
	if (st == ST_OK)
		conn->pause_ms = 0;
	else
		pause_begin(conn, conn->began_ms);
	return st;
}

/* Waits for the connection that is on its way. */
static enum status
dial_await(struct cache_conn *conn, int64_t deadline_ms)
{
	struct database_dial *dial = conn->dial;

	if (!database_dial_ended(dial, deadline_ms)) {
		conn->why = (struct error){ .status = ST_TIMEOUT,
			.text = "the database has not answered yet" };
		return ST_TIMEOUT;
	}
	conn->dial = NULL;
	return settle(conn, database_dial_take(dial, conn));
}

/* A file is opened at once, or not at all. */
static enum status
connect_once(struct cache_conn *conn, int64_t deadline_ms)
{
	conn->began_ms = clock_boot_ms();
	if (!str_is_null(conn->cache->sql.text[DATABASE_SERVER]))
		conn->dial = database_dial_begin(conn->cache);
	if (conn->dial != NULL)
		return dial_await(conn, deadline_ms);
	return settle(conn, database_conn_dial(conn, deadline_ms));
}

/* A server that is slow, and not away, is asked for as long as there is time.
 */
static enum status
connect_within(struct cache_conn *conn, int64_t deadline_ms)
{
	enum status st;

	do
		st = connect_once(conn, deadline_ms);
	while (st != ST_OK && clock_boot_ms() < deadline_ms &&
	       clock_boot_ms() - conn->began_ms >= conn->cache->timeout_ms);
	return st;
}

/* Who comes while a connection is on its way does not wait: only the first
 * pays for a server that hangs. */
enum status
database_attach(struct cache_conn *conn, int64_t deadline_ms)
{
	if (conn->db != NULL &&
	    (!conn->cache->driver->usable(conn->db, false) ||
		database_home_left(conn)))
		hang_up(conn);
	if (conn->db != NULL && conn->ready)
		return ST_OK;
	if (conn->dial != NULL)
		return dial_await(conn, 0);
	if (clock_boot_ms() < conn->retry_ms)
		return ST_UNAVAILABLE;
	if (conn->db == NULL)
		return connect_within(conn, deadline_ms);
	conn->began_ms = clock_boot_ms();
	return settle(conn, database_table_ready(conn, deadline_ms));
}

enum status
database_verdict(struct cache_conn *conn, enum status st, int64_t deadline_ms)
{
	struct cache_health *health = &conn->cache->health;

	if (st == ST_OK) {
		cache_health_works(health, STORE);
		return ST_OK;
	}
	cache_health_failed(health, STORE, conn->why.text);
	return clock_boot_ms() >= deadline_ms ? ST_TIMEOUT : ST_UNAVAILABLE;
}

enum status
database_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	conn->cache = cache;
	arena_init(&conn->arena, CHUNK_BYTES);
	*out = conn;
	return ST_OK;
}

void
database_conn_close(struct cache_conn *conn)
{
	if (conn->dial != NULL)
		database_dial_leave(conn->dial);
	hang_up(conn);
	arena_close(&conn->arena);
	free(conn);
}
