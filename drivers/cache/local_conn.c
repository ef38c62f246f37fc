#include "drivers/cache/local_conn.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/local_device.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_store.h"

#define OPEN_MS      10000 /* longest wait for another that makes the files */
#define CONNECT_MS   20    /* the same, of one who must not be kept */
#define RETRY_MS     1000  /* between attempts to open a store that failed */
#define MEMORY_LEAST (UINT64_C(1) << 20)
#define MEMORY_GRAIN (UINT64_C(1) << 16) /* a multiple of any page */

/* The holder of the lock of the store's cache. */
static void
store_leave(struct local_store *store)
{
	if (store != NULL && --store->refs == 0)
		local_store_close(store);
}

/* One line when the store cannot be opened, and one when it can again. */
static void
report(struct cache *cache, enum status st, const struct error *err)
{
	if (st != ST_OK && !cache->failing)
		log_line(LOG_ERROR, STR_NULL, "local store: %s", err->text);
	else if (st == ST_OK && cache->failing)
		log_line(LOG_INFO, STR_NULL, "local store: open again");
	cache->failing = st != ST_OK;
}

/* The store of the process, opened anew when its life has ended. */
static enum status
store_renew(struct cache *cache, int64_t deadline_ms, struct error *err)
{
	struct local_store *store;
	enum status st;

	cache_folder_renew(&cache->folder);
	st = local_store_open(
	    &cache->folder, &cache->wish, deadline_ms, &store, err);
	if (st == ST_TIMEOUT)
		return st;
	if (st != ST_OK) {
		cache->retry_ms = clock_boot_ms() + RETRY_MS;
		return ST_UNAVAILABLE;
	}
	store_leave(cache->store);
	cache->wish.again = true;
	store->refs = 1;
	cache->store = store;
	return ST_OK;
}

static void
conn_leave(struct cache_conn *conn)
{
	if (conn->reader != NULL)
		mdb_txn_abort(conn->reader);
	store_leave(conn->store);
	conn->reader = NULL;
	conn->store = NULL;
}

/* Under the cache's lock: moves on to the present life. */
static enum status
conn_move(struct cache_conn *conn, int64_t deadline_ms)
{
	struct cache *cache = conn->cache;
	struct error err = { 0 };
	enum status st;

	if (!local_store_current(cache->store)) {
		if (clock_boot_ms() < cache->retry_ms)
			return ST_UNAVAILABLE;
		st = store_renew(cache, deadline_ms, &err);
		report(cache, st, &err);
		if (st != ST_OK)
			return st;
	}
	if (conn->store == cache->store)
		return ST_OK;
	conn_leave(conn);
	conn->store = cache->store;
	conn->store->refs++;
	return ST_OK;
}

enum status
local_conn_attach(struct cache_conn *conn, int64_t deadline_ms)
{
	enum status st;

	if (conn->store != NULL && local_store_current(conn->store))
		return ST_OK;
	st = local_lock_take(&conn->cache->lock, deadline_ms);
	if (st != ST_OK)
		return st;
	st = conn_move(conn, deadline_ms);
	local_lock_leave(&conn->cache->lock);
	return st;
}

int
local_conn_read(struct cache_conn *conn)
{
	MDB_env *env = conn->store->env;
	int dead;
	int rc;

	if (conn->reader != NULL)
		return mdb_txn_renew(conn->reader);
	rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &conn->reader);
	if (rc != MDB_READERS_FULL)
		return rc;
	(void)mdb_reader_check(env, &dead); /* if it fails, so does this */
	return mdb_txn_begin(env, NULL, MDB_RDONLY, &conn->reader);
}

enum status
local_conn_open(struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	conn->cache = cache;
	/* What cannot be had now is tried again by each batch. */
	(void)local_conn_attach(conn, clock_boot_ms() + CONNECT_MS);
	*out = conn;
	return ST_OK;
}

void
local_conn_close(struct cache_conn *conn)
{
	(void)pthread_mutex_lock(&conn->cache->lock); /* private: cannot fail */
	conn_leave(conn);
	(void)pthread_mutex_unlock(&conn->cache->lock);
	free(conn);
}

static enum status
cache_set_up(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	enum status st;

	if (config->bytes < (int64_t)MEMORY_LEAST ||
	    (uint64_t)config->bytes > SIZE_MAX / 2)
		return error_set(err, ST_INVALID,
		    "CACHE_MEMORY: the local store needs 1m or more");
	cache->wish.memory =
	    (uint64_t)config->bytes / MEMORY_GRAIN * MEMORY_GRAIN;
	cache->wish.max_value = (uint64_t)config->max_value;
	st = cache_folder_open(&cache->folder, config->path, err);
	if (st == ST_OK)
		st = local_device_check(&cache->folder, err);
	if (st != ST_OK)
		return st;
	return store_renew(cache, clock_boot_ms() + OPEN_MS, err);
}

enum status
local_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status st;

	if (cache == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	cache->folder.fd = -1;
	(void)pthread_mutex_init(&cache->lock, NULL); /* cannot fail on Linux */
	st = cache_set_up(cache, config, err);
	if (st != ST_OK) {
		local_cache_close(cache);
		return st == ST_INVALID ? ST_INVALID : ST_UNAVAILABLE;
	}
	*out = cache;
	return ST_OK;
}

void
local_cache_close(struct cache *cache)
{
	store_leave(cache->store);
	cache_folder_close(&cache->folder);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}
