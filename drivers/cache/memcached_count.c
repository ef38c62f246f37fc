#include "drivers/cache/memcached_count.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_fixed.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_swap.h"
#include "drivers/cache/memcached_wide.h"

void
memcached_count_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_count *c)
{
	const struct memcached_prefix *prefix = &conn->cache->prefix;
	struct memcached_lookup *l = &c->lookup;

	c->op = op;
	l->arena = &conn->arena;
	if (cache_op_is_fixed(op)) {
		c->way = &memcached_fixed;
		memcached_name_counter(prefix, op->space, op->key, &l->name);
	} else {
		c->way = &memcached_wide;
		memcached_name_window(prefix, op->space, op->key, &l->name);
	}
	l->link = memcached_conn_route(conn, op->space, &l->name, &l->status);
}

/* The time is taken after it was read: nobody who counted in it before, by a
 * clock like ours, was later. */
void
memcached_count_read(struct cache_conn *conn, struct memcached_count *c)
{
	if (c->lookup.link != NULL)
		(void)memcached_lookup_run(conn, &c->lookup);
	memcached_conn_tick(conn);
}

static bool
was_read(const struct memcached_count *c)
{
	return c->lookup.status == ST_OK || c->lookup.status == ST_MISSING;
}

bool
memcached_count_peek(
    const struct cache_conn *conn, const struct memcached_count *c)
{
	return was_read(c) && c->way->peek(conn, c);
}

typedef enum status step_f(struct cache_conn *conn, struct memcached_count *c);

/* Does it to what was read, and while that no longer holds, again. */
static enum status
repeat(struct cache_conn *conn, struct memcached_count *c, step_f *step)
{
	enum status st = was_read(c) ? step(conn, c) : c->lookup.status;

	for (unsigned i = 1; st == ST_STALE && i < c->way->attempts; i++) {
		memcached_swap_pause(i);
		memcached_count_read(conn, c);
		st = was_read(c) ? step(conn, c) : c->lookup.status;
	}
	return st == ST_STALE ? ST_UNAVAILABLE : st;
}

void
memcached_count_run(struct cache_conn *conn, struct memcached_count *c)
{
	c->op->status = repeat(conn, c, c->way->count);
}

enum status
memcached_count_refuse(struct cache_conn *conn, struct memcached_count *c)
{
	return repeat(conn, c, c->way->refuse);
}

void
memcached_count_undo(struct cache_conn *conn, struct memcached_count *c)
{
	memcached_count_read(conn, c);
	(void)repeat(conn, c, c->way->undo); /* then it stays counted */
}

enum status
memcached_count_look(
    const struct cache_conn *conn, const struct memcached_count *c)
{
	return memcached_count_peek(conn, c) ? ST_OK : c->lookup.status;
}

enum status
memcached_count_delete(struct cache_conn *conn, struct cache_op *op)
{
	struct memcached_count c;
	const struct memcached_name *name = &c.lookup.name;
	struct memcached_link *link;
	memcached_return_t rc;

	memcached_count_begin(conn, op, &c);
	memcached_count_read(conn, &c);
	link = c.lookup.link;
	if (c.lookup.status != ST_OK)
		return c.lookup.status;
	if (!c.way->open(conn, &c))
		return ST_MISSING;
	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_delete(link->handle, name->text, name->n, 0);
	if (!memcached_link_took(link, rc))
		return link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_MISSING;
}
