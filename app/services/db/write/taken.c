#include "app/services/db/write/taken.h"

#include "app/base/arena.h"

void
taken_copy(struct arena *arena, struct db_value *to, const struct db_value *v,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = v[i];
		if (v[i].type >= DB_NUMBER)
			to[i].s = arena_dup(arena, v[i].s);
	}
}

enum status
taken_take(void *ctx, const struct db_value *v, size_t n)
{
	struct taken *taken = ctx;

	if (taken->rows++ > 0)
		return ST_OK;
	taken_copy(taken->arena, taken->v, v, n);
	taken->n = n;
	return ST_OK;
}
