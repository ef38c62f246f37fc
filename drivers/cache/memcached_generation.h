/*
 * The generations of open spaces: random words, one a space and server, that
 * stand in the names of all its values there. A new one makes every older
 * value unreachable, which is how a space is flushed; memcached drops them as
 * they expire or as it needs room. A lost one does the same.
 *
 * A connection remembers the generations it saw last, and asks for them again
 * in every batch, together with the values: when one has changed, those are
 * asked for once more.
 */
#ifndef WEIR_CACHE_MEMCACHED_GENERATION_H
#define WEIR_CACHE_MEMCACHED_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_name.h"

struct cache_conn;
struct memcached_link;
struct memcached_lookup;
struct memcached_lookups;

struct memcached_generation {
	char space[CACHE_SPACE_MAX];
	size_t n;
	char word[MEMCACHED_GENERATION];
	bool known;     /* some word is */
	uint64_t fresh; /* the batch in which the server was asked */
	uint64_t asked; /* the batch in which lookup was made */
	struct memcached_lookup *lookup;
	struct memcached_generation *next; /* of the same link */
};

/* What the link remembers of a space; lives as long as the link. */
struct memcached_generation *memcached_generation_of(
    struct memcached_link *link, const struct cache_space *space);

/* Has the server been asked in this batch? */
bool memcached_generation_is_fresh(
    const struct cache_conn *conn, const struct memcached_generation *g);

/* Adds the question to the look-ups, unless that was done in this batch. */
void memcached_generation_ask(struct cache_conn *conn,
    struct memcached_link *link, const struct cache_space *space,
    struct memcached_generation *g, struct memcached_lookups *lookups);

/* Takes the answer, and makes a generation where there is none. Afterwards it
 * is fresh, or the failure is returned. ST_FULL: there is none, and so no value
 * either, nor room for one. */
enum status memcached_generation_take(struct cache_conn *conn,
    struct memcached_link *link, struct memcached_generation *g);

/* Both at once, unless it is fresh. */
enum status memcached_generation_refresh(struct cache_conn *conn,
    struct memcached_link *link, const struct cache_space *space,
    struct memcached_generation *g);

/* Begins a new one on the link's server: what flush does on each. */
enum status memcached_generation_renew(struct cache_conn *conn,
    struct memcached_link *link, const struct cache_space *space);

void memcached_generations_free(struct memcached_link *link);

#endif
