/*
 * What SQLite's result codes mean to the rest of weir. Its sentences name
 * tables, columns and constraints, never a value, so they may be shown.
 */
#include "drivers/db/sqlite_conn.h"

/* SQLITE_ERROR has no finer code for these: only the sentence tells. */
static bool
names_nothing(struct str message)
{
	struct str rest = message;

	if (str_starts(message, STR("no such table")) ||
	    str_starts(message, STR("no such column")))
		return true;
	while (rest.n > 0) {
		if (str_starts(rest, STR(" has no column named ")))
			return true;
		rest = str_skip(rest, 1);
	}
	return false;
}

static enum status
constraint_status(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return ST_EXISTS;
	default:
		return ST_INVALID;
	}
}

static enum status
status_of(int rc, const char *message)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
		return ST_OK;
	case SQLITE_CONSTRAINT:
		return constraint_status(rc);
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_NOTADB:
		return ST_INVALID;
	case SQLITE_INTERRUPT:
		return ST_TIMEOUT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return ST_UNAVAILABLE;
	case SQLITE_READONLY:
	case SQLITE_AUTH:
	case SQLITE_PERM:
		return ST_DENIED;
	case SQLITE_FULL:
		return ST_FULL;
	case SQLITE_SCHEMA:
		return ST_STALE;
	case SQLITE_ERROR:
		return names_nothing(str_of(message)) ? ST_STALE : ST_ERROR;
	default:
		return ST_ERROR;
	}
}

enum status
sqlite_fail(struct db_conn *conn, int rc, struct error *err)
{
	const char *message = sqlite3_errmsg(conn->db);
	enum status st = status_of(rc, message);

	if (st == ST_TIMEOUT)
		message = atomic_load(&conn->interrupted)
			      ? "the statement was interrupted"
			      : "the statement took too long";
	return error_set(err, st, "%s", message);
}
