#include "drivers/cache/memcached_counters.h"

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_lookup.h"
#include "drivers/cache/memcached_window.h"

#define ATTEMPTS_MAX 32 /* at a window that others begin or end meanwhile */
#define MS_PER_S     1000
#define SPARE_S      2 /* that an item outlives its window */

struct memcached_counter {
	struct cache_op *op;
	struct memcached_lookup lookup;
	int64_t end_ms; /* of the window that it counted in */
};

/* Tells what stands in the window of that word. */
static void
tell(const struct cache_conn *conn, struct cache_op *op, uint64_t word)
{
	int64_t left = memcached_window_end(word) - conn->now_ms;
	uint32_t count = memcached_window_count(word);

	op->count = left <= 0 ? 0 : count < op->limit ? count : op->limit;
	op->reset_ms = left <= 0 ? 0 : left;
}

/* The word that was read; false: there is none. */
static bool
word_read(const struct memcached_lookup *l, uint64_t *word)
{
	return l->status == ST_OK && l->flags == MEMCACHED_FORM_NUMBER &&
	       memcached_window_parse(l->raw, word);
}

/* What a counter stands at, without counting. False: not to be known. */
static bool
peek(const struct cache_conn *conn, struct memcached_counter *c)
{
	uint64_t word = 0;

	if (c->lookup.status != ST_OK && c->lookup.status != ST_MISSING)
		return false;
	(void)word_read(&c->lookup, &word); /* none: a window that ended */
	tell(conn, c->op, word);
	return true;
}

/* Where its link is NULL, the status of its look-up says why. */
static void
counter_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_counter *c)
{
	struct memcached_lookup *l = &c->lookup;

	c->op = op;
	l->arena = &conn->arena;
	memcached_name_counter(
	    &conn->cache->prefix, op->space, op->key, &l->name);
	l->link = memcached_conn_route(conn, op->space, &l->name, &l->status);
}

/* A new window, in the place of the one that was read if there was one.
 * ST_STALE: others were faster. */
static enum status
window_begin(struct cache_conn *conn, struct memcached_counter *c)
{
	int64_t end_ms = conn->now_ms + (int64_t)c->op->ttl * MS_PER_S;
	time_t expiry =
	    memcached_item_expiry(c->op->ttl + SPARE_S, conn->now_ms);
	uint64_t word = memcached_window_word(end_ms, 1);
	const struct memcached_name *name = &c->lookup.name;
	struct memcached_link *link = c->lookup.link;
	char digits[MEMCACHED_WINDOW_TEXT];
	struct str text = memcached_window_text(word, digits);
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	if (c->lookup.status == ST_MISSING)
		rc = memcached_add(link->handle, name->text, name->n, text.p,
		    text.n, expiry, MEMCACHED_FORM_NUMBER);
	else
		rc = memcached_cas(link->handle, name->text, name->n, text.p,
		    text.n, expiry, MEMCACHED_FORM_NUMBER, c->lookup.cas);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE)
		return ST_FULL;
	if (rc != MEMCACHED_SUCCESS)
		return ST_STALE;
	c->end_ms = memcached_window_end(word);
	tell(conn, c->op, word);
	return ST_OK;
}

/* One more, or one less, in the window that there is. */
static enum status
window_step(struct memcached_counter *c, bool up, uint64_t *word)
{
	const struct memcached_name *name = &c->lookup.name;
	struct memcached_link *link = c->lookup.link;
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	rc = (up ? memcached_increment : memcached_decrement)(
	    link->handle, name->text, name->n, 1, word);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc != MEMCACHED_SUCCESS)
		return ST_STALE;
	if (up)
		c->end_ms = memcached_window_end(*word);
	return ST_OK;
}

/* Takes a count back; not from the window that came after its own. */
static void
count_undo(const struct cache_conn *conn, struct memcached_counter *c)
{
	uint64_t word;

	if (window_step(c, false, &word) != ST_OK)
		return;
	if (memcached_window_end(word) != c->end_ms &&
	    window_step(c, true, &word) != ST_OK)
		return;
	tell(conn, c->op, word);
}

/* ST_STALE: what was read no longer holds. */
static enum status
count_once(struct cache_conn *conn, struct memcached_counter *c)
{
	struct cache_op *op = c->op;
	uint64_t word;
	enum status st;

	if (c->lookup.status != ST_OK && c->lookup.status != ST_MISSING)
		return c->lookup.status;
	if (!word_read(&c->lookup, &word) ||
	    memcached_window_end(word) <= conn->now_ms)
		return window_begin(conn, c);
	tell(conn, op, word);
	if (op->count >= op->limit)
		return ST_REFUSED;
	st = window_step(c, true, &word);
	if (st != ST_OK)
		return st;
	tell(conn, op, word);
	if (memcached_window_count(word) <= op->limit)
		return ST_OK;
	count_undo(conn, c);
	op->count = op->limit;
	return ST_REFUSED;
}

static void
count_one(struct cache_conn *conn, struct memcached_counter *c)
{
	enum status st = count_once(conn, c);

	for (int i = 0; st == ST_STALE && i < ATTEMPTS_MAX; i++) {
		(void)memcached_lookup_run(conn, &c->lookup);
		st = count_once(conn, c);
	}
	c->op->status = st == ST_STALE ? ST_UNAVAILABLE : st;
}

/* Operations come in the order in which they were taken, but for groups that
 * others stand between. */
static struct memcached_counter *
counter_of(struct memcached_counters *counters, const struct cache_op *op)
{
	while (counters->list[counters->at].op != op)
		counters->at = (counters->at + 1) % counters->n;
	return &counters->list[counters->at];
}

/* The operations that count all or none. */
struct group {
	struct memcached_counter *list[CACHE_GROUP_MAX];
	size_t n;
};

/* Whether each has room; ST_REFUSED tells what all of them stand at. */
static enum status
group_peek(const struct cache_conn *conn, const struct group *g)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < g->n; i++) {
		const struct cache_op *op = g->list[i]->op;

		if (!peek(conn, g->list[i]))
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
		count_one(conn, g->list[n]);
		st = g->list[n]->op->status;
		n++;
	}
	if (st != ST_OK)
		for (size_t i = 0; i + 1 < n; i++)
			count_undo(conn, g->list[i]);
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
		struct memcached_counter *c = &counters->list[counters->n];

		if (ops[i]->kind != CACHE_COUNT || ops[i]->status == ST_INVALID)
			continue;
		counters->n++;
		counter_begin(conn, ops[i], c);
		if (c->lookup.link != NULL)
			memcached_lookups_add(lookups, &c->lookup);
	}
}

/* One whose window has ended is not there, though memcached has it still. */
static enum status
counter_delete(struct cache_conn *conn, struct cache_op *op)
{
	struct memcached_counter c;
	const struct memcached_name *name = &c.lookup.name;
	struct memcached_link *link;
	memcached_return_t rc;
	uint64_t word;

	counter_begin(conn, op, &c);
	link = c.lookup.link;
	if (link == NULL || memcached_lookup_run(conn, &c.lookup) != ST_OK)
		return c.lookup.status;
	if (!word_read(&c.lookup, &word) ||
	    memcached_window_end(word) <= conn->now_ms)
		return ST_MISSING;
	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_delete(link->handle, name->text, name->n, 0);
	if (!memcached_link_took(link, rc))
		return link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_MISSING;
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
		count_one(conn, g.list[0]);
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
		group.ops[0]->status = counter_delete(conn, group.ops[0]);
	}
}
