#include "app/services/db/relation/bucket.h"

#include "app/base/arena.h"
#include "app/services/db/write/taken.h"

#define ROOM_FIRST 64u

void
buckets_open(struct buckets *b, struct arena *arena, size_t n_values)
{
	*b = (struct buckets){
		.arena = arena, .n_values = n_values, .name = buf_in(arena)
	};
}

/* Texts of unlike lengths never run together. */
static void
put_text(struct buf *name, char mark, struct str s)
{
	buf_put_char(name, mark);
	buf_put_u64(name, s.n);
	buf_put_char(name, ':');
	buf_put(name, s);
}

/* False for NULL. */
static bool
put_value(struct buf *name, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL:
		return false;
	case DB_INT:
	case DB_BOOL:
		buf_put_i64(name, v->i);
		buf_put_char(name, ';');
		return true;
	case DB_UINT:
		buf_put_u64(name, v->u);
		buf_put_char(name, ';');
		return true;
	case DB_REAL:
		buf_printf(name, "%a;", v->d);
		return true;
	case DB_NUMBER:
	case DB_TEXT:
		put_text(name, '\'', v->s);
		return true;
	case DB_BLOB:
		put_text(name, '#', v->s);
		return true;
	}
	return false;
}

static const struct db_value *
value_at(const struct db_value *v, const size_t *at, size_t i)
{
	return at == NULL ? &v[i] : &v[at[i]];
}

static bool
name_make(struct buckets *b, const struct db_value *v, const size_t *at)
{
	b->name.n = 0;
	for (size_t i = 0; i < b->n_values; i++) {
		if (!put_value(&b->name, value_at(v, at, i)))
			return false;
	}
	return true;
}

static uint32_t
index_of(const struct buckets *b)
{
	const struct bucket *found = table_get(&b->by_name, buf_str(&b->name));

	return found == NULL ? BUCKET_NONE : (uint32_t)(found - b->list);
}

static void
grow(struct buckets *b)
{
	struct bucket *list;

	b->room = b->room == 0 ? ROOM_FIRST : 2 * b->room;
	list = arena_alloc(b->arena, b->room * sizeof(list[0]));
	if (b->n > 0)
		memcpy(list, b->list, b->n * sizeof(list[0]));
	b->list = list;
	table_init(&b->by_name, b->arena, b->room);
	for (size_t i = 0; i < b->n; i++)
		(void)table_add(&b->by_name, list[i].name, &list[i]);
}

static const struct db_value *
values_copy(const struct buckets *b, const struct db_value *v, const size_t *at)
{
	struct db_value *copy =
	    arena_alloc(b->arena, b->n_values * sizeof(copy[0]));

	for (size_t i = 0; i < b->n_values; i++)
		taken_copy(b->arena, &copy[i], value_at(v, at, i), 1);
	return copy;
}

uint32_t
buckets_add(struct buckets *b, const struct db_value *v, const size_t *at)
{
	struct bucket *added;
	uint32_t found;

	if (!name_make(b, v, at))
		return BUCKET_NONE;
	found = index_of(b);
	if (found != BUCKET_NONE)
		return found;
	if (b->n == b->room)
		grow(b);
	added = &b->list[b->n];
	*added = (struct bucket){
		.name = arena_dup(b->arena, buf_str(&b->name)),
		.values = values_copy(b, v, at),
		.first = BUCKET_NONE,
		.last = BUCKET_NONE,
	};
	(void)table_add(&b->by_name, added->name, added);
	return (uint32_t)b->n++;
}

uint32_t
buckets_find(struct buckets *b, const struct db_value *v, const size_t *at)
{
	return name_make(b, v, at) ? index_of(b) : BUCKET_NONE;
}
