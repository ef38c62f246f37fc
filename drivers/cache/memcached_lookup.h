/*
 * Reading by name. Look-ups gather and are asked together: one multi-get to
 * each server, all servers at the same time.
 */
#ifndef WEIR_CACHE_MEMCACHED_LOOKUP_H
#define WEIR_CACHE_MEMCACHED_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/cache/memcached_name.h"

struct arena;
struct cache_conn;
struct memcached_link;

struct memcached_lookup {
	struct memcached_name name;
	struct memcached_link *link; /* which server is asked */
	struct arena *arena;         /* where what is found is put */
	enum status status;          /* out: ST_OK, ST_MISSING, ST_TIMEOUT,
				      * ST_UNAVAILABLE */
	struct str raw;              /* out, like the rest: the item */
	uint32_t flags;
	uint64_t cas; /* 0: the server has none */
	struct memcached_lookup *next;
};

struct memcached_lookups {
	struct memcached_lookup *head;
	struct memcached_lookup **tail;
};

void memcached_lookups_init(struct memcached_lookups *lookups);
void memcached_lookups_add(
    struct memcached_lookups *lookups, struct memcached_lookup *lookup);

/* Asks all of them, and forgets them. */
void memcached_lookups_run(
    struct cache_conn *conn, struct memcached_lookups *lookups);

/* Asks one. */
enum status memcached_lookup_run(
    struct cache_conn *conn, struct memcached_lookup *lookup);

#endif
