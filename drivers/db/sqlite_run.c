/*
 * Running a statement within its deadline. SQLite asks a progress handler
 * every few thousand steps of its machine, and a busy handler while another
 * connection holds the lock; both look at the clock and at interrupt().
 */
#include "drivers/db/sqlite_conn.h"

#include <assert.h>
#include <time.h>

#include "app/base/clock.h"

#define STEPS_BETWEEN_LOOKS 1000
#define LOCK_WAIT_MAX_MS    5000
#define LOCK_PATIENT_MS     500
#define NAP_MAX_MS          25

static bool
must_stop(const struct db_conn *conn, int64_t until_ms)
{
	return atomic_load_explicit(&conn->interrupted, memory_order_relaxed) ||
	       clock_boot_ms() >= until_ms;
}

static int
on_progress(void *arg)
{
	const struct db_conn *conn = arg;

	return must_stop(conn, conn->deadline_ms);
}

int64_t
sqlite_lock_until(struct db_conn *conn)
{
	int64_t until_ms;

	if (conn->lock_until_ms == 0) {
		until_ms = clock_boot_ms() + LOCK_WAIT_MAX_MS;
		conn->lock_until_ms =
		    until_ms < conn->deadline_ms ? until_ms : conn->deadline_ms;
	}
	return conn->lock_until_ms;
}

/* Naps of growing length until the lock is free or time is up. The lock goes to
 * who looks first, so who has waited long looks as often as who has just come:
 * among many writers somebody would wait in vain otherwise. */
static int
on_busy(void *arg, int tries)
{
	struct db_conn *conn = arg;
	int nap = tries < NAP_MAX_MS ? tries + 1 : NAP_MAX_MS;
	struct timespec ts = { 0 };

	if (must_stop(conn, sqlite_lock_until(conn)))
		return 0;
	if (must_stop(conn,
		conn->lock_until_ms - (LOCK_WAIT_MAX_MS - LOCK_PATIENT_MS)))
		nap = 1;
	ts.tv_nsec = nap * 1000000L;
	(void)nanosleep(&ts, NULL); /* shorter after a signal is fine */
	return 1;
}

void
sqlite_watch(struct db_conn *conn)
{
	sqlite3_progress_handler(
	    conn->db, STEPS_BETWEEN_LOOKS, on_progress, conn);
	(void)sqlite3_busy_handler(conn->db, on_busy, conn);
}

void
sqlite_allow(struct db_conn *conn, int64_t deadline_ms)
{
	conn->deadline_ms = deadline_ms;
	conn->lock_until_ms = 0;
}

/* Steps to the end or to the callback's refusal. */
static enum status
rows_push(struct db_conn *conn, struct sqlite_kept *kept, db_row_f *row,
    void *ctx, struct error *err)
{
	enum status st = ST_OK;
	int rc;

	while ((rc = sqlite3_step(kept->stmt)) == SQLITE_ROW) {
		if (row == NULL)
			continue;
		sqlite_kept_describe(kept);
		sqlite_row_read(kept);
		st = row(ctx, kept->row, kept->n_columns);
		if (st != ST_OK)
			return st;
	}
	if (rc == SQLITE_DONE)
		return ST_OK;
	/* A COMMIT refused by a foreign key says only here what it was. */
	return sqlite_fail(conn, sqlite3_reset(kept->stmt), err);
}

static void
result_read(struct db_conn *conn, int64_t before, struct db_result *result)
{
	bool wrote = sqlite3_total_changes64(conn->db) != before;

	result->changed = wrote ? sqlite3_changes64(conn->db) : 0;
	result->last_id = sqlite3_last_insert_rowid(conn->db);
}

static enum status
kept_run(struct db_conn *conn, const struct db_stmt *stmt, db_row_f *row,
    void *ctx, struct error *err)
{
	struct sqlite_kept *kept;
	enum status st = sqlite_keep(conn, stmt->sql, &kept, err);

	if (st != ST_OK)
		return st;
	st = sqlite_bind(conn, kept->stmt, stmt, err);
	if (st == ST_OK)
		st = rows_push(conn, kept, row, ctx, err);
	(void)sqlite3_reset(kept->stmt); /* repeats the step's error */
	(void)sqlite3_clear_bindings(kept->stmt);
	return st;
}

enum status
sqlite_run(struct db_conn *conn, const struct db_stmt *stmt,
    int64_t deadline_ms, db_row_f *row, void *ctx, struct db_result *result,
    struct error *err)
{
	int64_t before = sqlite3_total_changes64(conn->db);
	enum status st;

	assert(!conn->running);
	if (atomic_load(&conn->interrupted))
		return sqlite_fail(conn, SQLITE_INTERRUPT, err);
	if (conn->in_transaction && sqlite3_get_autocommit(conn->db))
		return error_set(err, ST_ERROR,
		    "the transaction has been rolled back already");
	conn->running = true;
	sqlite_allow(conn, deadline_ms);
	sqlite3_set_last_insert_rowid(conn->db, 0);
	st = kept_run(conn, stmt, row, ctx, err);
	conn->running = false;
	if (result != NULL)
		result_read(conn, before, result);
	return st;
}

enum status
sqlite_exec(struct db_conn *conn, const char *sql, struct error *err)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return kept_run(conn, &stmt, NULL, NULL, err);
}
