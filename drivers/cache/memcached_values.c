#include "drivers/cache/memcached_values.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_generation.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_lookup.h"

#define PULLS_MAX 32 /* attempts at a value that others keep changing */

/* Where an operation's value lies. */
struct place {
	struct memcached_link *link;
	struct memcached_name name;
};

static enum status
place_find(struct cache_conn *conn, const struct cache_op *op, struct place *at)
{
	struct memcached_generation *g;
	enum status st = ST_OK;

	memcached_name_value(
	    &conn->cache->prefix, op->space, op->key, &at->name);
	at->link = memcached_conn_route(conn, op->space, &at->name, &st);
	if (at->link == NULL || !op->space->open)
		return st;
	g = memcached_generation_of(at->link, op->space);
	st = memcached_generation_refresh(conn, at->link, op->space, g);
	if (st == ST_OK)
		memcached_name_date(&at->name, g->word);
	return st;
}

static enum status
place_read(struct cache_conn *conn, const struct place *at, struct arena *arena,
    struct memcached_lookup *out)
{
	out->name = at->name;
	out->link = at->link;
	out->arena = arena;
	return memcached_lookup_run(conn, out);
}

static enum status
place_delete(const struct place *at)
{
	memcached_return_t rc;

	if (!memcached_link_begin(at->link))
		return at->link->failure;
	rc = memcached_delete(at->link->handle, at->name.text, at->name.n, 0);
	if (!memcached_link_took(at->link, rc))
		return at->link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_MISSING;
}

static enum status
run_touch(
    struct cache_conn *conn, const struct cache_op *op, const struct place *at)
{
	memcached_return_t rc;

	if (!memcached_link_begin(at->link))
		return at->link->failure;
	rc = memcached_touch(at->link->handle, at->name.text, at->name.n,
	    memcached_item_expiry(op->ttl, conn->now_ms));
	if (!memcached_link_took(at->link, rc))
		return at->link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_MISSING;
}

/* Nothing is left under the key of a SET that cannot be stored; an ADD that
 * cannot leaves a live value, and says so. */
static enum status
put_refuse(struct cache_conn *conn, const struct cache_op *op,
    const struct place *at, enum status why)
{
	struct memcached_lookup old;
	enum status st;

	if (op->kind == CACHE_ADD) {
		st = place_read(conn, at, &conn->arena, &old);
		if (st == ST_OK)
			return ST_EXISTS;
	} else {
		st = place_delete(at);
	}
	return st == ST_OK || st == ST_MISSING ? why : st;
}

static enum status
run_put(
    struct cache_conn *conn, const struct cache_op *op, const struct place *at)
{
	time_t expiry = memcached_item_expiry(op->ttl, conn->now_ms);
	uint32_t flags =
	    at->name.hashed ? MEMCACHED_FORM_KEYED : MEMCACHED_FORM_BARE;
	struct memcached_link *link = at->link;
	struct str raw = op->value;
	memcached_return_t rc;

	if ((int64_t)raw.n > conn->cache->max_value)
		return put_refuse(conn, op, at, ST_TOO_BIG);
	if (at->name.hashed)
		raw = memcached_item_keyed(&conn->arena, op->key, raw);
	if (!memcached_link_begin(link))
		return link->failure;
	rc = (op->kind == CACHE_ADD ? memcached_add : memcached_set)(
	    link->handle, at->name.text, at->name.n, raw.p, raw.n, expiry,
	    flags);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc == MEMCACHED_SUCCESS)
		return ST_OK;
	if (op->kind == CACHE_ADD &&
	    (rc == MEMCACHED_NOTSTORED || rc == MEMCACHED_DATA_EXISTS))
		return ST_EXISTS;
	return put_refuse(
	    conn, op, at, rc == MEMCACHED_E2BIG ? ST_TOO_BIG : ST_FULL);
}

/*
 * Read, then end it on a date that is long past, if it is still the same: of
 * many that read it one has it. (A delete could not ask that.)
 */
static enum status
pull_once(struct cache_conn *conn, struct cache_op *op, const struct place *at)
{
	struct memcached_link *link = at->link;
	struct memcached_lookup found;
	memcached_return_t rc;
	enum status st = place_read(conn, at, op->arena, &found);
	struct str value;

	if (st != ST_OK)
		return st;
	if (!memcached_item_value(found.raw, found.flags, op->key, &value))
		return ST_MISSING;
	if (found.cas == 0)
		return ST_ERROR; /* a server with -C; ping says so */
	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_cas(link->handle, at->name.text, at->name.n, "", 0,
	    MEMCACHED_GONE, MEMCACHED_FORM_BARE, found.cas);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc == MEMCACHED_NOTFOUND)
		return ST_MISSING;
	if (rc != MEMCACHED_SUCCESS)
		return ST_STALE;
	op->value = value;
	return ST_OK;
}

static enum status
run_pull(struct cache_conn *conn, struct cache_op *op, const struct place *at)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < PULLS_MAX; i++)
		st = pull_once(conn, op, at);
	return st == ST_STALE ? ST_UNAVAILABLE : st;
}

static enum status
run_at(struct cache_conn *conn, struct cache_op *op, const struct place *at)
{
	switch (op->kind) {
	case CACHE_SET:
	case CACHE_ADD:
		return run_put(conn, op, at);
	case CACHE_DEL:
		return place_delete(at);
	case CACHE_PULL:
		return run_pull(conn, op, at);
	case CACHE_TOUCH:
		return run_touch(conn, op, at);
	case CACHE_GET:
	case CACHE_COUNT:
	case CACHE_LOOK:
		break;
	}
	return ST_ERROR;
}

static bool
stores(const struct cache_op *op)
{
	return op->kind == CACHE_SET || op->kind == CACHE_ADD;
}

void
memcached_value_run(struct cache_conn *conn, struct cache_op *op)
{
	struct place at;

	op->status = place_find(conn, op, &at);
	if (op->status == ST_FULL && !stores(op))
		op->status = ST_MISSING; /* a space without a generation */
	if (op->status == ST_OK)
		op->status = run_at(conn, op, &at);
}
