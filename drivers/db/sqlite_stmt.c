/*
 * The cache of prepared statements of a connection: found by text, the one
 * unused for longest makes room. SQLite prepares a statement anew by itself
 * when the schema changed; then its columns may have changed as well.
 */
#include "drivers/db/sqlite_conn.h"

#include <limits.h>
#include <stdlib.h>

#include "app/base/hash.h"

static void
kept_free(struct sqlite_kept *kept)
{
	(void)sqlite3_finalize(kept->stmt); /* repeats the last step's error */
	free((char *)kept->sql.p);
	free(kept->kinds);
	free(kept->row);
	*kept = (struct sqlite_kept){ .stmt = NULL };
}

void
sqlite_kept_drop(struct db_conn *conn)
{
	for (size_t i = 0; i < SQLITE_STATEMENTS; i++)
		kept_free(&conn->kept[i]);
}

static bool
is_kept(const struct sqlite_kept *k, struct str sql)
{
	return k != NULL && k->stmt != NULL && str_eq(k->sql, sql);
}

/* Where the text is kept; else NULL. */
static struct sqlite_kept *
kept_find(struct db_conn *conn, uint64_t hash, struct str sql)
{
	for (size_t i = 0; i < SQLITE_STATEMENTS; i++) {
		struct sqlite_kept *k = &conn->kept[i];

		if (k->hash == hash && is_kept(k, sql))
			return k;
	}
	return NULL;
}

/* The place to keep one more in. */
static struct sqlite_kept *
kept_oldest(struct db_conn *conn)
{
	struct sqlite_kept *oldest = &conn->kept[0];

	for (size_t i = 1; i < SQLITE_STATEMENTS; i++) {
		if (conn->kept[i].last_used < oldest->last_used)
			oldest = &conn->kept[i];
	}
	return oldest;
}

static enum status
kept_prepare(struct db_conn *conn, struct str sql, sqlite3_stmt **stmt,
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

static struct str
text_copy(struct str s)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		abort();
	memcpy(p, s.p, s.n);
	return str_make(p, s.n);
}

static enum status
kept_make(struct db_conn *conn, uint64_t hash, struct str sql,
    struct sqlite_kept **out, struct error *err)
{
	struct sqlite_kept *k;
	sqlite3_stmt *stmt = NULL;
	enum status st = kept_prepare(conn, sql, &stmt, err);

	if (st != ST_OK)
		return st;
	k = *out = kept_oldest(conn);
	kept_free(k);
	k->stmt = stmt;
	k->hash = hash;
	k->sql = text_copy(sql);
	k->prepared = -1;
	return ST_OK;
}

/* Often the same comes again at once. */
enum status
sqlite_keep(struct db_conn *conn, struct str sql, struct sqlite_kept **out,
    struct error *err)
{
	enum status st = ST_OK;
	uint64_t hash;

	*out = conn->latest;
	if (is_kept(*out, sql))
		return ST_OK;
	hash = hash_str(sql);
	*out = kept_find(conn, hash, sql);
	if (*out == NULL)
		st = kept_make(conn, hash, sql, out, err);
	if (st != ST_OK)
		return st;
	(*out)->last_used = ++conn->tick;
	conn->latest = *out;
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
