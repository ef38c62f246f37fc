#include "drivers/cache/memcached_counters.h"

#include <stdbool.h>

#include "drivers/cache/cache_group.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_count.h"

/* Operations come in the order in which they were taken, but for groups that
 * others stand between. */
static struct memcached_count *
counter_of(struct memcached_counters *counters, const struct cache_op *op)
{
	while (counters->list[counters->at].op != op)
		counters->at = (counters->at + 1) % counters->n;
	return &counters->list[counters->at];
}

/* The operations that count all or none. */
struct group {
	struct memcached_count *list[CACHE_GROUP_MAX];
	bool fits[CACHE_GROUP_MAX]; /* has room, as far as is known */
	size_t n;
};

/* Whether each has room, and tells what all of them stand at. ST_REFUSED: one
 * that may refuse has none. */
static enum status
group_peek(const struct cache_conn *conn, struct group *g)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < g->n; i++) {
		const struct cache_op *op = g->list[i]->op;

		if (!memcached_count_peek(conn, g->list[i]))
			return g->list[i]->lookup.status;
		g->fits[i] = op->count < cache_op_quota(op);
		if (!g->fits[i] && !op->soft)
			st = ST_REFUSED;
	}
	return st;
}

/* Keeps what that changes. */
static enum status
group_refuse(struct cache_conn *conn, const struct group *g)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < g->n && st == ST_OK; i++)
		if (!g->fits[i])
			st = memcached_count_refuse(conn, g->list[i]);
	return st;
}

/* Counts those that had room. ST_REFUSED: others had it first; what was counted
 * is what fits of the first *done. */
static enum status
group_add(struct cache_conn *conn, struct group *g, size_t *done)
{
	for (*done = 0; *done < g->n; (*done)++) {
		struct memcached_count *c = g->list[*done];
		enum status st;

		if (!g->fits[*done])
			continue;
		memcached_count_run(conn, c);
		st = c->op->status;
		g->fits[*done] = st == ST_OK;
		if (st != ST_OK && !(st == ST_REFUSED && c->op->soft))
			return st;
	}
	return ST_OK;
}

static enum status
group_try(struct cache_conn *conn, struct group *g)
{
	enum status peeked = group_peek(conn, g);
	enum status st = peeked;
	size_t done = 0;

	if (st == ST_OK || st == ST_REFUSED)
		st = group_refuse(conn, g);
	if (st != ST_OK || peeked != ST_OK)
		return st == ST_OK ? peeked : st;
	st = group_add(conn, g, &done);
	if (st != ST_OK)
		for (size_t i = 0; i < done; i++)
			if (g->fits[i])
				memcached_count_undo(conn, g->list[i]);
	return st;
}

static void
group_count(struct cache_conn *conn, struct group *g)
{
	enum status st = group_try(conn, g);

	for (size_t i = 0; i < g->n; i++)
		g->list[i]->op->status =
		    st == ST_OK && !g->fits[i] ? ST_REFUSED : st;
}

void
memcached_counters_ask(struct cache_conn *conn, struct cache_op *const *ops,
    size_t n, struct memcached_counters *counters,
    struct memcached_lookups *lookups)
{
	counters->n = 0;
	counters->at = 0;
	counters->list =
	    arena_alloc(&conn->arena, n * sizeof(counters->list[0]));
	for (size_t i = 0; i < n; i++) {
		struct memcached_count *c = &counters->list[counters->n];

		if ((ops[i]->kind != CACHE_COUNT &&
			ops[i]->kind != CACHE_LOOK) ||
		    ops[i]->status == ST_INVALID)
			continue;
		counters->n++;
		memcached_count_begin(conn, ops[i], c);
		if (c->lookup.link != NULL)
			memcached_lookups_add(lookups, &c->lookup);
	}
}

/* again: what was read may no longer hold. */
static void
group_run(struct cache_conn *conn, const struct cache_group *group,
    struct memcached_counters *counters, bool again)
{
	struct group g = { .n = group->n };

	memcached_conn_tick(conn);
	for (size_t i = 0; i < g.n; i++) {
		g.list[i] = counter_of(counters, group->ops[i]);
		if (again)
			memcached_count_read(conn, g.list[i]);
	}
	if (group->ops[0]->kind == CACHE_LOOK)
		group->ops[0]->status = memcached_count_look(conn, g.list[0]);
	else if (g.n == 1)
		memcached_count_run(conn, g.list[0]);
	else
		group_count(conn, &g);
}

/* A count that comes behind another notices what that has changed; one behind a
 * deletion, and a look behind either, would not. */
void
memcached_counters_take(struct cache_conn *conn, struct cache_op *const *ops,
    size_t n, struct memcached_counters *counters)
{
	struct cache_groups groups = cache_groups_of(ops, n);
	struct cache_group group;
	bool deleted = false;
	bool changed = false;

	while (cache_groups_next(&groups, &group)) {
		struct cache_op *op = group.ops[0];

		if (op->kind == CACHE_DEL)
			op->status = memcached_count_delete(conn, op);
		else
			group_run(conn, &group, counters,
			    op->kind == CACHE_LOOK ? changed : deleted);
		deleted = deleted || op->kind == CACHE_DEL;
		changed = changed || op->kind != CACHE_LOOK;
	}
}
