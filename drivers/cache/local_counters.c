#include "drivers/cache/local_counters.h"

#include "drivers/cache/cache_group.h"
#include "drivers/cache/local_group.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_window.h"

/* The counting of a batch. */
struct count {
	struct local_state *state;
	int64_t now_ms;
	int64_t deadline_ms;
};

static struct counter
op_counter(const struct count *c, const struct cache_op *op)
{
	char name[LOCAL_NAME_MAX];

	return counter_of(c->state, local_name(op, name));
}

/* Ends a group that has not counted, because of member `at`. */
static void
group_refuse(const struct count *c, const struct cache_group *g,
    const struct counter *counters, size_t at)
{
	enum status st = g->ops[at]->status;

	for (size_t i = 0; i < g->n; i++) {
		g->ops[i]->status = st;
		if (i != at)
			counter_peek(&counters[i], g->ops[i], c->now_ms);
	}
}

/* A group of which one member is used up is refused without counting. */
static bool
group_has_room(const struct count *c, const struct cache_group *g,
    const struct counter *counters)
{
	bool room = true;

	for (size_t i = 0; i < g->n; i++) {
		struct cache_op *op = g->ops[i];

		counter_peek(&counters[i], op, c->now_ms);
		room = room && (op->soft || op->count < op->limit);
	}
	for (size_t i = 0; i < g->n && !room; i++)
		g->ops[i]->status = ST_REFUSED;
	return room;
}

static bool
op_passes(const struct cache_op *op)
{
	return op->status == ST_OK || (op->status == ST_REFUSED && op->soft);
}

/* Of fixed counters only. */
static void
group_run(const struct count *c, const struct cache_group *g)
{
	struct counter counters[CACHE_GROUP_MAX];

	for (size_t i = 0; i < g->n; i++)
		counters[i] = op_counter(c, g->ops[i]);
	if (g->n > 1 && !group_has_room(c, g, counters))
		return;
	for (size_t i = 0; i < g->n; i++) {
		counter_add(&counters[i], g->ops[i], c->now_ms, c->deadline_ms);
		if (op_passes(g->ops[i]))
			continue;
		for (size_t j = 0; j < i; j++)
			if (g->ops[j]->status == ST_OK)
				counter_undo(&counters[j]);
		group_refuse(c, g, counters, i);
		return;
	}
}

static void
window_look(const struct count *c, struct cache_op *op)
{
	struct counter counter = op_counter(c, op);

	counter_peek(&counter, op, c->now_ms);
	op->status = ST_OK;
}

static void
window_end(const struct count *c, struct cache_op *op)
{
	struct counter counter = op_counter(c, op);

	op->status = counter_end(&counter, c->now_ms) ? ST_OK : ST_MISSING;
}

static bool
group_is_fixed(const struct cache_group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (!cache_op_is_fixed(g->ops[i]))
			return false;
	return true;
}

static void
run(const struct count *c, const struct cache_group *g)
{
	if (!group_is_fixed(g))
		local_group_run(c->state, g, c->now_ms, c->deadline_ms);
	else if (g->ops[0]->kind == CACHE_DEL)
		window_end(c, g->ops[0]);
	else if (g->ops[0]->kind == CACHE_LOOK)
		window_look(c, g->ops[0]);
	else
		group_run(c, g);
}

enum status
local_counters_run(struct local_state *state, struct cache_op *const *ops,
    size_t n, int64_t now_ms, int64_t deadline_ms)
{
	const struct count c = { state, now_ms, deadline_ms };
	struct cache_groups groups = cache_groups_of(ops, n);
	enum status worst = ST_OK;
	struct cache_group g;

	while (cache_groups_next(&groups, &g)) {
		run(&c, &g);
		if (g.ops[0]->status == ST_TIMEOUT ||
		    g.ops[0]->status == ST_UNAVAILABLE)
			worst = g.ops[0]->status;
	}
	return worst;
}
