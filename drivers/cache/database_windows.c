#include "drivers/cache/database_windows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/database_conn.h"

#define SAVE_ARGS  6
#define CLAIM_ARGS 3
#define COUNT_MASK ((1U << 24) - 1) /* of n: what stands above is of old */

static_assert(CACHE_COUNT_MAX <= COUNT_MASK, "a count needs more bits");

static int
in_order(const void *a, const void *b)
{
	const struct database_window *x = a;
	const struct database_window *y = b;

	return memcmp(x->item.id, y->item.id, DIGEST_BYTES);
}

void
database_windows_gather(
    struct database_windows *w, struct cache_op *const *ops, size_t n_ops)
{
	struct arena *arena = &w->conn->arena;
	size_t n = 0;

	w->n = 0;
	w->list = arena_zalloc(arena, n_ops * sizeof(w->list[0]));
	for (size_t i = 0; i < n_ops; i++)
		if (cache_op_counts(ops[i]) && cache_op_valid(ops[i]))
			database_item_make(w->conn->cache, arena, ops[i], i,
			    &w->list[n++].item);
	qsort(w->list, n, sizeof(w->list[0]), in_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || in_order(&w->list[i], &w->list[i - 1]) != 0)
			w->list[w->n++] = w->list[i];
}

static struct database_window *
window_by_id(const struct database_windows *w, const char *id)
{
	struct database_window key = { .changed = false };

	memcpy(key.item.id, id, DIGEST_BYTES);
	return bsearch(&key, w->list, w->n, sizeof(key), in_order);
}

struct database_window *
database_window_of(const struct database_windows *w, struct cache_op *op)
{
	struct database_item item;
	struct database_window *found;

	database_item_make(w->conn->cache, &w->conn->arena, op, 0, &item);
	found = window_by_id(w, (const char *)item.id);
	assert(found != NULL);
	return found;
}

/* Binds one counter to the places of a row; returns how many those are. */
typedef size_t bind_f(const struct database_window *w, struct db_value *args);

/* Some of the counters, in order. */
struct some {
	const struct database_window *list;
	size_t n;
};

/* Runs a query with a list of counters, as often as it takes. The list is
 * filled up with the last of them. */
static enum status
each(struct database_windows *w, struct some some,
    enum database_list_query query, bind_f *bind, db_row_f *row)
{
	struct db_value args[DATABASE_LARGEST * SAVE_ARGS];
	enum status st = ST_OK;

	for (size_t at = 0; at < some.n && st == ST_OK;) {
		size_t rows;
		size_t size = database_size(some.n - at, &rows);
		struct database_ask ask = {
			.sql = w->conn->cache->sql.list[query][size],
			.args = args,
			.row = row,
			.ctx = w,
		};

		for (size_t i = 0; i < rows; i++, at++) {
			size_t place = at < some.n ? at : some.n - 1;

			ask.n_args +=
			    bind(&some.list[place], args + ask.n_args);
		}
		st = database_run(w->conn, &ask, w->deadline_ms);
	}
	return st;
}

static size_t
bind_id(const struct database_window *w, struct db_value *args)
{
	args[0] = database_id(w->item.id);
	return 1;
}

static size_t
bind_claim(const struct database_window *w, struct db_value *args)
{
	args[0] = database_id(w->item.id);
	args[1] = database_bytes(w->item.space);
	args[2] = database_bytes(w->item.op->key);
	return CLAIM_ARGS;
}

static size_t
bind_save(const struct database_window *w, struct db_value *args)
{
	bool fixed = cache_op_is_fixed(w->item.op);

	(void)bind_claim(w, args);
	args[3] = database_bytes(
	    fixed ? STR("")
		  : str_make((const char *)w->record, sizeof(w->record)));
	args[4] = database_number(w->window.end_ms);
	args[5] = database_number(fixed ? w->window.count : 0);
	return SAVE_ARGS;
}

static void
fixed_take(struct cache_window *window, int64_t n, int64_t end_ms)
{
	int64_t count = n & COUNT_MASK;

	if (n < 0 || count > CACHE_COUNT_MAX || end_ms < 0)
		return;
	window->count = (uint32_t)count;
	window->end_ms = end_ms;
}

/* What is damaged counts nothing. */
static enum status
take_window(void *ctx, const struct db_value *v, size_t n)
{
	struct database_windows *w = ctx;
	struct database_window *found;

	if (n != 5 || v[0].s.n != DIGEST_BYTES)
		return ST_ERROR;
	w->now_ms = v[4].i;
	found = window_by_id(w, v[0].s.p);
	if (found == NULL)
		return ST_OK;
	if (cache_op_is_fixed(found->item.op))
		fixed_take(&found->window, v[1].i, v[2].i);
	else
		(void)cache_record_read(v[3].s, &found->window);
	return ST_OK;
}

static enum status
windows_read(struct database_windows *w, enum database_list_query query)
{
	const struct some all = { w->list, w->n };

	for (size_t i = 0; i < w->n; i++) {
		w->list[i].window = (struct cache_window){ 0 };
		w->list[i].changed = false;
	}
	/* Where no row is found there is none to tell the time by, and none is
	 * needed: those that count have claimed theirs, and SQLite's clock is
	 * ours. */
	w->now_ms = clock_now().wall_ms;
	return each(w, all, query, bind_id, take_window);
}

enum status
database_windows_look(struct database_windows *w)
{
	return windows_read(w, DATABASE_WINDOWS);
}

enum status
database_windows_hold(struct database_windows *w)
{
	const struct some all = { w->list, w->n };
	enum status st = ST_OK;

	if (!str_is_null(w->conn->cache->sql.list[DATABASE_CLAIM][0]))
		st = each(w, all, DATABASE_CLAIM, bind_claim, NULL);
	return st == ST_OK ? windows_read(w, DATABASE_WINDOWS_HELD) : st;
}

enum status
database_windows_save(struct database_windows *w)
{
	struct database_window *list =
	    arena_alloc(&w->conn->arena, w->n * sizeof(w->list[0]));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (!w->list[i].changed)
			continue;
		list[n] = w->list[i];
		/* In the table 0 is never: one that is empty has just ended. */
		if (list[n].window.end_ms < w->now_ms)
			list[n].window.end_ms = w->now_ms;
		cache_record_write(list[n].record, &list[n].window);
		n++;
	}
	return each(
	    w, (struct some){ list, n }, DATABASE_SAVE, bind_save, NULL);
}
