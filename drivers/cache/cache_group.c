#include "drivers/cache/cache_group.h"

static bool
op_grouped(const struct cache_op *op)
{
	return op->kind == CACHE_COUNT && op->group != 0;
}

static bool
groups_sorted(struct cache_op *const *ops, size_t n)
{
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		if (!op_grouped(ops[i]))
			continue;
		if (ops[i]->group < last)
			return false;
		last = ops[i]->group;
	}
	return true;
}

struct cache_groups
cache_groups_of(struct cache_op *const *ops, size_t n)
{
	return (struct cache_groups){
		.ops = ops,
		.n = n,
		.sorted = groups_sorted(ops, n),
	};
}

/* Whether ops[i] is the first of its group. */
static bool
group_begins(const struct cache_groups *g, size_t i)
{
	uint32_t group = g->ops[i]->group;

	while (i-- > 0) {
		if (!op_grouped(g->ops[i]))
			continue;
		if (g->ops[i]->group == group)
			return false;
		if (g->sorted)
			return true;
	}
	return true;
}

/* Gathers the group that begins at `first`; false: one of it is not valid, or
 * it is too large. */
static bool
group_gather(
    const struct cache_groups *g, size_t first, struct cache_group *out)
{
	uint32_t group = g->ops[first]->group;

	out->n = 0;
	for (size_t i = first; i < g->n; i++) {
		struct cache_op *op = g->ops[i];

		if (!op_grouped(op))
			continue;
		if (op->group != group && g->sorted)
			break;
		if (op->group != group)
			continue;
		if (out->n == CACHE_GROUP_MAX || !cache_op_valid(op))
			return false;
		out->ops[out->n++] = op;
	}
	return true;
}

static void
group_invalid(const struct cache_groups *g, size_t first)
{
	uint32_t group = g->ops[first]->group;

	for (size_t i = first; i < g->n; i++)
		if (op_grouped(g->ops[i]) && g->ops[i]->group == group)
			g->ops[i]->status = ST_INVALID;
}

/* The group of ops[i]; false: it begins elsewhere, or is not valid. */
static bool
group_at(const struct cache_groups *g, size_t i, struct cache_group *out)
{
	struct cache_op *op = g->ops[i];

	if (!op_grouped(op)) {
		out->ops[0] = op;
		out->n = 1;
		if (cache_op_valid(op))
			return true;
		op->status = ST_INVALID;
		return false;
	}
	if (!group_begins(g, i))
		return false;
	if (group_gather(g, i, out))
		return true;
	group_invalid(g, i);
	return false;
}

bool
cache_groups_next(struct cache_groups *groups, struct cache_group *out)
{
	while (groups->at < groups->n) {
		size_t i = groups->at++;

		if (cache_op_counts(groups->ops[i]) && group_at(groups, i, out))
			return true;
	}
	return false;
}

/* A group at work. */
struct trial {
	const struct cache_group *group;
	struct cache_window *const *windows;
	int64_t now_ms;
	struct cache_window found[CACHE_GROUP_MAX]; /* before any counts */
	bool fits[CACHE_GROUP_MAX];
};

/* True: a window has changed by that. */
static bool
trial_begin(struct trial *t)
{
	bool changed = false;

	for (size_t i = 0; i < t->group->n; i++) {
		if (cache_window_settle(
			t->windows[i], t->group->ops[i], t->now_ms))
			changed = true;
		t->found[i] = *t->windows[i];
	}
	return changed;
}

/* Counts whatever has room. False: one that may refuse has none. */
static bool
trial_count(struct trial *t)
{
	bool room = true;

	for (size_t i = 0; i < t->group->n; i++) {
		struct cache_op *op = t->group->ops[i];

		t->fits[i] = cache_window_count(t->windows[i], op, t->now_ms);
		op->status = t->fits[i] ? ST_OK : ST_REFUSED;
		room = room && (t->fits[i] || op->soft);
	}
	return room;
}

/* Takes all counts back: the windows are as they were, and told so. Who finds
 * no room stays used up, also where that was by another of the group. */
static void
trial_undo(struct trial *t)
{
	for (size_t i = 0; i < t->group->n; i++)
		*t->windows[i] = t->found[i];
	for (size_t i = 0; i < t->group->n; i++) {
		struct cache_op *op = t->group->ops[i];

		op->status = ST_REFUSED;
		if (t->fits[i])
			cache_window_look(t->windows[i], op, t->now_ms);
	}
}

/* Closes the counters whose refusal does that. True: there was one. */
static bool
trial_lock(struct trial *t)
{
	bool locked = false;

	for (size_t i = 0; i < t->group->n; i++) {
		struct cache_op *op = t->group->ops[i];

		if (!t->fits[i] && cache_op_locks(op) &&
		    cache_window_lock(t->windows[i], op, t->now_ms))
			locked = true;
	}
	return locked;
}

static bool
trial_fits_any(const struct trial *t)
{
	for (size_t i = 0; i < t->group->n; i++)
		if (t->fits[i])
			return true;
	return false;
}

bool
cache_group_count(const struct cache_group *group,
    struct cache_window *const *windows, int64_t now_ms)
{
	struct trial t; /* large, and set as it is used */
	bool changed;

	if (group->ops[0]->kind == CACHE_LOOK) {
		cache_window_look(windows[0], group->ops[0], now_ms);
		group->ops[0]->status = ST_OK;
		return false;
	}
	t.group = group;
	t.windows = windows;
	t.now_ms = now_ms;
	changed = trial_begin(&t);
	if (trial_count(&t))
		changed = trial_fits_any(&t) || changed;
	else
		trial_undo(&t);
	return trial_lock(&t) || changed;
}
