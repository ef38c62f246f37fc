/*
 * Preparing statements. SQLite prepares a statement anew by itself when the
 * schema changed; then its columns may have changed as well.
 */
#include "drivers/db/sqlite_conn.h"

#include <limits.h>
#include <stdlib.h>

void
sqlite_kept_close(void *stmt)
{
	struct sqlite_kept *kept = stmt;

	(void)sqlite3_finalize(kept->stmt); /* repeats the last step's error */
	free(kept->kinds);
	free(kept->row);
	free(kept);
}

static enum status
stmt_prepare(struct db_conn *conn, struct str sql, sqlite3_stmt **stmt,
    struct error *err)
{
	const char *tail = NULL;
	int rc;

	if (sql.n > INT_MAX)
		return error_set(err, ST_TOO_BIG, "the statement is too long");
	rc = sqlite3_prepare_v3(conn->db, sql.p, (int)sql.n,
	    SQLITE_PREPARE_PERSISTENT, stmt, &tail);
	if (rc != SQLITE_OK)
		return sqlite_fail(conn, rc, err);
	if (*stmt != NULL && tail == sql.p + sql.n)
		return ST_OK;
	(void)sqlite3_finalize(*stmt);
	return error_set(err, ST_ERROR, "the text is not one statement");
}

static struct sqlite_kept *
kept_make(sqlite3_stmt *stmt)
{
	struct sqlite_kept *kept = calloc(1, sizeof(*kept));

	if (kept == NULL)
		abort();
	kept->stmt = stmt;
	kept->prepared = -1;
	return kept;
}

enum status
sqlite_keep(struct db_conn *conn, struct str sql, struct sqlite_kept **out,
    struct error *err)
{
	sqlite3_stmt *stmt = NULL;
	enum status st;

	*out = stmt_cache_find(&conn->cache, sql);
	if (*out != NULL)
		return ST_OK;
	st = stmt_prepare(conn, sql, &stmt, err);
	if (st != ST_OK)
		return st;
	*out = kept_make(stmt);
	stmt_cache_add(&conn->cache, sql, *out);
	return ST_OK;
}

static void *
array_resize(void *p, size_t n, size_t size)
{
	p = realloc(p, (n > 0 ? n : 1) * size);
	if (p == NULL)
		abort();
	return p;
}

void
sqlite_kept_describe(struct sqlite_kept *kept)
{
	int prepared =
	    sqlite3_stmt_status(kept->stmt, SQLITE_STMTSTATUS_REPREPARE, 0);
	size_t n;

	if (prepared == kept->prepared)
		return;
	n = (size_t)sqlite3_column_count(kept->stmt);
	kept->prepared = prepared;
	kept->n_columns = n;
	kept->kinds = array_resize(kept->kinds, n, sizeof(kept->kinds[0]));
	kept->row = array_resize(kept->row, n, sizeof(kept->row[0]));
	for (size_t i = 0; i < n; i++)
		kept->kinds[i] = sqlite_kind(
		    str_of(sqlite3_column_decltype(kept->stmt, (int)i)));
}
