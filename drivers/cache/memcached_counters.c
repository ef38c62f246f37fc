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
	size_t n;
};

/* Whether each has room; ST_REFUSED tells what all of them stand at. */
static enum status
group_peek(const struct cache_conn *conn, const struct group *g)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < g->n; i++) {
		const struct cache_op *op = g->list[i]->op;

		if (!memcached_count_peek(conn, g->list[i]))
			return g->list[i]->lookup.status;
		if (op->count >= op->limit)
			st = ST_REFUSED;
	}
	return st;
}

static void
group_count(struct cache_conn *conn, struct group *g)
{
	enum status st = group_peek(conn, g);
	size_t n = 0;

	while (st == ST_OK && n < g->n) {
		memcached_count_run(conn, g->list[n]);
		st = g->list[n]->op->status;
		n++;
	}
	if (st != ST_OK)
		for (size_t i = 0; i + 1 < n; i++)
			memcached_count_undo(conn, g->list[i]);
	for (size_t i = 0; i < g->n; i++)
		g->list[i]->op->status = st;
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

		if (ops[i]->kind != CACHE_COUNT || ops[i]->status == ST_INVALID)
			continue;
		counters->n++;
		memcached_count_begin(conn, ops[i], c);
		if (c->lookup.link != NULL)
			memcached_lookups_add(lookups, &c->lookup);
	}
}

/* Behind a deletion, what was read before it may no longer hold. */
static void
group_run(struct cache_conn *conn, const struct cache_group *group,
    struct memcached_counters *counters, bool again)
{
	struct group g = { .n = group->n };

	for (size_t i = 0; i < g.n; i++) {
		g.list[i] = counter_of(counters, group->ops[i]);
		if (again && g.list[i]->lookup.link != NULL)
			(void)memcached_lookup_run(conn, &g.list[i]->lookup);
	}
	if (g.n == 1)
		memcached_count_run(conn, g.list[0]);
	else
		group_count(conn, &g);
}

void
memcached_counters_take(struct cache_conn *conn, struct cache_op *const *ops,
    size_t n, struct memcached_counters *counters)
{
	struct cache_groups groups = cache_groups_of(ops, n);
	struct cache_group group;
	bool deleted = false;

	while (cache_groups_next(&groups, &group)) {
		if (group.ops[0]->kind == CACHE_COUNT) {
			group_run(conn, &group, counters, deleted);
			continue;
		}
		deleted = true;
		group.ops[0]->status =
		    memcached_count_delete(conn, group.ops[0]);
	}
}
