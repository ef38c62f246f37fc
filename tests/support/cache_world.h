/*
 * A cache service as the pipeline would call it, on a store in memory that
 * fails when it is told to: what real stores do not do at a wish.
 */
#ifndef WEIR_TESTS_CACHE_WORLD_H
#define WEIR_TESTS_CACHE_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "app/services/cache/cache.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stores.h"

#define CACHE_WORLD_ITEMS 1100

struct cache_item {
	struct str key;
	struct str value;
	uint32_t ttl;
};

struct cache_world {
	struct arena arena;
	struct settings settings;
	struct cache_service instance;
	struct service service;
	struct access rows[4];
	struct role role; /* may do anything to anything */
	struct store store;
	struct store_conn store_conn;
	struct stores_shared shared;
	struct stores stores;
	struct request req;
	/* what the store holds */
	struct cache_item items[CACHE_WORLD_ITEMS];
	size_t n_items;
	/* Operations fail_from to fail_to - 1 since the last call, counted
	 * from 0, are not run and get this status. */
	size_t fail_from, fail_to;
	enum status fail_with;
	enum status flush_with, ping_with; /* what these return */
	size_t n_ops;                      /* run since the last call */
	size_t largest;                    /* batch since then */
	size_t page_max;                   /* keys that one list() gives */
	size_t pages;                      /* that list() gives before it fails
					    * with fail_with; 0: it does not */
	bool cannot_list;
};

void cache_world_open(struct cache_world *w);
void cache_world_close(struct cache_world *w);

/* Puts a value into the store. */
void cache_world_put(struct cache_world *w, const char *key, const char *value);

/* The value in the store; NULL when there is none. */
const char *cache_world_value(struct cache_world *w, const char *key);

/* Fills w->req for "GET", "key?raw=1"; a target of "" is the service. body may
 * be NULL. */
void cache_world_request(struct cache_world *w, const char *method,
    const char *target, const char *body);

/* The same, and handles it. Returns the status; the body is
 * cache_world_body(). */
int cache_world_call(struct cache_world *w, const char *method,
    const char *target, const char *body);

/* The body of the last answer, NUL-terminated. */
const char *cache_world_body(struct cache_world *w);

/* The call must be answered so. */
void cache_world_expect(struct cache_world *w, const char *method,
    const char *target, const char *body, int status, const char *want);

/* The call must be refused with that status, and words in its answer. */
void cache_world_refuses(struct cache_world *w, const char *method,
    const char *target, const char *body, int status, const char *words);

/* Does the last answer have this header line ("Allow: GET")? */
bool cache_world_has_header(struct cache_world *w, const char *line);

#endif
