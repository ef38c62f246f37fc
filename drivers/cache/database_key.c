#include "drivers/cache/database_key.h"

#include <string.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/database_conn.h"

#define GAP '\x1f' /* no key holds it */

const uint8_t database_birth[DIGEST_BYTES] = { 0 };

static struct str
space_text(
    const struct cache *cache, struct arena *arena, char kind, struct str space)
{
	return arena_printf(
	    arena, "%s:%c:%.*s", cache->prefix, kind, STR_ARG(space));
}

static char
kind_of(const struct cache_op *op)
{
	if (!cache_op_counts(op))
		return 'v';
	return cache_op_is_fixed(op) ? 'c' : 'w';
}

struct str
database_space(const struct cache *cache, struct arena *arena, struct str space)
{
	return space_text(cache, arena, 'v', space);
}

void
database_item_make(const struct cache *cache, struct arena *arena,
    struct cache_op *op, size_t at, struct database_item *out)
{
	char name[DATABASE_SPACE_MOST + 1 + CACHE_KEY_MAX];
	char kind = kind_of(op);

	out->space = space_text(cache, arena, kind, op->space->name);
	out->op = op;
	out->at = at;
	memcpy(name, out->space.p, out->space.n);
	name[out->space.n] = GAP;
	memcpy(name + out->space.n + 1, op->key.p, op->key.n);
	digest(str_make(name, out->space.n + 1 + op->key.n), out->id);
}

int
database_item_order(const void *a, const void *b)
{
	const struct database_item *x = a;
	const struct database_item *y = b;
	int order = memcmp(x->id, y->id, sizeof(x->id));

	if (order != 0)
		return order;
	return x->at < y->at ? -1 : x->at > y->at;
}

struct db_value
database_bytes(struct str s)
{
	return (struct db_value){ .type = DB_BLOB,
		.s = str_is_null(s) ? STR("") : s };
}

struct db_value
database_id(const uint8_t id[DIGEST_BYTES])
{
	return database_bytes(str_make((const char *)id, DIGEST_BYTES));
}

struct db_value
database_number(int64_t number)
{
	return (struct db_value){ .type = DB_INT, .i = number };
}
