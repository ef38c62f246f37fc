#include "app/services/db/relation/preload.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/db/db.h"
#include "app/services/db/read/rows.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"

#define ROOM_FIRST 64u

static void
rows_open_in(struct preload *p, struct arena *arena, const struct query *q,
    size_t *bytes)
{
	*p = (struct preload){ .arena = arena, .query = q, .bytes = bytes };
	p->branches =
	    arena_zalloc(arena, q->n_related * sizeof(p->branches[0]));
	for (size_t i = 0; i < q->n_related; i++) {
		const struct related *related = q->related[i];
		struct preload_branch *branch = &p->branches[i];
		struct buf label = buf_in(arena);

		buf_put_char(&label, ',');
		json_put_str(&label, related->relation->name);
		buf_put_char(&label, ':');
		branch->label = buf_str(&label);
		branch->text = buf_in(arena);
		buckets_open(
		    &branch->buckets, arena, related->relation->joint.n);
		rows_open_in(&branch->below, arena, &related->query, bytes);
	}
}

struct preload *
preload_open(struct arena *arena, const struct query *q)
{
	struct preload *p;

	if (q->n_related == 0)
		return NULL;
	p = arena_alloc(arena, sizeof(*p));
	rows_open_in(p, arena, q, arena_zalloc(arena, sizeof(*p->bytes)));
	return p;
}

static void
grow(struct preload *p)
{
	size_t n = p->query->n_related;
	struct preload_row *rows;
	uint32_t *links;

	p->room = p->room == 0 ? ROOM_FIRST : 2 * p->room;
	rows = arena_alloc(p->arena, p->room * sizeof(rows[0]));
	links = arena_alloc(p->arena, p->room * n * sizeof(links[0]));
	if (p->n > 0) {
		memcpy(rows, p->rows, p->n * sizeof(rows[0]));
		memcpy(links, p->links, p->n * n * sizeof(links[0]));
	}
	p->rows = rows;
	p->links = links;
}

/* Which bucket of each relation the row belongs to. */
static void
links_add(struct preload *p, const struct db_value *v)
{
	size_t n = p->query->n_related;

	for (size_t i = 0; i < n; i++) {
		const struct related *related = p->query->related[i];

		p->links[p->n * n + i] =
		    buckets_add(&p->branches[i].buckets, v, related->at);
	}
}

enum status
preload_add(struct preload *p, const struct db_value *v, struct str text)
{
	size_t n = p->query->n_related;

	*p->bytes += text.n + sizeof(p->rows[0]) + n * sizeof(p->links[0]);
	if (*p->bytes > ROWS_BYTES_MAX)
		return ST_TOO_BIG;
	if (p->n == p->room)
		grow(p);
	links_add(p, v);
	p->rows[p->n++] = (struct preload_row){ text, BUCKET_NONE };
	return ST_OK;
}

static enum status
text_put(struct buf *out, struct str text)
{
	if (out->n + text.n > ROWS_BYTES_MAX)
		return ST_TOO_BIG;
	buf_put(out, text);
	return ST_OK;
}

/* What a record shows that is related to none. */
static struct str
none_of(const struct relation *relation)
{
	return relation->kind == RELATION_BELONGS_TO ? STR("null") : STR("[]");
}

static enum status
many_put(
    const struct preload *below, const struct bucket *bucket, struct buf *out)
{
	enum status st = text_put(out, STR("["));

	for (uint32_t i = bucket->first; st == ST_OK && i != BUCKET_NONE;
	     i = below->rows[i].next) {
		if (i != bucket->first)
			buf_put_char(out, ',');
		st = preload_put(below, i, out);
	}
	buf_put_char(out, ']');
	return st;
}

static enum status
branch_put(const struct preload_branch *branch, uint32_t link,
    const struct relation *relation, struct buf *out)
{
	const struct bucket *bucket;

	if (link == BUCKET_NONE)
		return text_put(out, none_of(relation));
	bucket = &branch->buckets.list[link];
	if (bucket->n == 0)
		return text_put(out, none_of(relation));
	if (relation_is_single(relation))
		return preload_put(&branch->below, bucket->first, out);
	return many_put(&branch->below, bucket, out);
}

/* In front of the brace that ends the object. */
enum status
preload_put(const struct preload *p, size_t i, struct buf *out)
{
	size_t n = p->query->n_related;
	struct str text = p->rows[i].text;
	enum status st;

	if (n == 0)
		return text_put(out, text);
	st = text_put(out, str_make(text.p, text.n - 1));
	for (size_t k = 0; k < n && st == ST_OK; k++) {
		buf_put(out, p->branches[k].label);
		st = branch_put(&p->branches[k], p->links[i * n + k],
		    p->query->related[k]->relation, out);
	}
	buf_put_char(out, '}');
	return st;
}
