#include "drivers/cache/local_counters.h"

#include "drivers/cache/local_name.h"
#include "drivers/cache/local_window.h"

/* The counting of a batch. */
struct count {
	struct local_state *state;
	struct cache_op *const *ops;
	size_t n;
	bool sorted; /* the numbers of the groups never fall */
	int64_t now_ms;
	int64_t deadline_ms;
};

/* The operations that count all or none. */
struct group {
	struct cache_op *ops[CACHE_GROUP_MAX];
	struct counter counters[CACHE_GROUP_MAX];
	size_t n;
};

static struct counter
op_counter(const struct count *c, const struct cache_op *op)
{
	char name[LOCAL_NAME_MAX];

	return counter_of(c->state, local_name(op, name));
}

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

/* Whether ops[i] is the first of its group. */
static bool
group_begins(const struct count *c, size_t i)
{
	uint32_t group = c->ops[i]->group;

	while (i-- > 0) {
		if (!op_grouped(c->ops[i]))
			continue;
		if (c->ops[i]->group == group)
			return false;
		if (c->sorted)
			return true;
	}
	return true;
}

/* Gathers the group that begins at `first`; false: it is too large. */
static bool
group_gather(const struct count *c, size_t first, struct group *out)
{
	uint32_t group = c->ops[first]->group;

	out->n = 0;
	for (size_t i = first; i < c->n; i++) {
		struct cache_op *op = c->ops[i];

		if (!op_grouped(op))
			continue;
		if (op->group != group && c->sorted)
			break;
		if (op->group != group)
			continue;
		if (out->n == CACHE_GROUP_MAX || !cache_op_valid(op))
			return false;
		out->counters[out->n] = op_counter(c, op);
		out->ops[out->n++] = op;
	}
	return true;
}

static void
group_invalid(const struct count *c, size_t first)
{
	uint32_t group = c->ops[first]->group;

	for (size_t i = first; i < c->n; i++)
		if (op_grouped(c->ops[i]) && c->ops[i]->group == group)
			c->ops[i]->status = ST_INVALID;
}

/* Ends a group that has not counted, because of member `at`. */
static void
group_refuse(
    const struct count *c, const struct group *g, size_t at, enum status st)
{
	for (size_t i = 0; i < g->n; i++) {
		g->ops[i]->status = st;
		if (i != at)
			counter_peek(&g->counters[i], g->ops[i], c->now_ms);
	}
}

/* A group of which one member is used up is refused without counting. */
static bool
group_has_room(const struct count *c, const struct group *g)
{
	bool room = true;

	for (size_t i = 0; i < g->n; i++) {
		counter_peek(&g->counters[i], g->ops[i], c->now_ms);
		room = room && g->ops[i]->count < g->ops[i]->limit;
	}
	for (size_t i = 0; i < g->n && !room; i++)
		g->ops[i]->status = ST_REFUSED;
	return room;
}

static void
group_run(const struct count *c, size_t first)
{
	struct group g;

	if (!group_gather(c, first, &g)) {
		group_invalid(c, first);
		return;
	}
	if (!group_has_room(c, &g))
		return;
	for (size_t i = 0; i < g.n; i++) {
		counter_add(
		    &g.counters[i], g.ops[i], c->now_ms, c->deadline_ms);
		if (g.ops[i]->status == ST_OK)
			continue;
		for (size_t j = 0; j < i; j++)
			counter_undo(&g.counters[j]);
		group_refuse(c, &g, i, g.ops[i]->status);
		return;
	}
}

static void
op_run(const struct count *c, struct cache_op *op)
{
	struct counter counter;

	if (!cache_op_valid(op)) {
		op->status = ST_INVALID;
		return;
	}
	counter = op_counter(c, op);
	if (op->kind == CACHE_COUNT)
		counter_add(&counter, op, c->now_ms, c->deadline_ms);
	else if (counter_end(&counter, c->now_ms))
		op->status = ST_OK;
	else
		op->status = ST_MISSING;
}

enum status
local_counters_run(struct local_state *state, struct cache_op *const *ops,
    size_t n, int64_t now_ms, int64_t deadline_ms)
{
	const struct count c = { state, ops, n, groups_sorted(ops, n), now_ms,
		deadline_ms };
	enum status worst = ST_OK;

	for (size_t i = 0; i < n; i++) {
		if (!cache_op_counts(ops[i]))
			continue;
		if (!op_grouped(ops[i]))
			op_run(&c, ops[i]);
		else if (group_begins(&c, i))
			group_run(&c, i);
		if (ops[i]->status == ST_TIMEOUT ||
		    ops[i]->status == ST_UNAVAILABLE)
			worst = ops[i]->status;
	}
	return worst;
}
