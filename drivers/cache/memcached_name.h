/*
 * The names under which memcached keeps things: at most 250 bytes, without
 * blanks and control bytes.
 *
 *	PREFIX:SPACE:v:KEY      a value of a space whose keys never move
 *	PREFIX:SPACE:o:KEY:GEN  a value of an open space, of one generation
 *	PREFIX:SPACE:c:KEY      a counter of a fixed window
 *	PREFIX:SPACE:w:KEY      a counter of another kind
 *	PREFIX:SPACE:g          a server's present generation of an open space
 *
 * Odd bytes of PREFIX and KEY are written %XX. A KEY that is too long then is
 * # and the hexadecimal digest of the key; the value tells which key it is of.
 */
#ifndef WEIR_CACHE_MEMCACHED_NAME_H
#define WEIR_CACHE_MEMCACHED_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct cache_space;

#define MEMCACHED_NAME_MAX   250
#define MEMCACHED_PREFIX_MAX 64
#define MEMCACHED_GENERATION 16 /* characters */

struct memcached_prefix {
	char text[MEMCACHED_PREFIX_MAX];
	size_t n;
};

struct memcached_name {
	char text[MEMCACHED_NAME_MAX];
	size_t n;
	size_t n_route; /* which server it lies on follows from these */
	bool hashed;    /* the key does not stand in it */
};

void memcached_prefix_set(struct memcached_prefix *out, struct str prefix);

/* Of an open space: without its generation yet. */
void memcached_name_value(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key,
    struct memcached_name *out);
void memcached_name_counter(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key,
    struct memcached_name *out);
void memcached_name_window(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key,
    struct memcached_name *out);
void memcached_name_generation(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct memcached_name *out);

/* Appends the generation, or puts it in the place of another. */
void memcached_name_date(
    struct memcached_name *name, const char generation[MEMCACHED_GENERATION]);

#endif
