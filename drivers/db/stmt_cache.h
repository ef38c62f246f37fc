/*
 * The prepared statements of one connection, found again by their text. When
 * there are more than fit, the one unused for longest makes room. What a
 * statement is, its engine knows: the cache holds a pointer to it, and has it
 * closed. For one thread at a time.
 */
#ifndef WEIR_DB_STMT_CACHE_H
#define WEIR_DB_STMT_CACHE_H

#include <stdint.h>

#include "app/base/str.h"

#define STMT_CACHE_MAX 64 /* statements of a connection */

/* Ends a statement and frees all of it. */
typedef void stmt_close_f(void *stmt);

struct stmt_place {
	uint64_t hash; /* of text */
	struct str text;
	void *stmt;         /* NULL: a free place */
	uint64_t last_used; /* in ticks of the cache */
};

struct stmt_cache {
	stmt_close_f *close;
	uint64_t tick;
	struct stmt_place *latest; /* the last one used, NULL: none yet */
	struct stmt_place places[STMT_CACHE_MAX];
};

/* Empty; close is called once for each statement that goes. */
void stmt_cache_init(struct stmt_cache *cache, stmt_close_f *close);

/* The statement of that text, NULL: there is none. It belongs to the cache and
 * lives until the next add, drop or clear. */
void *stmt_cache_find(struct stmt_cache *cache, struct str text);

/* Gives the cache a statement, not NULL, of a text that was not found in it.
 * The text is copied. */
void stmt_cache_add(struct stmt_cache *cache, struct str text, void *stmt);

/* Closes the statement of that text, if there is one, or all of them. */
void stmt_cache_drop(struct stmt_cache *cache, struct str text);
void stmt_cache_clear(struct stmt_cache *cache);

#endif
