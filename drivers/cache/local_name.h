/*
 * The name of a key in a local store: its space, a gap, the key. Neither a
 * space nor a key holds the byte between them.
 */
#ifndef WEIR_CACHE_LOCAL_NAME_H
#define WEIR_CACHE_LOCAL_NAME_H

#include <stdbool.h>

#include "app/base/str.h"
#include "drivers/cache/cache.h"

#define LOCAL_NAME_MAX (CACHE_SPACE_MAX + 1 + CACHE_KEY_MAX)

/* The name of what a valid operation is about, in `name`. */
struct str local_name(const struct cache_op *op, char name[LOCAL_NAME_MAX]);

/* Whether a name is of that space; *key is then the rest of it. */
bool local_name_in(struct str name, struct str space, struct str *key);

#endif
