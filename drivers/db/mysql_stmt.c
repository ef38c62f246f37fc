/*
 * Preparing statements. The server counts those of all its clients: when it
 * has too many, this connection gives up all of its own.
 */
#include "drivers/db/mysql_conn.h"

#include <stdlib.h>

void
mysql_kept_close(void *stmt)
{
	struct mysql_kept *kept = stmt;

	mysql_columns_free(kept);
	(void)mysql_stmt_close(kept->stmt); /* a lost one cannot be told */
	free(kept->args);
	free(kept);
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
		stmt_cache_clear(&conn->cache);
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

static struct mysql_kept *
kept_make(MYSQL_STMT *stmt)
{
	struct mysql_kept *kept = calloc(1, sizeof(*kept));

	if (kept == NULL)
		abort();
	kept->stmt = stmt;
	kept->n_args = mysql_stmt_param_count(stmt);
	kept->args = calloc(kept->n_args + 1, sizeof(kept->args[0]));
	if (kept->args == NULL)
		abort();
	return kept;
}

enum status
mysql_keep(struct db_conn *conn, struct str sql, struct mysql_kept **out,
    struct error *err)
{
	MYSQL_STMT *stmt = NULL;
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
