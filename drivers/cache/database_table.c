#include "drivers/cache/database_table.h"

#include <stdio.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"

void
database_table_born(struct cache_conn *conn, struct str birth)
{
	char text[INCARNATION_BYTES + INCARNATION_BYTES] = { 0 };

	memcpy(text, conn->home, INCARNATION_BYTES);
	if (birth.n == INCARNATION_BYTES)
		memcpy(text + INCARNATION_BYTES, birth.p, birth.n);
	digest(str_make(text, sizeof(text)), conn->incarnation);
}

/* Says why the table is not ours. */
static enum status
refuse(struct cache_conn *conn, const char *what)
{
	struct error err = { .text = "" };

	(void)error_set(&err, ST_INVALID,
	    "DB_CACHE_TABLE: the table \"%s\" of the database is not weir's: "
	    "%s; set DB_CACHE_TABLE to another name",
	    conn->cache->table, what);
	conn->why = err;
	return ST_INVALID;
}

/* The part of a transaction in which the table is made. */
static enum status
create(struct cache_conn *conn, int64_t deadline_ms)
{
	static const enum database_query queries[] = { DATABASE_CREATE,
		DATABASE_BY_NAME, DATABASE_BY_EXPIRY };
	enum status st = ST_OK;

	for (size_t i = 0; i < 3 && st == ST_OK; i++)
		if (!str_is_null(conn->cache->sql.text[queries[i]]))
			st =
			    database_do(conn, queries[i], NULL, 0, deadline_ms);
	return st;
}

/* SQLite makes all of it or nothing; MySQL needs one statement. */
static enum status
make(struct cache_conn *conn, int64_t deadline_ms)
{
	bool one = str_is_null(conn->cache->sql.text[DATABASE_BY_NAME]);
	enum status st = one ? ST_OK : database_begin(conn, deadline_ms);

	if (st == ST_OK)
		st = create(conn, deadline_ms);
	if (!one && st == ST_OK)
		st = database_commit(conn);
	if (!one && st != ST_OK)
		database_rollback(conn);
	return st;
}

static enum status
no_grant(struct cache_conn *conn)
{
	struct error why = conn->why;

	(void)snprintf(conn->why.text, sizeof(conn->why.text),
	    "the table %s cannot be made: %.200s; GRANT CREATE, INDEX, "
	    "SELECT, INSERT, UPDATE and DELETE on it to the user",
	    conn->cache->table, why.text);
	conn->why.status = ST_INVALID; /* what to do has been said */
	return ST_DENIED;
}

static enum status
ensure(struct cache_conn *conn, int64_t deadline_ms)
{
	enum status st =
	    database_do(conn, DATABASE_CHECK, NULL, 0, deadline_ms);

	if (st != ST_STALE)
		return st;
	st = make(conn, deadline_ms);
	if (st == ST_DENIED)
		return no_grant(conn);
	if (st == ST_OK)
		st = database_do(conn, DATABASE_CHECK, NULL, 0, deadline_ms);
	/* It was there before, with other columns. */
	if (st != ST_STALE)
		return st;
	return refuse(conn, conn->why.text);
}

struct birth {
	struct cache_conn *conn;
	bool found;
};

static enum status
take_birth(void *ctx, const struct db_value *v, size_t n)
{
	struct birth *b = ctx;

	if (n == 3 && v[2].type == DB_BLOB) {
		database_table_born(b->conn, v[2].s);
		b->found = true;
	}
	return ST_OK;
}

static enum status
birth_read(struct cache_conn *conn, int64_t deadline_ms, bool *found)
{
	const struct db_value args[] = { database_id(database_birth) };
	struct birth b = { .conn = conn };
	struct database_ask ask = {
		.sql = conn->cache->sql.list[DATABASE_GET][0],
		.args = args,
		.n_args = 1,
		.row = take_birth,
		.ctx = &b,
	};
	enum status st = database_run(conn, &ask, deadline_ms);

	*found = b.found;
	return st;
}

/* Several may be the first. */
static enum status
birth_write(struct cache_conn *conn, int64_t deadline_ms)
{
	char random[INCARNATION_BYTES];
	const struct db_value args[] = { database_id(database_birth),
		database_bytes(str_make(random, sizeof(random))) };
	enum status st;

	secret_random(random, sizeof(random));
	st = database_do(conn, DATABASE_BIRTH, args, 2, deadline_ms);
	return st == ST_EXISTS ? ST_OK : st;
}

enum status
database_table_ready(struct cache_conn *conn, int64_t deadline_ms)
{
	enum status st = ensure(conn, deadline_ms);
	bool found = false;

	if (st == ST_OK)
		st = birth_read(conn, deadline_ms, &found);
	if (st != ST_OK || found)
		return st;
	st = birth_write(conn, deadline_ms);
	return st == ST_OK ? birth_read(conn, deadline_ms, &found) : st;
}
