#include "drivers/cache/file_conn.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "drivers/cache/cache_config.h"

#define STORE       "file store"
#define OPEN_MS     10000 /* longest wait for another that sets up */
#define RETRY_MS    1000
#define LIMIT_LEAST (INT64_C(1) << 20)

static enum status
conn_try(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st =
	    file_store_open(&conn->store, conn->cache->path, deadline_ms, err);

	conn->open = st == ST_OK;
	if (st == ST_OK) {
		conn->store.limit = conn->cache->limit;
		conn->store.max_value = (size_t)conn->cache->max_value;
		return ST_OK;
	}
	conn->retry_ms = clock_boot_ms() + RETRY_MS;
	return st;
}

enum status
file_conn_attach(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	struct error why = { 0 };
	enum status st;

	if (conn->open && file_store_in_place(&conn->store))
		return ST_OK;
	if (conn->open)
		file_store_close(&conn->store);
	conn->open = false;
	if (clock_boot_ms() < conn->retry_ms)
		return error_set(
		    err, ST_UNAVAILABLE, "the file store cannot be opened");
	st = conn_try(conn, deadline_ms, &why);
	if (st == ST_OK)
		return ST_OK;
	cache_health_failed(&conn->cache->health, STORE, why.text);
	if (st != ST_TIMEOUT && st != ST_FULL)
		st = ST_UNAVAILABLE;
	return error_set(err, st, "%s", why.text);
}

void
file_conn_report(struct cache_conn *conn, enum status st)
{
	struct cache_health *health = &conn->cache->health;

	if (st == ST_UNAVAILABLE)
		cache_health_failed(
		    health, STORE, strerror(conn->store.reason));
	else if (st == ST_OK)
		cache_health_works(health, STORE);
}

enum status
file_conn_open(struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	conn->cache = cache;
	/* What cannot be had now is tried again by each batch. */
	(void)file_conn_attach(conn, clock_boot_ms() + OPEN_MS, NULL);
	*out = conn;
	return ST_OK;
}

void
file_conn_close(struct cache_conn *conn)
{
	if (conn->open)
		file_store_close(&conn->store);
	free(conn);
}

/* A first connection finds out what is wrong with the folder, and makes its
 * path absolute. */
static enum status
cache_prove(struct cache *cache, struct error *err)
{
	struct cache_conn conn = { .cache = cache };
	enum status st = conn_try(&conn, clock_boot_ms() + OPEN_MS, err);
	char *path;

	if (st != ST_OK)
		return st == ST_INVALID ? ST_INVALID : ST_UNAVAILABLE;
	path = strdup(conn.store.folder.path);
	if (path == NULL)
		abort();
	free(cache->path);
	cache->path = path;
	file_store_close(&conn.store);
	return ST_OK;
}

enum status
file_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status st;

	if (config->bytes < LIMIT_LEAST) {
		free(cache);
		return error_set(err, ST_INVALID,
		    "CACHE_DISK: the file store needs 1m or more");
	}
	if (cache == NULL || (cache->path = strdup(config->path)) == NULL)
		abort();
	cache->limit = config->bytes;
	cache->max_value = config->max_value;
	st = cache_prove(cache, err);
	if (st == ST_OK)
		*out = cache;
	else
		file_cache_close(cache);
	return st;
}

void
file_cache_close(struct cache *cache)
{
	free(cache->path);
	free(cache);
}
