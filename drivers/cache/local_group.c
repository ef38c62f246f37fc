/*
 * The locks of the wide counters' buckets are held from finding their windows
 * to writing them. Fixed counters have no lock: the group is decided upon what
 * they held a moment ago, the wide windows are written, then the fixed ones are
 * counted. One that another has used up in between refuses the group, and the
 * wide windows are written as they were, before anyone else can see them.
 */
#include "drivers/cache/local_group.h"

#include <string.h>

#include "drivers/cache/cache_group.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_state.h"
#include "drivers/cache/local_wide.h"
#include "drivers/cache/local_window.h"

/* A counter of the group. */
struct member {
	bool fixed;
	struct counter narrow; /* when fixed */
	struct wide wide;      /* when not */
	struct cache_window found;
	struct cache_window window; /* after the group */
};

/* A group at work: its counters, each once, and the buckets of the wide ones
 * in the order of their addresses. */
struct work {
	const struct cache_group *group;
	int64_t now_ms;
	int64_t deadline_ms;
	size_t n;
	size_t buckets_n;
	struct member members[CACHE_GROUP_MAX];
	uint8_t member_of[CACHE_GROUP_MAX]; /* each operation's */
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct local_wide_bucket *buckets[CACHE_GROUP_MAX];
};

static void
member_name(
    struct member *m, struct local_state *state, const struct cache_op *op)
{
	char buffer[LOCAL_NAME_MAX];
	struct str name = local_name(op, buffer);

	m->fixed = cache_op_is_fixed(op);
	if (m->fixed)
		m->narrow = counter_of(state, name);
	else
		m->wide = wide_of(state, name);
}

static bool
member_same(const struct member *a, const struct member *b)
{
	if (a->fixed != b->fixed)
		return false;
	return a->fixed ? a->narrow.key == b->narrow.key
			: a->wide.key == b->wide.key;
}

static void
members_name(struct work *w, struct local_state *state)
{
	w->n = 0;
	memset(w->member_of, 0, sizeof(w->member_of));
	for (size_t i = 0; i < w->group->n; i++) {
		struct member *last = &w->members[w->n];
		size_t at = 0;

		member_name(last, state, w->group->ops[i]);
		while (at < w->n && !member_same(&w->members[at], last))
			at++;
		if (at == w->n)
			w->n++;
		w->member_of[i] = (uint8_t)at;
		w->windows[i] = &w->members[at].window;
	}
}

static void
buckets_sort(struct work *w)
{
	w->buckets_n = 0;
	for (size_t i = 0; i < w->n; i++) {
		const struct member *m = &w->members[i];
		struct local_wide_bucket *one =
		    m->fixed ? NULL : m->wide.bucket;
		size_t at = w->buckets_n;

		if (one == NULL)
			continue;
		while (at > 0 && w->buckets[at - 1] > one)
			at--;
		if (at > 0 && w->buckets[at - 1] == one)
			continue;
		for (size_t k = w->buckets_n++; k > at; k--)
			w->buckets[k] = w->buckets[k - 1];
		w->buckets[at] = one;
	}
}

static void
locks_leave(const struct work *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		local_lock_leave(&w->buckets[i]->lock);
}

/* All take them in the same order, so nobody waits crosswise. */
static enum status
locks_take(struct work *w)
{
	buckets_sort(w);
	for (size_t i = 0; i < w->buckets_n; i++) {
		enum status st =
		    local_lock_take(&w->buckets[i]->lock, w->deadline_ms);

		if (st == ST_OK)
			continue;
		locks_leave(w, i);
		return st;
	}
	return ST_OK;
}

/* What a fixed counter holds, as an operation upon it tells. */
static void
fixed_found(struct member *m, const struct cache_op *op, int64_t now_ms)
{
	m->found = (struct cache_window){ 0 };
	m->found.count = op->count;
	m->found.end_ms = now_ms + op->reset_ms;
}

static void
windows_find(struct work *w)
{
	for (size_t i = 0; i < w->buckets_n; i++)
		w->now_ms = wide_now(w->buckets[i], w->now_ms);
	for (size_t i = 0; i < w->group->n; i++) {
		struct cache_op *op = w->group->ops[i];
		struct member *m = &w->members[w->member_of[i]];

		if (!m->fixed) {
			wide_find(&m->wide, &m->found);
			continue;
		}
		counter_peek(&m->narrow, op, w->now_ms);
		fixed_found(m, op, w->now_ms);
	}
}

/* Sets what the operations put out. False: no window changes. */
static bool
decide(struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		w->members[i].window = w->members[i].found;
	return cache_group_count(w->group, w->windows, w->now_ms);
}

/* Writes the first n as they were. */
static void
wide_undo(struct work *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct member *m = &w->members[i];

		if (!m->fixed && m->wide.slot != WIDE_NOWHERE)
			(void)wide_save(&m->wide, &m->found, w->now_ms);
	}
}

/* All or none: ST_OK, ST_FULL. */
static enum status
wide_write(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct member *m = &w->members[i];

		if (m->fixed || !cache_window_open(&m->window, w->now_ms))
			continue;
		if (wide_save(&m->wide, &m->window, w->now_ms))
			continue;
		wide_undo(w, i);
		return ST_FULL;
	}
	return ST_OK;
}

static void
fixed_undo(const struct work *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct member *m = &w->members[w->member_of[i]];

		if (m->fixed && w->group->ops[i]->status == ST_OK)
			counter_undo(&m->narrow);
	}
}

/* Counts the fixed ones that were found to have room, all or none: ST_OK, or
 * the status of the one that could not. */
static enum status
fixed_add(struct work *w)
{
	for (size_t i = 0; i < w->group->n; i++) {
		struct cache_op *op = w->group->ops[i];
		struct member *m = &w->members[w->member_of[i]];

		if (!m->fixed || op->status != ST_OK)
			continue;
		counter_add(&m->narrow, op, w->now_ms, w->deadline_ms);
		if (op->status == ST_OK ||
		    (op->status == ST_REFUSED && op->soft))
			continue;
		if (op->status == ST_REFUSED)
			fixed_found(m, op, w->now_ms);
		fixed_undo(w, i);
		return op->status;
	}
	return ST_OK;
}

/* The windows are as they were found. */
static void
fail(struct work *w, enum status st)
{
	for (size_t i = 0; i < w->group->n; i++) {
		struct cache_op *op = w->group->ops[i];
		const struct member *m = &w->members[w->member_of[i]];

		cache_window_look(&m->found, op, w->now_ms);
		op->status = st;
	}
}

static void
count(struct work *w)
{
	enum status st;

	if (!decide(w))
		return;
	st = wide_write(w);
	if (st == ST_OK) {
		st = fixed_add(w);
		if (st != ST_OK)
			wide_undo(w, w->n);
	}
	if (st == ST_REFUSED && decide(w))
		st = wide_write(w);
	if (st != ST_OK && st != ST_REFUSED)
		fail(w, st);
}

static void
window_end(struct work *w)
{
	struct member *m = &w->members[0];
	struct cache_op *op = w->group->ops[0];

	op->status = ST_MISSING;
	if (!cache_window_open(&m->found, w->now_ms))
		return;
	m->window = (struct cache_window){ 0 };
	(void)wide_save(&m->wide, &m->window, w->now_ms); /* it has a slot */
	op->status = ST_OK;
}

void
local_group_run(struct local_state *state, const struct cache_group *group,
    int64_t now_ms, int64_t deadline_ms)
{
	struct work w; /* large, and set as it is used */
	enum status st;

	w.group = group;
	w.now_ms = now_ms;
	w.deadline_ms = deadline_ms;
	members_name(&w, state);
	st = locks_take(&w);
	if (st != ST_OK) {
		(void)cache_ops_fail(group->ops, group->n, st);
		return;
	}
	windows_find(&w);
	if (group->ops[0]->kind == CACHE_DEL)
		window_end(&w);
	else
		count(&w);
	locks_leave(&w, w.buckets_n);
}
