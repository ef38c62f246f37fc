/*
 * How operations are named in the table. The column `space` is
 * PREFIX:KIND:SPACE with the CACHE_PREFIX and a letter for the kind, so that
 * installations, values and counters are apart, and counters of fixed windows
 * from the others; the id is the digest of it and the key.
 */
#ifndef WEIR_CACHE_DATABASE_KEY_H
#define WEIR_CACHE_DATABASE_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"
#include "drivers/db/db.h"

struct arena;
struct cache;
struct cache_op;

#define DATABASE_SPACE_MOST 255

/* An operation, or one of several on a key. */
struct database_item {
	uint8_t id[DIGEST_BYTES];
	struct str space; /* the column, in the arena */
	struct cache_op *op;
	size_t at; /* place in the batch */
};

/* The id of the row that says when the table was made: zeros. */
extern const uint8_t database_birth[DIGEST_BYTES];

/* The column `space` for the values of a space. */
struct str database_space(
    const struct cache *cache, struct arena *arena, struct str space);

void database_item_make(const struct cache *cache, struct arena *arena,
    struct cache_op *op, size_t at, struct database_item *out);

/* For qsort(): by id, and those of one id in the order of the batch. */
int database_item_order(const void *a, const void *b);

/* To be bound. */
struct db_value database_bytes(struct str s);
struct db_value database_id(const uint8_t id[DIGEST_BYTES]);
struct db_value database_number(int64_t number);

#endif
