#include "drivers/cache/file_counters.h"

#include "app/base/clock.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_window.h"

/* A group at work: its counters, each once, in the order of their shards. */
struct count {
	struct file_store *store;
	struct cache_group group;
	struct file_window counters[CACHE_GROUP_MAX];
	size_t n;
	struct cache_window *windows[CACHE_GROUP_MAX]; /* of group.ops */
	int64_t deadline_ms;
	int64_t now_ms; /* Unix time, once the locks are held */
};

/* Where the counter is, or has its place. */
static size_t
place_of(const struct count *c, const struct file_window *w)
{
	size_t i = 0;

	while (i < c->n && file_window_order(&c->counters[i], w) < 0)
		i++;
	return i;
}

static bool
is_at(const struct count *c, size_t i, const struct file_window *w)
{
	return i < c->n && file_window_order(&c->counters[i], w) == 0;
}

static void
counters_name(struct count *c)
{
	struct file_window w;

	c->n = 0;
	for (size_t i = 0; i < c->group.n; i++) {
		size_t at;

		file_window_name(c->group.ops[i], &w);
		at = place_of(c, &w);
		if (is_at(c, at, &w))
			continue;
		memmove(&c->counters[at + 1], &c->counters[at],
		    (c->n - at) * sizeof(c->counters[0]));
		c->counters[at] = w;
		c->n++;
	}
	for (size_t i = 0; i < c->group.n; i++) {
		file_window_name(c->group.ops[i], &w);
		c->windows[i] = &c->counters[place_of(c, &w)].window;
	}
}

static void
locks_leave(struct count *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		file_lock_leave(
		    c->store->locks, FILE_LOCK_COUNTERS + c->counters[i].shard);
}

/* All take them in the same order, so nobody waits crosswise. */
static enum status
locks_take(struct count *c)
{
	for (size_t i = 0; i < c->n; i++) {
		enum status st = file_lock_take(c->store->locks,
		    FILE_LOCK_COUNTERS + c->counters[i].shard, c->deadline_ms);

		if (st == ST_OK)
			continue;
		locks_leave(c, i);
		return st == ST_UNAVAILABLE ? file_store_fail(c->store) : st;
	}
	return ST_OK;
}

static enum status
windows_find(struct count *c)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->n; i++)
		st = file_window_find(c->store, &c->counters[i], c->now_ms);
	return st;
}

/* All or none. */
static enum status
windows_save(struct count *c)
{
	for (size_t i = 0; i < c->n; i++) {
		enum status st =
		    file_window_save(c->store, &c->counters[i], c->now_ms);

		if (st == ST_OK)
			continue;
		while (i-- > 0)
			file_window_undo(c->store, &c->counters[i]);
		return st;
	}
	return ST_OK;
}

static enum status
window_end(struct count *c)
{
	struct file_window *w = &c->counters[0];
	bool open = cache_window_open(&w->window, c->now_ms);

	c->group.ops[0]->status = open ? ST_OK : ST_MISSING;
	w->window = (struct cache_window){ 0 };
	return open ? windows_save(c) : ST_OK;
}

/* Under the locks. ST_OK: each operation has its own status. */
static enum status
count_locked(struct count *c)
{
	enum status st = windows_find(c);

	if (st != ST_OK)
		return st;
	if (c->group.ops[0]->kind == CACHE_DEL)
		return window_end(c);
	if (!cache_group_count(&c->group, c->windows, c->now_ms))
		return ST_OK;
	return windows_save(c);
}

static enum status
count_run(struct count *c)
{
	enum status st;

	counters_name(c);
	st = locks_take(c);
	if (st == ST_OK) {
		c->now_ms = clock_now().wall_ms;
		st = count_locked(c);
		for (size_t i = 0; i < c->n; i++)
			file_window_close(&c->counters[i]);
		locks_leave(c, c->n);
	}
	return st == ST_OK ? ST_OK
			   : cache_ops_fail(c->group.ops, c->group.n, st);
}

enum status
file_counters_run(struct file_store *store, struct cache_op *const *ops,
    size_t n, int64_t deadline_ms)
{
	struct cache_groups groups = cache_groups_of(ops, n);
	struct count c = { .store = store, .deadline_ms = deadline_ms };
	enum status worst = ST_OK;

	while (cache_groups_next(&groups, &c.group)) {
		enum status st = count_run(&c);

		if (st == ST_TIMEOUT || st == ST_UNAVAILABLE)
			worst = st;
	}
	return worst;
}
