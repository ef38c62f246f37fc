#include "drivers/cache/local.h"

#include "app/base/clock.h"
#include "drivers/cache/local_conn.h"
#include "drivers/cache/local_counters.h"
#include "drivers/cache/local_flush.h"
#include "drivers/cache/local_list.h"
#include "drivers/cache/local_store.h"
#include "drivers/cache/local_values.h"
#include "drivers/cache/local_write.h"

#define UPKEEP_MS  1000 /* longest wait of the upkeep for a writer */
#define LIVES_MOST 3    /* of the store that one batch may see */

static enum status
read_values(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t now_ms)
{
	struct values v = { conn->store, NULL, now_ms };
	int rc = local_conn_read(conn);

	if (rc == 0) {
		v.txn = conn->reader;
		for (size_t i = 0; rc == 0 && i < n; i++)
			if (!cache_op_counts(ops[i]))
				rc = values_run(&v, ops[i]);
		mdb_txn_reset(conn->reader);
	}
	return local_store_verdict(conn->store, rc) == ST_OK ? ST_OK
							     : ST_UNAVAILABLE;
}

static enum status
write_values(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < LIVES_MOST; i++) {
		st = local_conn_attach(conn, deadline_ms);
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
		if (cache_op_counts(ops[i]))
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
		if (counters_too || !cache_op_counts(ops[i]))
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
	st = local_conn_attach(conn, needs.writing ? deadline_ms : 0);
	if (st != ST_OK)
		return fail(ops, n, true, st);
	now_ms = clock_boot_ms();
	/* Counters and values do not see each other: either may come first. */
	if (needs.counting)
		counted = local_counters_run(
		    conn->store->state, ops, n, now_ms, deadline_ms);
	if (needs.writing)
		st = write_values(conn, ops, n, deadline_ms);
	else if (needs.reading)
		st = read_values(conn, ops, n, now_ms);
	return st == ST_OK ? counted : fail(ops, n, false, st);
}

static enum status
stats(struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms,
    struct error *err)
{
	struct values v = { 0 };
	size_t entries = 0;
	size_t used = 0;
	size_t page;
	int rc;

	if (local_conn_attach(conn, deadline_ms) != ST_OK ||
	    local_conn_read(conn) != 0)
		return error_set(err, ST_UNAVAILABLE, "the store is closed");
	v.store = conn->store;
	v.txn = conn->reader;
	rc = values_used(&v, &used, &entries);
	mdb_txn_reset(conn->reader);
	if (rc != 0)
		return error_set(err, ST_UNAVAILABLE, "%s", mdb_strerror(rc));
	page = (size_t)conn->store->state->memory / conn->store->pages;
	*out = (struct cache_stats){
		.hits = -1,
		.misses = -1,
		.items = (int64_t)entries,
		.bytes = (int64_t)(used * page),
		.bytes_limit = (int64_t)conn->store->state->memory,
		.evictions =
		    (int64_t)atomic_load(&conn->store->state->evictions),
	};
	return ST_OK;
}

static enum status
ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = local_conn_attach(conn, deadline_ms);

	return st == ST_OK ? ST_OK
			   : error_set(err, st, "the store cannot be opened");
}

static void
upkeep(struct cache_conn *conn)
{
	int64_t deadline_ms = clock_boot_ms() + UPKEEP_MS;

	if (conn->store != NULL &&
	    !local_store_in_place(&conn->cache->folder, conn->store))
		local_store_retire(conn->store, "its files were removed");
	if (local_conn_attach(conn, deadline_ms) == ST_OK)
		(void)local_write_upkeep(conn->store, deadline_ms);
}

const struct cache_driver local_driver = {
	.name = "local",
	.room = CACHE_INLINE,
	.open = local_cache_open,
	.close = local_cache_close,
	.connect = local_conn_open,
	.disconnect = local_conn_close,
	.exec = exec,
	.list = local_list,
	.flush = local_flush,
	.stats = stats,
	.ping = ping,
	.upkeep = upkeep,
};
