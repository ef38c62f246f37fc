#include "drivers/cache/database_space.h"

#include <string.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"

#define SWEEP_MOST 8 /* parts of one upkeep */

/* The least text above all that begin with the prefix. */
static struct str
above(struct arena *arena, struct str prefix)
{
	char *p;

	while (prefix.n > 0 && (unsigned char)prefix.p[prefix.n - 1] == 0xff)
		prefix.n--;
	if (prefix.n == 0) {
		p = arena_alloc(arena, CACHE_KEY_MAX + 1);
		memset(p, 0xff, CACHE_KEY_MAX + 1);
		return str_make(p, CACHE_KEY_MAX + 1);
	}
	p = arena_alloc(arena, prefix.n);
	memcpy(p, prefix.p, prefix.n);
	p[prefix.n - 1] = (char)((unsigned char)p[prefix.n - 1] + 1);
	return str_make(p, prefix.n);
}

/* The key that a cursor stands for; false: it is none. */
static bool
cursor_read(struct arena *arena, struct str cursor, struct str *key)
{
	size_t n = cursor.n / 2;
	uint8_t *p;

	*key = STR("");
	if (cursor.n == 0)
		return true;
	if (n > CACHE_KEY_MAX)
		return false;
	p = arena_alloc(arena, n);
	if (!hex_decode(p, n, cursor))
		return false;
	*key = str_make((const char *)p, n);
	return true;
}

static struct str
cursor_write(struct arena *arena, struct str key)
{
	char *p = arena_alloc(arena, 2 * key.n);

	hex_encode(p, (const uint8_t *)key.p, key.n);
	return str_make(p, 2 * key.n);
}

static enum status
take_key(void *ctx, const struct db_value *v, size_t n)
{
	struct cache_page *page = ctx;

	if (n == 1 && page->n < page->limit)
		page->keys[page->n++] = arena_dup(page->arena, v[0].s);
	return ST_OK;
}

enum status
database_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms)
{
	struct arena *arena = &conn->arena;
	struct db_value args[5];
	struct database_ask ask = {
		.sql = conn->cache->sql.text[DATABASE_LIST],
		.args = args,
		.n_args = 5,
		.row = take_key,
		.ctx = page,
	};
	unsigned runs = 0;
	struct str last;
	enum status st;

	if (!cursor_read(arena, page->cursor, &last) ||
	    (last.n > 0 && !str_starts(last, page->prefix)))
		return ST_INVALID;
	args[0] =
	    database_bytes(database_space(conn->cache, arena, space->name));
	args[1] = database_bytes(last.n > 0 ? last : page->prefix);
	args[2] = database_bytes(last);
	args[3] = database_bytes(above(arena, page->prefix));
	args[4] = database_number((int64_t)page->limit);
	page->keys =
	    arena_alloc(page->arena, page->limit * sizeof(page->keys[0]));
	do {
		page->n = 0;
		st = database_run(conn, &ask, deadline_ms);
	} while (database_again(conn, st, deadline_ms, &runs));
	if (st != ST_OK)
		return st;
	page->cursor = STR("");
	if (page->n == page->limit)
		page->cursor =
		    cursor_write(page->arena, page->keys[page->n - 1]);
	return ST_OK;
}

/* Deletes part after part; *parts are left to do. */
static enum status
delete_parts(struct cache_conn *conn, struct database_ask *ask,
    int64_t deadline_ms, unsigned parts)
{
	unsigned runs = 0;
	enum status st;

	for (; parts > 0; parts--) {
		do
			st = database_run(conn, ask, deadline_ms);
		while (database_again(conn, st, deadline_ms, &runs));
		if (st != ST_OK || ask->changed < DATABASE_CHUNK)
			return st;
		if (clock_boot_ms() >= deadline_ms)
			return ST_TIMEOUT;
		runs = 0;
	}
	return ST_OK;
}

enum status
database_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms)
{
	const struct db_value args[] = { database_bytes(
	    database_space(conn->cache, &conn->arena, space->name)) };
	struct database_ask ask = {
		.sql = conn->cache->sql.text[DATABASE_FLUSH],
		.args = args,
		.n_args = 1,
	};

	return delete_parts(conn, &ask, deadline_ms, UINT32_MAX);
}

static enum status
take_found(void *ctx, const struct db_value *v, size_t n)
{
	bool *found = ctx;

	(void)v;
	*found = n > 0;
	return ST_OK;
}

/* A DELETE would lock the database although there is nothing to do. */
enum status
database_sweep(struct cache_conn *conn, int64_t deadline_ms)
{
	bool found = false;
	struct database_ask look = {
		.sql = conn->cache->sql.text[DATABASE_PASSED],
		.row = take_found,
		.ctx = &found,
	};
	struct database_ask sweep = {
		.sql = conn->cache->sql.text[DATABASE_SWEEP],
	};
	enum status st = database_run(conn, &look, deadline_ms);

	if (st != ST_OK || !found)
		return st;
	return delete_parts(conn, &sweep, deadline_ms, SWEEP_MOST);
}

static enum status
take_size(void *ctx, const struct db_value *v, size_t n)
{
	struct cache_stats *stats = ctx;

	if (n < 2)
		return ST_ERROR;
	stats->items = v[0].i;
	stats->bytes = v[1].i;
	return ST_OK;
}

static enum status
take_items(void *ctx, const struct db_value *v, size_t n)
{
	struct cache_stats *stats = ctx;

	if (n < 1)
		return ST_ERROR;
	/* As large on average as those that were looked at. */
	if (stats->items > 0)
		stats->bytes = (int64_t)((double)stats->bytes /
					 (double)stats->items * (double)v[0].i);
	stats->items = v[0].i;
	return ST_OK;
}

enum status
database_stats(
    struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms)
{
	struct cache_stats stats = { -1, -1, 0, 0, -1, -1 };
	struct database_ask size = {
		.sql = conn->cache->sql.text[DATABASE_SIZE],
		.row = take_size,
		.ctx = &stats,
	};
	struct database_ask items = {
		.sql = conn->cache->sql.text[DATABASE_ITEMS],
		.row = take_items,
		.ctx = &stats,
	};
	enum status st = database_run(conn, &size, deadline_ms);

	if (st == ST_OK && stats.items == DATABASE_SIZE_ROWS)
		st = database_run(conn, &items, deadline_ms);
	if (stats.items == DATABASE_ITEMS_MOST) {
		stats.items = -1;
		stats.bytes = -1;
	}
	*out = stats;
	return st;
}
