#include "drivers/cache/cache_group.h"

#define MS_PER_S 1000

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

bool
cache_window_open(const struct cache_window *w, int64_t now_ms)
{
	return w->count > 0 && w->end_ms > now_ms;
}

static uint32_t
window_count(const struct cache_window *w, int64_t now_ms)
{
	return cache_window_open(w, now_ms) ? w->count : 0;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Counts for trial: of two that name one counter, the second finds the first's
 * count. Who finds no room has count >= limit, for good. */
static bool
group_has_room(const struct cache_group *group,
    struct cache_window *const *windows, int64_t now_ms)
{
	bool room = true;

	for (size_t i = 0; i < group->n; i++)
		windows[i]->staged = window_count(windows[i], now_ms);
	for (size_t i = 0; i < group->n; i++) {
		struct cache_op *op = group->ops[i];
		uint32_t count = window_count(windows[i], now_ms);

		op->count = least(count, op->limit);
		if (windows[i]->staged++ < op->limit)
			continue;
		op->count = op->limit;
		room = false;
	}
	return room;
}

static void
window_add(struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	if (!cache_window_open(w, now_ms)) {
		w->end_ms = now_ms + (int64_t)op->ttl * MS_PER_S;
		w->count = 0;
	}
	op->count = ++w->count;
}

bool
cache_group_count(const struct cache_group *group,
    struct cache_window *const *windows, int64_t now_ms)
{
	bool room = group_has_room(group, windows, now_ms);

	for (size_t i = 0; i < group->n; i++) {
		struct cache_op *op = group->ops[i];

		op->status = room ? ST_OK : ST_REFUSED;
		if (room)
			window_add(windows[i], op, now_ms);
		op->reset_ms = cache_window_open(windows[i], now_ms)
				   ? windows[i]->end_ms - now_ms
				   : 0;
	}
	return room;
}
