#include "drivers/cache/memcached.h"

#include "app/base/clock.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_counters.h"
#include "drivers/cache/memcached_generation.h"
#include "drivers/cache/memcached_gets.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_lookup.h"
#include "drivers/cache/memcached_server.h"
#include "drivers/cache/memcached_stats.h"
#include "drivers/cache/memcached_values.h"

static void
ops_begin(struct cache_op *const *ops, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cache_op *op = ops[i];

		op->status = cache_op_valid(op) ? ST_OK : ST_INVALID;
		if (op->kind == CACHE_GET || op->kind == CACHE_ADD)
			memset(op->incarnation, 0, INCARNATION_BYTES);
	}
}

/* What comes after the first GETs, an operation that is none first. */
static void
values_run(
    struct cache_conn *conn, struct cache_op *const *ops, size_t from, size_t n)
{
	struct memcached_lookups lookups;
	struct memcached_gets gets;
	size_t to;

	for (; from < n; from = to) {
		if (ops[from]->status != ST_INVALID)
			memcached_value_run(conn, ops[from]);
		memcached_lookups_init(&lookups);
		to = memcached_gets_end(ops, from + 1, n);
		memcached_gets_ask(conn, ops, from + 1, to, &gets, &lookups);
		memcached_lookups_run(conn, &lookups);
		memcached_gets_take(conn, &gets);
	}
}

/* One status for all that was not done. */
static enum status
verdict(struct cache_op *const *ops, size_t n)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n; i++) {
		if (ops[i]->status != ST_TIMEOUT &&
		    ops[i]->status != ST_UNAVAILABLE)
			continue;
		if (st == ST_OK)
			st = ops[i]->status;
		ops[i]->status = st;
	}
	return st;
}

/* The first GETs and all COUNTs are asked together: most batches have no
 * more. */
static enum status
exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	size_t n_gets = memcached_gets_end(ops, 0, n);
	struct memcached_lookups lookups;
	struct memcached_counters counters;
	struct memcached_gets gets;

	memcached_conn_begin(conn, deadline_ms);
	ops_begin(ops, n);
	memcached_lookups_init(&lookups);
	memcached_gets_ask(conn, ops, 0, n_gets, &gets, &lookups);
	memcached_counters_ask(conn, ops, n, &counters, &lookups);
	memcached_lookups_run(conn, &lookups);
	memcached_gets_take(conn, &gets);
	/* Counters and values do not see each other: either may come first. */
	memcached_counters_take(conn, ops, n, &counters);
	values_run(conn, ops, n_gets, n);
	return verdict(ops, n);
}

/* On every server: a value may lie on any of them. */
static enum status
flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	enum status worst = ST_OK;

	memcached_conn_begin(conn, deadline_ms);
	for (size_t i = 0; i < conn->cache->n; i++) {
		struct memcached_link *link = &conn->links[i];
		enum status st = memcached_generation_renew(conn, link, space);

		if (st == ST_OK)
			continue;
		(void)memcached_server_fail(link->server, err);
		worst = st;
	}
	return worst;
}

static void
upkeep(struct cache_conn *conn)
{
	struct cache *cache = conn->cache;

	for (size_t i = 0; i < cache->n; i++)
		memcached_server_upkeep(&cache->servers[i], clock_boot_ms());
}

const struct cache_driver memcached_driver = {
	.name = "memcached",
	.room = CACHE_THREAD,
	.open = memcached_cache_open,
	.close = memcached_cache_close,
	.connect = memcached_conn_open,
	.disconnect = memcached_conn_close,
	.exec = exec,
	.flush = flush,
	.stats = memcached_stats_sum,
	.ping = memcached_stats_ping,
	.upkeep = upkeep,
};
