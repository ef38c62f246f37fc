#include "drivers/cache/database_home.h"

#include <string.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_boot.h"
#include "drivers/cache/database_conn.h"

#define PROVE_MS 1000 /* between looks at the file */

static void
digest_home(struct cache_conn *conn, struct buf *text)
{
	char boot_id[CACHE_BOOT_BYTES];

	/* A loss of power may take the last commits of a file. */
	if (strcmp(conn->cache->driver->name, "sqlite") == 0) {
		(void)cache_boot_id(boot_id); /* zeros where there is none */
		buf_put(text, str_make(boot_id, sizeof(boot_id)));
	}
	digest(buf_str(text), conn->home);
}

static enum status
take_text(void *ctx, const struct db_value *v, size_t n)
{
	if (n > 0 && (v[0].type == DB_TEXT || v[0].type == DB_BLOB))
		buf_put(ctx, v[0].s);
	return ST_OK;
}

/* Which database this is: the server, or the file. */
static enum status
place_read(struct cache_conn *conn, struct buf *text, int64_t deadline_ms)
{
	struct database_ask ask = {
		.sql = conn->cache->sql.text[DATABASE_SERVER],
		.row = take_text,
		.ctx = text,
	};
	struct error err = { .text = "" };
	enum status st;

	if (!str_is_null(ask.sql))
		return database_run(conn, &ask, deadline_ms);
	st = conn->cache->driver->identity(conn->db, text, &err);
	if (st != ST_OK)
		conn->why = err;
	return st;
}

static enum status
home_read(struct cache_conn *conn, int64_t deadline_ms)
{
	struct buf text = buf_in(&conn->arena);
	enum status st = place_read(conn, &text, deadline_ms);

	if (st == ST_OK)
		digest_home(conn, &text);
	conn->proved_ms = clock_boot_ms();
	return st;
}

/* A file that was removed or replaced is still open here. */
bool
database_home_left(struct cache_conn *conn)
{
	uint8_t before[sizeof(conn->home)];

	if (!str_is_null(conn->cache->sql.text[DATABASE_SERVER]) ||
	    clock_boot_ms() - conn->proved_ms < PROVE_MS)
		return false;
	memcpy(before, conn->home, sizeof(before));
	return home_read(conn, 0) != ST_OK ||
	       memcmp(before, conn->home, sizeof(before)) != 0;
}

/* Of a write-ahead log the last commits alone may be lost: no commit waits for
 * the disk then. Other journals would suffer damage. */
static enum status
journal_set(struct cache_conn *conn, int64_t deadline_ms)
{
	struct buf mode = buf_in(&conn->arena);
	struct database_ask ask = { .sql = STR("PRAGMA journal_mode"),
		.row = take_text,
		.ctx = &mode };
	struct database_ask set = { .sql = STR("PRAGMA synchronous = NORMAL") };
	enum status st;

	if (strcmp(conn->cache->driver->name, "sqlite") != 0)
		return ST_OK;
	st = database_run(conn, &ask, deadline_ms);
	if (st != ST_OK || !str_eq(buf_str(&mode), STR("wal")))
		return st;
	return database_run(conn, &set, deadline_ms);
}

enum status
database_home_enter(struct cache_conn *conn, int64_t deadline_ms)
{
	enum status st = journal_set(conn, deadline_ms);

	return st == ST_OK ? home_read(conn, deadline_ms) : st;
}
