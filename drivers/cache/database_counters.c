#include "drivers/cache/database_counters.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_windows.h"

/* The counting of a batch. */
struct count {
	struct cache_op *const *ops;
	size_t n;
	struct database_windows windows;
	bool changed; /* one of them */
};

static void
window_changed(struct count *c, struct database_window *w)
{
	w->changed = true;
	c->changed = true;
}

static void
window_end(struct count *c, struct cache_op *op)
{
	struct database_window *w = database_window_of(&c->windows, op);

	op->status = ST_MISSING;
	if (!cache_window_open(&w->window, c->windows.now_ms))
		return;
	op->status = ST_OK;
	w->window = (struct cache_window){ 0 };
	window_changed(c, w);
}

static void
group_count(struct count *c, const struct cache_group *g)
{
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct database_window *rows[CACHE_GROUP_MAX];

	for (size_t i = 0; i < g->n; i++) {
		rows[i] = database_window_of(&c->windows, g->ops[i]);
		windows[i] = &rows[i]->window;
	}
	if (!cache_group_count(g, windows, c->windows.now_ms))
		return;
	for (size_t i = 0; i < g->n; i++)
		window_changed(c, rows[i]);
}

static void
count_all(struct count *c)
{
	struct cache_groups groups = cache_groups_of(c->ops, c->n);
	struct cache_group g;

	c->changed = false;
	while (cache_groups_next(&groups, &g)) {
		if (g.ops[0]->kind == CACHE_DEL)
			window_end(c, g.ops[0]);
		else
			group_count(c, &g);
	}
}

/* Whether nothing may change: no row need be held. */
static bool
only_looks(const struct count *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (cache_op_counts(c->ops[i]) && c->ops[i]->kind != CACHE_LOOK)
			return false;
	return true;
}

static enum status
look_try(struct count *c)
{
	enum status st = database_windows_look(&c->windows);

	if (st == ST_OK)
		count_all(c);
	return st;
}

/* What is claimed and not counted upon goes with the transaction, if nothing
 * is counted. */
static enum status
count_try(struct count *c)
{
	struct cache_conn *conn = c->windows.conn;
	enum status st = database_begin(conn, c->windows.deadline_ms);

	if (st != ST_OK)
		return st;
	st = database_windows_hold(&c->windows);
	if (st == ST_OK) {
		count_all(c);
		if (!c->changed) {
			database_rollback(conn);
			return ST_OK;
		}
		st = database_windows_save(&c->windows);
	}
	if (st == ST_OK)
		st = database_commit(conn);
	if (st != ST_OK)
		database_rollback(conn);
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
		.ops = ops,
		.n = n,
		.windows = { .conn = conn, .deadline_ms = deadline_ms },
	};
	unsigned runs = 0;
	bool looks = only_looks(&c);
	enum status st;

	database_windows_gather(&c.windows, ops, n);
	if (c.windows.n == 0) {
		count_all(&c); /* none of them is valid */
		return ST_OK;
	}
	do
		st = looks ? look_try(&c) : count_try(&c);
	while (database_again(conn, st, deadline_ms, &runs));
	return st == ST_FULL ? refuse(&c, ST_FULL) : st;
}
