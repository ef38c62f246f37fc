#include "drivers/cache/memcached_counters.h"

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/cache.h"
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
	bool done;      /* as one of a group */
};

size_t
memcached_counts_end(struct cache_op *const *ops, size_t from, size_t n)
{
	while (
	    from < n && !(ops[from]->kind == CACHE_DEL && ops[from]->counter))
		from++;
	return from;
}

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

static void
counter_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_counter *c)
{
	struct memcached_lookup *l = &c->lookup;

	c->op = op;
	c->done = false;
	l->arena = &conn->arena;
	l->link = NULL;
	l->status = ST_INVALID;
	if (op->status == ST_INVALID)
		return;
	memcached_name_counter(
	    &conn->cache->prefix, op->space, op->key, &l->name);
	l->status = ST_UNAVAILABLE;
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

/* The operations that count all or none. */
struct group {
	struct memcached_counter *list[CACHE_GROUP_MAX];
	size_t n;
};

/* Gathers the group of the first; false: it is too large, and ends. */
static bool
group_gather(struct memcached_counts *counts, size_t first, struct group *out)
{
	uint32_t group = counts->list[first].op->group;
	size_t n = 0;

	for (size_t i = first; i < counts->n; i++) {
		struct memcached_counter *c = &counts->list[i];

		if (c->op->group != group)
			continue;
		if (n < CACHE_GROUP_MAX)
			out->list[n] = c;
		n++;
		c->op->status = ST_INVALID; /* until it is known better */
		c->done = true;
	}
	out->n = n;
	return n <= CACHE_GROUP_MAX;
}

static void
group_end(struct group *g, enum status st)
{
	for (size_t i = 0; i < g->n; i++)
		g->list[i]->op->status = st;
}

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
group_run(
    struct cache_conn *conn, struct memcached_counts *counts, size_t first)
{
	struct group g;
	enum status st;
	size_t n = 0;

	if (!group_gather(counts, first, &g))
		return;
	st = group_peek(conn, &g);
	while (st == ST_OK && n < g.n) {
		count_one(conn, g.list[n]);
		st = g.list[n]->op->status;
		n++;
	}
	if (st != ST_OK)
		for (size_t i = 0; i + 1 < n; i++)
			count_undo(conn, g.list[i]);
	group_end(&g, st);
}

void
memcached_counts_ask(struct cache_conn *conn, struct cache_op *const *ops,
    size_t from, size_t to, struct memcached_counts *counts,
    struct memcached_lookups *lookups)
{
	counts->n = 0;
	counts->list =
	    arena_alloc(&conn->arena, (to - from) * sizeof(counts->list[0]));
	for (size_t i = from; i < to; i++) {
		struct memcached_counter *c = &counts->list[counts->n];

		if (ops[i]->kind != CACHE_COUNT)
			continue;
		counts->n++;
		counter_begin(conn, ops[i], c);
		if (c->lookup.link != NULL)
			memcached_lookups_add(lookups, &c->lookup);
	}
}

void
memcached_counts_take(struct cache_conn *conn, struct memcached_counts *counts)
{
	for (size_t i = 0; i < counts->n; i++) {
		struct memcached_counter *c = &counts->list[i];

		if (c->op->group == 0)
			count_one(conn, c);
		else if (!c->done)
			group_run(conn, counts, i);
	}
}

/* One whose window has ended is not there, though memcached has it still. */
void
memcached_counter_end(struct cache_conn *conn, struct cache_op *op)
{
	struct memcached_counter c;
	const struct memcached_name *name = &c.lookup.name;
	struct memcached_link *link;
	memcached_return_t rc;
	uint64_t word;

	counter_begin(conn, op, &c);
	link = c.lookup.link;
	op->status = link == NULL ? c.lookup.status
				  : memcached_lookup_run(conn, &c.lookup);
	if (op->status != ST_OK)
		return;
	op->status = ST_MISSING;
	if (!word_read(&c.lookup, &word) ||
	    memcached_window_end(word) <= conn->now_ms)
		return;
	op->status = ST_UNAVAILABLE;
	if (!memcached_link_begin(link))
		return;
	rc = memcached_delete(link->handle, name->text, name->n, 0);
	if (memcached_link_took(link, rc))
		op->status = rc == MEMCACHED_SUCCESS ? ST_OK : ST_MISSING;
}
