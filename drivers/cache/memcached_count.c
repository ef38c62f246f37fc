#include "drivers/cache/memcached_count.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_window.h"

#define ATTEMPTS_MAX 32 /* at a window that others begin or end meanwhile */
#define MS_PER_S     1000
#define SPARE_S      2 /* that an item outlives its window */

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

bool
memcached_count_peek(
    const struct cache_conn *conn, const struct memcached_count *c)
{
	uint64_t word = 0;

	if (c->lookup.status != ST_OK && c->lookup.status != ST_MISSING)
		return false;
	(void)word_read(&c->lookup, &word); /* none: a window that ended */
	tell(conn, c->op, word);
	return true;
}

void
memcached_count_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_count *c)
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
window_begin(struct cache_conn *conn, struct memcached_count *c)
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

/* One more, in the window that there is. */
static enum status
window_step(struct memcached_count *c, uint64_t *word)
{
	const struct memcached_name *name = &c->lookup.name;
	struct memcached_link *link = c->lookup.link;
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_increment(link->handle, name->text, name->n, 1, word);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc != MEMCACHED_SUCCESS)
		return ST_STALE;
	c->end_ms = memcached_window_end(*word);
	return ST_OK;
}

/* That word instead of the one that was read. ST_STALE: others were faster. */
static enum status
window_replace(
    const struct cache_conn *conn, struct memcached_count *c, uint64_t word)
{
	const struct memcached_name *name = &c->lookup.name;
	struct memcached_link *link = c->lookup.link;
	int64_t left_s =
	    (memcached_window_end(word) - conn->now_ms) / MS_PER_S + 1;
	char digits[MEMCACHED_WINDOW_TEXT];
	struct str text = memcached_window_text(word, digits);
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_cas(link->handle, name->text, name->n, text.p, text.n,
	    memcached_item_expiry((uint32_t)left_s + SPARE_S, conn->now_ms),
	    MEMCACHED_FORM_NUMBER, c->lookup.cas);
	if (!memcached_link_took(link, rc))
		return link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_STALE;
}

/* ST_STALE: to be done again. */
static enum status
undo_once(struct cache_conn *conn, struct memcached_count *c)
{
	enum status st = memcached_lookup_run(conn, &c->lookup);
	uint64_t word = 0;

	if (st != ST_OK)
		return st;
	if (!word_read(&c->lookup, &word) || c->lookup.cas == 0 ||
	    memcached_window_end(word) != c->end_ms ||
	    memcached_window_end(word) <= conn->now_ms ||
	    memcached_window_count(word) == 0)
		return ST_MISSING;
	st = window_replace(conn, c, word - 1);
	if (st == ST_OK)
		tell(conn, c->op, word - 1);
	return st;
}

/* A "decr" could not ask whose window it is: where another has begun, one more
 * than its limit would get through meanwhile. */
void
memcached_count_undo(struct cache_conn *conn, struct memcached_count *c)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < ATTEMPTS_MAX; i++)
		st = undo_once(conn, c);
}

/* ST_STALE: what was read no longer holds. */
static enum status
count_once(struct cache_conn *conn, struct memcached_count *c)
{
	struct cache_op *op = c->op;
	uint64_t word = 0;
	enum status st;

	if (c->lookup.status != ST_OK && c->lookup.status != ST_MISSING)
		return c->lookup.status;
	if (!word_read(&c->lookup, &word) ||
	    memcached_window_end(word) <= conn->now_ms)
		return window_begin(conn, c);
	tell(conn, op, word);
	if (op->count >= op->limit)
		return ST_REFUSED;
	st = window_step(c, &word);
	if (st != ST_OK)
		return st;
	tell(conn, op, word);
	if (memcached_window_count(word) <= op->limit)
		return ST_OK;
	memcached_count_undo(conn, c);
	op->count = op->limit;
	return ST_REFUSED;
}

void
memcached_count_run(struct cache_conn *conn, struct memcached_count *c)
{
	enum status st = count_once(conn, c);

	for (int i = 0; st == ST_STALE && i < ATTEMPTS_MAX; i++) {
		(void)memcached_lookup_run(conn, &c->lookup);
		st = count_once(conn, c);
	}
	c->op->status = st == ST_STALE ? ST_UNAVAILABLE : st;
}

enum status
memcached_count_delete(struct cache_conn *conn, struct cache_op *op)
{
	struct memcached_count c;
	const struct memcached_name *name = &c.lookup.name;
	struct memcached_link *link;
	memcached_return_t rc;
	uint64_t word = 0;

	memcached_count_begin(conn, op, &c);
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
