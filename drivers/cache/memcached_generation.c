#include "drivers/cache/memcached_generation.h"

#include <stdlib.h>

#include "app/base/secret.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_lookup.h"

struct memcached_generation *
memcached_generation_of(
    struct memcached_link *link, const struct cache_space *space)
{
	struct memcached_generation *g = link->generations;

	while (g != NULL && !str_eq(str_make(g->space, g->n), space->name))
		g = g->next;
	if (g != NULL)
		return g;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		abort();
	memcpy(g->space, space->name.p, space->name.n);
	g->n = space->name.n;
	g->next = link->generations;
	link->generations = g;
	return g;
}

void
memcached_generations_free(struct memcached_link *link)
{
	while (link->generations != NULL) {
		struct memcached_generation *g = link->generations;

		link->generations = g->next;
		free(g);
	}
}

bool
memcached_generation_is_fresh(
    const struct cache_conn *conn, const struct memcached_generation *g)
{
	return g->fresh == conn->batch;
}

void
memcached_generation_ask(struct cache_conn *conn, struct memcached_link *link,
    const struct cache_space *space, struct memcached_generation *g,
    struct memcached_lookups *lookups)
{
	struct memcached_lookup *l;

	if (g->asked == conn->batch)
		return;
	l = arena_zalloc(&conn->arena, sizeof(*l));
	memcached_name_generation(&conn->cache->prefix, space, &l->name);
	l->link = link;
	l->arena = &conn->arena;
	g->asked = conn->batch;
	g->lookup = l;
	memcached_lookups_add(lookups, l);
}

static void
word_new(char word[MEMCACHED_GENERATION])
{
	uint8_t random[MEMCACHED_GENERATION / 2];

	secret_random(random, sizeof(random));
	hex_encode(word, random, sizeof(random));
}

static void
word_keep(const struct cache_conn *conn, struct memcached_generation *g,
    const char *word)
{
	memcpy(g->word, word, sizeof(g->word));
	g->known = true;
	g->fresh = conn->batch;
}

/* Of several that find none at the same time, all take the word of one. */
static enum status
word_mint(struct cache_conn *conn, struct memcached_link *link,
    struct memcached_generation *g)
{
	const struct memcached_name *name = &g->lookup->name;
	char word[MEMCACHED_GENERATION];
	memcached_return_t rc;

	word_new(word);
	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_add(link->handle, name->text, name->n, word,
	    sizeof(word), 0, MEMCACHED_FORM_NUMBER);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE)
		return ST_FULL;
	if (rc == MEMCACHED_SUCCESS)
		word_keep(conn, g, word);
	return ST_OK;
}

enum status
memcached_generation_take(struct cache_conn *conn, struct memcached_link *link,
    struct memcached_generation *g)
{
	struct memcached_lookup *l = g->lookup;
	enum status st = l->status;

	if (memcached_generation_is_fresh(conn, g))
		return ST_OK;
	if (st == ST_MISSING) {
		st = word_mint(conn, link, g);
		if (st != ST_OK || memcached_generation_is_fresh(conn, g))
			return st;
		st = memcached_lookup_run(conn, l);
	}
	/* Missing again, or not ours: nothing is certain. */
	if (st == ST_MISSING ||
	    (st == ST_OK && l->raw.n != MEMCACHED_GENERATION))
		return ST_UNAVAILABLE;
	if (st == ST_OK)
		word_keep(conn, g, l->raw.p);
	return st;
}

enum status
memcached_generation_refresh(struct cache_conn *conn,
    struct memcached_link *link, const struct cache_space *space,
    struct memcached_generation *g)
{
	struct memcached_lookups one;

	if (memcached_generation_is_fresh(conn, g))
		return ST_OK;
	memcached_lookups_init(&one);
	memcached_generation_ask(conn, link, space, g, &one);
	memcached_lookups_run(conn, &one);
	return memcached_generation_take(conn, link, g);
}

enum status
memcached_generation_renew(struct cache_conn *conn, struct memcached_link *link,
    const struct cache_space *space)
{
	struct memcached_name name;
	char word[MEMCACHED_GENERATION];
	memcached_return_t rc;

	memcached_name_generation(&conn->cache->prefix, space, &name);
	word_new(word);
	memcached_link_await(link);
	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_set(link->handle, name.text, name.n, word, sizeof(word),
	    0, MEMCACHED_FORM_NUMBER);
	if (!memcached_link_took(link, rc))
		return link->failure;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_UNAVAILABLE;
}
