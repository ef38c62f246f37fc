#include "drivers/cache/memcached_gets.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_generation.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_lookup.h"

struct memcached_get {
	struct cache_op *op;
	struct memcached_lookup lookup;
	struct memcached_generation *generation; /* NULL: it has none */
	bool asked; /* with the generation that was known */
	bool done;
};

size_t
memcached_gets_end(struct cache_op *const *ops, size_t from, size_t n)
{
	while (from < n &&
	       (ops[from]->kind == CACHE_GET || cache_op_counts(ops[from])))
		from++;
	return from;
}

static void
get_end(struct memcached_get *get, enum status st)
{
	get->op->status = st;
	get->done = true;
}

static void
get_begin(
    struct cache_conn *conn, struct cache_op *op, struct memcached_get *get)
{
	struct memcached_lookup *l = &get->lookup;
	enum status st = ST_OK;

	get->op = op;
	get->done = false;
	get->generation = NULL;
	memcached_name_value(
	    &conn->cache->prefix, op->space, op->key, &l->name);
	l->arena = op->arena;
	l->link = memcached_conn_route(conn, op->space, &l->name, &st);
	if (l->link == NULL)
		get_end(get, st);
	else if (op->space->open)
		get->generation = memcached_generation_of(l->link, op->space);
}

/* A value can be asked for once a generation is known, be it the present one
 * or not. */
static void
get_ask(struct cache_conn *conn, struct memcached_get *get,
    struct memcached_lookups *lookups)
{
	struct memcached_generation *g = get->generation;
	struct memcached_lookup *l = &get->lookup;

	if (g != NULL && !memcached_generation_is_fresh(conn, g))
		memcached_generation_ask(
		    conn, l->link, get->op->space, g, lookups);
	get->asked = g == NULL || g->known;
	if (!get->asked)
		return;
	if (g != NULL)
		memcached_name_date(&l->name, g->word);
	memcached_lookups_add(lookups, l);
}

static bool
is_dated(const struct memcached_lookup *l, const struct memcached_generation *g)
{
	return memcmp(l->name.text + l->name.n - MEMCACHED_GENERATION, g->word,
		   MEMCACHED_GENERATION) == 0;
}

/* False: it must be asked again, with the generation that is known now. */
static bool
get_take(struct cache_conn *conn, struct memcached_get *get)
{
	struct memcached_generation *g = get->generation;
	struct memcached_lookup *l = &get->lookup;
	enum status st = ST_OK;

	if (g != NULL)
		st = memcached_generation_take(conn, l->link, g);
	if (st == ST_OK && g != NULL && (!get->asked || !is_dated(l, g)))
		return false;
	if (st == ST_OK)
		st = l->status;
	if (st == ST_FULL) /* it has no generation, and so no value */
		st = ST_MISSING;
	if (st == ST_OK && !memcached_item_value(
			       l->raw, l->flags, get->op->key, &get->op->value))
		st = ST_MISSING;
	get_end(get, st);
	return true;
}

void
memcached_gets_ask(struct cache_conn *conn, struct cache_op *const *ops,
    size_t from, size_t to, struct memcached_gets *gets,
    struct memcached_lookups *lookups)
{
	gets->n = 0;
	gets->list =
	    arena_alloc(&conn->arena, (to - from) * sizeof(gets->list[0]));
	for (size_t i = from; i < to; i++) {
		struct memcached_get *get = &gets->list[gets->n];

		if (ops[i]->kind != CACHE_GET || ops[i]->status == ST_INVALID)
			continue;
		gets->n++;
		get_begin(conn, ops[i], get);
		if (!get->done)
			get_ask(conn, get, lookups);
	}
}

/* Twice at most: all generations are fresh after the first time. */
void
memcached_gets_take(struct cache_conn *conn, struct memcached_gets *gets)
{
	struct memcached_lookups again;

	do {
		memcached_lookups_init(&again);
		for (size_t i = 0; i < gets->n; i++) {
			struct memcached_get *get = &gets->list[i];

			if (!get->done && !get_take(conn, get))
				get_ask(conn, get, &again);
		}
		if (again.head == NULL)
			return;
		memcached_lookups_run(conn, &again);
	} while (true);
}
