#include "drivers/cache/local.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "drivers/cache/local_counters.h"
#include "drivers/cache/local_folder.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_store.h"
#include "drivers/cache/local_values.h"
#include "drivers/cache/local_write.h"

#define OPEN_MS      10000 /* longest wait for another that makes the files */
#define UPKEEP_MS    1000  /* longest wait of the upkeep for a writer */
#define RETRY_MS     1000  /* between attempts to open a store that failed */
#define LIVES_MOST   3     /* of the store that one batch may see */
#define MEMORY_LEAST (UINT64_C(1) << 20)
#define MEMORY_GRAIN (UINT64_C(1) << 16) /* a multiple of any page */

struct cache {
	struct local_folder folder;
	uint64_t memory;
	uint64_t max_value;
	pthread_mutex_t lock; /* guards what follows, and refs of the store */
	struct local_store *store;
	int64_t retry_ms; /* no attempt to open before */
};

struct cache_conn {
	struct cache *cache;
	struct local_store *store; /* one reference; NULL: none */
	MDB_txn *reader;           /* reset between batches; NULL: none */
};

static void
store_leave(struct local_store *store)
{
	if (store != NULL && --store->refs == 0)
		local_store_close(store);
}

/* The store of the process, opened anew when its life has ended. */
static enum status
cache_store(struct cache *cache, int64_t deadline_ms, struct error *err)
{
	int64_t now_ms = clock_boot_ms();
	struct local_store *store;
	enum status st;

	if (cache->store != NULL && local_store_current(cache->store))
		return ST_OK;
	if (now_ms < cache->retry_ms)
		return ST_UNAVAILABLE;
	st = local_store_open(&cache->folder, cache->memory, cache->max_value,
	    deadline_ms, &store, err);
	if (st != ST_OK) {
		if (st != ST_TIMEOUT)
			cache->retry_ms = now_ms + RETRY_MS;
		return st == ST_TIMEOUT ? st : ST_UNAVAILABLE;
	}
	store_leave(cache->store);
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

/* Moves the connection on to the store's present life. */
static enum status
conn_move(struct cache_conn *conn, int64_t deadline_ms)
{
	struct cache *cache = conn->cache;
	struct error err = { 0 };
	enum status st = local_lock_take(&cache->lock, deadline_ms);

	if (st != ST_OK)
		return st;
	st = cache_store(cache, deadline_ms, &err);
	if (st == ST_OK && conn->store != cache->store) {
		conn_leave(conn);
		conn->store = cache->store;
		conn->store->refs++;
	}
	local_lock_leave(&cache->lock);
	if (err.text[0] != '\0')
		log_line(LOG_WARNING, STR_NULL, "%s", err.text);
	return st;
}

static enum status
conn_attach(struct cache_conn *conn, int64_t deadline_ms)
{
	if (conn->store != NULL && local_store_current(conn->store))
		return ST_OK;
	return conn_move(conn, deadline_ms);
}

static int
reader_begin(struct cache_conn *conn)
{
	MDB_env *env = conn->store->env;
	int dead;
	int rc;

	if (conn->reader != NULL)
		return mdb_txn_renew(conn->reader);
	rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &conn->reader);
	if (rc != MDB_READERS_FULL)
		return rc;
	(void)mdb_reader_check(env, &dead);
	return mdb_txn_begin(env, NULL, MDB_RDONLY, &conn->reader);
}

static enum status
read_values(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t now_ms)
{
	struct values v = { conn->store, NULL, now_ms };
	int rc = reader_begin(conn);

	if (rc != 0)
		return ST_UNAVAILABLE;
	v.txn = conn->reader;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!local_op_counts(ops[i]))
			rc = values_run(&v, ops[i]);
	mdb_txn_reset(conn->reader);
	if (rc == 0)
		return ST_OK;
	local_store_retire(conn->store, mdb_strerror(rc));
	return ST_UNAVAILABLE;
}

static enum status
write_values(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < LIVES_MOST; i++) {
		st = conn_attach(conn, deadline_ms);
		if (st == ST_OK)
			st = local_write_run(conn->store, ops, n, deadline_ms);
	}
	return st == ST_STALE ? ST_UNAVAILABLE : st;
}

/* What a batch needs. */
struct needs {
	bool counting;
	bool reading;
	bool writing;
};

static struct needs
needs_of(struct cache_op *const *ops, size_t n)
{
	struct needs needs = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (local_op_counts(ops[i]))
			needs.counting = true;
		else if (ops[i]->kind == CACHE_GET)
			needs.reading = true;
		else
			needs.writing = true;
	}
	return needs;
}

static enum status
fail(struct cache_op *const *ops, size_t n, bool counters_too, enum status st)
{
	for (size_t i = 0; i < n; i++)
		if (counters_too || !local_op_counts(ops[i]))
			ops[i]->status = st;
	return st;
}

static enum status
exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct needs needs = needs_of(ops, n);
	enum status counted = ST_OK;
	enum status st;
	int64_t now_ms;

	/* A batch that must not wait tries once to open the store. */
	st = conn_attach(conn, needs.writing ? deadline_ms : 0);
	if (st != ST_OK)
		return fail(ops, n, true, st);
	now_ms = clock_boot_ms();
	if (needs.counting)
		counted = local_counters_run(
		    conn->store->state, ops, n, now_ms, deadline_ms);
	if (needs.writing)
		st = write_values(conn, ops, n, deadline_ms);
	else if (needs.reading)
		st = read_values(conn, ops, n, now_ms);
	return st == ST_OK ? counted : fail(ops, n, false, st);
}

static void
incarnation(struct cache_conn *conn, uint8_t out[INCARNATION_BYTES])
{
	memset(out, 0, INCARNATION_BYTES);
	if (conn->store != NULL)
		memcpy(out, conn->store->incarnation, INCARNATION_BYTES);
}

static enum status
stats(struct cache_conn *conn, struct cache_stats *out, struct error *err)
{
	struct values v = { 0 };
	size_t entries = 0;
	size_t used = 0;
	size_t page;
	int rc;

	if (conn_attach(conn, 0) != ST_OK || reader_begin(conn) != 0)
		return error_set(err, ST_UNAVAILABLE, "the store is closed");
	v.store = conn->store;
	v.txn = conn->reader;
	rc = values_used(&v, &used, &entries);
	mdb_txn_reset(conn->reader);
	if (rc != 0)
		return error_set(err, ST_UNAVAILABLE, "%s", mdb_strerror(rc));
	page = (size_t)conn->store->state->memory / conn->store->pages;
	*out = (struct cache_stats){
		.entries = entries,
		.bytes_used = (uint64_t)used * page,
		.bytes_limit = conn->store->state->memory,
		.evictions = atomic_load(&conn->store->state->evictions),
	};
	return ST_OK;
}

static void
upkeep(struct cache_conn *conn)
{
	int64_t deadline_ms = clock_boot_ms() + UPKEEP_MS;

	if (conn->store != NULL &&
	    !local_store_in_place(&conn->cache->folder, conn->store))
		local_store_retire(conn->store, "its files were removed");
	if (conn_attach(conn, deadline_ms) == ST_OK)
		(void)local_write_upkeep(conn->store, deadline_ms);
}

static enum status
connect_to(struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	conn->cache = cache;
	/* A store that cannot be opened now may be when it is used. */
	(void)conn_move(conn, clock_boot_ms() + OPEN_MS);
	*out = conn;
	return ST_OK;
}

static void
disconnect(struct cache_conn *conn)
{
	struct cache *cache = conn->cache;

	if (local_lock_take(&cache->lock, INT64_MAX) == ST_OK) {
		conn_leave(conn);
		local_lock_leave(&cache->lock);
	}
	free(conn);
}

static void
close_cache(struct cache *cache)
{
	store_leave(cache->store);
	local_folder_close(&cache->folder);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}

static enum status
cache_set_up(
    struct cache *cache, const struct settings *settings, struct error *err)
{
	uint64_t memory = (uint64_t)settings->cache_memory;
	enum status st;

	if (settings->cache_memory < (int64_t)MEMORY_LEAST)
		return error_set(err, ST_INVALID,
		    "CACHE_MEMORY: the local store needs 1m or more");
	cache->memory = memory / MEMORY_GRAIN * MEMORY_GRAIN;
	cache->max_value = (uint64_t)settings->cache_max_value;
	if (!local_lock_init(&cache->lock))
		return error_set(err, ST_UNAVAILABLE, "no robust mutexes");
	st = local_folder_open(&cache->folder, settings->cache_path, err);
	if (st != ST_OK)
		return st;
	return cache_store(cache, clock_boot_ms() + OPEN_MS, err);
}

static enum status
open_cache(
    const struct settings *settings, struct cache **out, struct error *err)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status st;

	if (cache == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	cache->folder.fd = -1;
	st = cache_set_up(cache, settings, err);
	if (st == ST_OK)
		*out = cache;
	else
		close_cache(cache);
	return st;
}

const struct cache_driver local_driver = {
	.name = "local",
	.room = CACHE_INLINE,
	.open = open_cache,
	.close = close_cache,
	.connect = connect_to,
	.disconnect = disconnect,
	.exec = exec,
	.incarnation = incarnation,
	.stats = stats,
	.upkeep = upkeep,
};
