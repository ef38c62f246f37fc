/*
 * The cache of prepared statements of a connection: found by text, the one
 * unused for longest makes room. The server counts those of all its clients:
 * when it has too many, this connection gives up all of its own.
 */
#include "drivers/db/mysql_conn.h"

#include <limits.h>
#include <stdlib.h>

#include "app/base/hash.h"

void
mysql_kept_free(struct mysql_kept *kept)
{
	if (kept->stmt == NULL)
		return;
	mysql_columns_free(kept);
	(void)mysql_stmt_close(kept->stmt); /* a lost one cannot be told */
	free((char *)kept->sql.p);
	free(kept->args);
	*kept = (struct mysql_kept){ .stmt = NULL };
}

void
mysql_kept_drop(struct db_conn *conn)
{
	for (size_t i = 0; i < MYSQL_STATEMENTS; i++)
		mysql_kept_free(&conn->kept[i]);
}

static bool
is_kept(const struct mysql_kept *k, struct str sql)
{
	return k != NULL && k->stmt != NULL && str_eq(k->sql, sql);
}

/* Where the text is kept; else NULL. */
static struct mysql_kept *
kept_find(struct db_conn *conn, uint64_t hash, struct str sql)
{
	for (size_t i = 0; i < MYSQL_STATEMENTS; i++) {
		struct mysql_kept *k = &conn->kept[i];

		if (k->hash == hash && is_kept(k, sql))
			return k;
	}
	return NULL;
}

/* The place to keep one more in. */
static struct mysql_kept *
kept_oldest(struct db_conn *conn)
{
	struct mysql_kept *oldest = &conn->kept[0];

	for (size_t i = 1; i < MYSQL_STATEMENTS; i++) {
		if (conn->kept[i].last_used < oldest->last_used)
			oldest = &conn->kept[i];
	}
	return oldest;
}

static MYSQL_STMT *
stmt_make(struct db_conn *conn)
{
	MYSQL_STMT *stmt = mysql_stmt_init(conn->link);

	if (stmt == NULL)
		abort(); /* out of memory */
	return stmt;
}

static enum status
stmt_prepare(
    struct db_conn *conn, struct str sql, MYSQL_STMT **out, struct error *err)
{
	MYSQL_STMT *stmt = stmt_make(conn);
	unsigned long n = (unsigned long)sql.n;
	int rc = mysql_stmt_prepare(stmt, sql.p, n);
	enum status st;

	if (rc != 0 &&
	    mysql_stmt_errno(stmt) == ER_MAX_PREPARED_STMT_COUNT_REACHED) {
		(void)mysql_stmt_close(stmt);
		mysql_kept_drop(conn);
		stmt = stmt_make(conn);
		rc = mysql_stmt_prepare(stmt, sql.p, n);
	}
	if (rc == 0) {
		*out = stmt;
		return ST_OK;
	}
	st = mysql_fail(
	    conn, mysql_stmt_errno(stmt), mysql_stmt_error(stmt), err);
	(void)mysql_stmt_close(stmt);
	return st;
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
    struct mysql_kept **out, struct error *err)
{
	struct mysql_kept *k;
	MYSQL_STMT *stmt = NULL;
	enum status st = stmt_prepare(conn, sql, &stmt, err);

	if (st != ST_OK)
		return st;
	k = *out = kept_oldest(conn);
	mysql_kept_free(k);
	k->stmt = stmt;
	k->hash = hash;
	k->sql = text_copy(sql);
	k->n_args = mysql_stmt_param_count(stmt);
	k->args = calloc(k->n_args + 1, sizeof(k->args[0]));
	if (k->args == NULL)
		abort();
	return ST_OK;
}

/* Often the same comes again at once. */
enum status
mysql_keep(struct db_conn *conn, struct str sql, struct mysql_kept **out,
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
