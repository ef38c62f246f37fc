#include "drivers/cache/database_counters.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"

#define SAVE_ARGS  5
#define CLAIM_ARGS 3
#define MS_PER_S   1000
#define COUNT_BITS 24 /* of n, which take CACHE_COUNT_MAX */
#define COUNT_MASK ((1U << COUNT_BITS) - 1)

static_assert(CACHE_COUNT_MAX <= COUNT_MASK, "a count needs more bits");

struct counter {
	struct database_item item; /* of one of the operations on it */
	struct cache_window window;
	uint32_t ttl; /* seconds of the window; 0: it has none */
	bool changed;
};

/* The counting of a batch. */
struct count {
	struct cache_conn *conn;
	struct cache_op *const *ops;
	size_t n;
	struct counter *counters; /* each once, by id */
	size_t n_counters;
	int64_t now_ms; /* of the database's clock */
	int64_t deadline_ms;
};

static int
in_order(const void *a, const void *b)
{
	const struct counter *x = a;
	const struct counter *y = b;

	return memcmp(x->item.id, y->item.id, DIGEST_BYTES);
}

/* Gathers the counters that valid operations name. */
static void
counters_gather(struct count *c)
{
	struct arena *arena = &c->conn->arena;
	size_t n = 0;

	c->counters = arena_zalloc(arena, c->n * sizeof(c->counters[0]));
	for (size_t i = 0; i < c->n; i++)
		if (cache_op_counts(c->ops[i]) && cache_op_valid(c->ops[i]))
			database_item_make(c->conn->cache, arena, c->ops[i], i,
			    &c->counters[n++].item);
	qsort(c->counters, n, sizeof(c->counters[0]), in_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 ||
		    in_order(&c->counters[i], &c->counters[i - 1]) != 0)
			c->counters[c->n_counters++] = c->counters[i];
}

static struct counter *
counter_by_id(const struct count *c, const char *id)
{
	struct counter key = { .changed = false };

	memcpy(key.item.id, id, DIGEST_BYTES);
	return bsearch(&key, c->counters, c->n_counters, sizeof(key), in_order);
}

static struct counter *
counter_of(const struct count *c, struct cache_op *op)
{
	struct database_item item;
	struct counter *found;

	database_item_make(c->conn->cache, &c->conn->arena, op, 0, &item);
	found = counter_by_id(c, (const char *)item.id);
	assert(found != NULL);
	return found;
}

/* Binds one counter to the places of a row; returns how many those are. */
typedef size_t bind_f(const struct counter *counter, struct db_value *args);

/* Some of the counters, in order. */
struct some {
	const struct counter *list;
	size_t n;
};

/* Runs a query with a list of counters, as often as it takes. The list is
 * filled up with the last of them. */
static enum status
each(struct count *c, struct some some, enum database_list_query query,
    bind_f *bind, db_row_f *row)
{
	struct db_value args[DATABASE_LARGEST * SAVE_ARGS];
	enum status st = ST_OK;

	for (size_t at = 0; at < some.n && st == ST_OK;) {
		size_t rows;
		size_t size = database_size(some.n - at, &rows);
		struct database_ask ask = {
			.sql = c->conn->cache->sql.list[query][size],
			.args = args,
			.row = row,
			.ctx = c,
		};

		for (size_t i = 0; i < rows; i++, at++) {
			size_t place = at < some.n ? at : some.n - 1;

			ask.n_args +=
			    bind(&some.list[place], args + ask.n_args);
		}
		st = database_run(c->conn, &ask, c->deadline_ms);
	}
	return st;
}

static size_t
bind_id(const struct counter *counter, struct db_value *args)
{
	args[0] = database_id(counter->item.id);
	return 1;
}

static size_t
bind_claim(const struct counter *counter, struct db_value *args)
{
	args[0] = database_id(counter->item.id);
	args[1] = database_bytes(counter->item.space);
	args[2] = database_bytes(counter->item.op->key);
	return CLAIM_ARGS;
}

static size_t
bind_save(const struct counter *counter, struct db_value *args)
{
	(void)bind_claim(counter, args);
	args[3] = database_number(counter->window.end_ms);
	args[4] = database_number(
	    (int64_t)counter->ttl << COUNT_BITS | counter->window.count);
	return SAVE_ARGS;
}

/* No window is longer than when it began: the clock has been set back. */
static void
window_shorten(struct counter *counter, int64_t now_ms)
{
	int64_t longest = now_ms + (int64_t)counter->ttl * MS_PER_S;

	if (counter->ttl == 0 || counter->window.end_ms <= longest)
		return;
	counter->window.end_ms = longest;
	counter->changed = true;
}

static enum status
take_window(void *ctx, const struct db_value *v, size_t n)
{
	struct count *c = ctx;
	struct counter *counter;
	int64_t count;
	int64_t ttl;

	if (n != 4 || v[0].s.n != DIGEST_BYTES)
		return ST_ERROR;
	c->now_ms = v[3].i;
	counter = counter_by_id(c, v[0].s.p);
	count = v[1].i & COUNT_MASK;
	ttl = v[1].i >> COUNT_BITS;
	if (counter == NULL || ttl < 0 || ttl > CACHE_TTL_MAX ||
	    count > CACHE_COUNT_MAX)
		return ST_OK;
	counter->window.count = (uint32_t)count;
	counter->window.end_ms = v[2].i;
	counter->ttl = (uint32_t)ttl;
	window_shorten(counter, c->now_ms);
	return ST_OK;
}

/* The rows are held to the end of the transaction. */
static enum status
windows_read(struct count *c)
{
	const struct some all = { c->counters, c->n_counters };
	enum status st = ST_OK;

	for (size_t i = 0; i < c->n_counters; i++) {
		c->counters[i].window = (struct cache_window){ 0 };
		c->counters[i].ttl = 0;
		c->counters[i].changed = false;
	}
	/* Where no row is found: SQLite's clock is ours. */
	c->now_ms = clock_now().wall_ms;
	if (!str_is_null(c->conn->cache->sql.list[DATABASE_CLAIM][0]))
		st = each(c, all, DATABASE_CLAIM, bind_claim, NULL);
	if (st == ST_OK)
		st = each(c, all, DATABASE_WINDOWS, bind_id, take_window);
	return st;
}

static void
window_end(struct count *c, struct cache_op *op)
{
	struct counter *counter = counter_of(c, op);

	op->status = ST_MISSING;
	if (!cache_window_open(&counter->window, c->now_ms))
		return;
	op->status = ST_OK;
	counter->window.count = 0;
	counter->changed = true;
}

static void
group_count(struct count *c, const struct cache_group *g)
{
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct counter *counters[CACHE_GROUP_MAX];
	bool open[CACHE_GROUP_MAX];

	for (size_t i = 0; i < g->n; i++) {
		counters[i] = counter_of(c, g->ops[i]);
		windows[i] = &counters[i]->window;
		open[i] = cache_window_open(windows[i], c->now_ms);
	}
	if (!cache_group_count(g, windows, c->now_ms))
		return;
	/* Of two that name one counter, the first has begun the window. */
	for (size_t i = g->n; i-- > 0;) {
		counters[i]->changed = true;
		if (!open[i])
			counters[i]->ttl = g->ops[i]->ttl;
	}
}

static void
count_all(struct count *c)
{
	struct cache_groups groups = cache_groups_of(c->ops, c->n);
	struct cache_group g;

	while (cache_groups_next(&groups, &g)) {
		if (g.ops[0]->kind == CACHE_DEL)
			window_end(c, g.ops[0]);
		else
			group_count(c, &g);
	}
}

static struct some
counters_changed(const struct count *c)
{
	struct counter *list = arena_alloc(
	    &c->conn->arena, c->n_counters * sizeof(c->counters[0]));
	size_t n = 0;

	for (size_t i = 0; i < c->n_counters; i++)
		if (c->counters[i].changed)
			list[n++] = c->counters[i];
	return (struct some){ list, n };
}

/* What is claimed and not counted upon goes with the transaction, if nothing
 * is counted. */
static enum status
count_try(struct count *c)
{
	struct some changed;
	enum status st = database_begin(c->conn, c->deadline_ms);

	if (st != ST_OK)
		return st;
	st = windows_read(c);
	if (st == ST_OK) {
		count_all(c);
		changed = counters_changed(c);
		if (changed.n == 0) {
			database_rollback(c->conn);
			return ST_OK;
		}
		st = each(c, changed, DATABASE_SAVE, bind_save, NULL);
	}
	if (st == ST_OK)
		st = database_commit(c->conn);
	if (st != ST_OK)
		database_rollback(c->conn);
	return st;
}

/* A disk that is full takes no window. */
static enum status
refuse(const struct count *c, enum status st)
{
	for (size_t i = 0; i < c->n; i++)
		if (cache_op_counts(c->ops[i]) && cache_op_valid(c->ops[i]))
			c->ops[i]->status = st;
	return ST_OK;
}

enum status
database_count(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct count c = {
		.conn = conn,
		.ops = ops,
		.n = n,
		.deadline_ms = deadline_ms,
	};
	unsigned runs = 0;
	enum status st;

	counters_gather(&c);
	if (c.n_counters == 0) {
		count_all(&c); /* none of them is valid */
		return ST_OK;
	}
	do
		st = count_try(&c);
	while (database_again(conn, st, deadline_ms, &runs));
	return st == ST_FULL ? refuse(&c, ST_FULL) : st;
}
