/* The statements of preload.h, and what comes of them. */
#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/db/read/rows.h"
#include "app/services/db/relation/preload.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/related_select.h"
#include "app/services/db/relation/relation.h"
#include "middleware/request.h"

/* Bytes of text that are given room at once. */
#define PIECE 4096u

/* What is related by one relation, coming in. */
struct fetch {
	struct table_call *call;
	const struct related *related;
	struct preload_branch *branch;
	struct rows rows;
	struct error *err;
	/* The keys of the running statement, and which bucket each is of. */
	struct related_keys keys;
	const uint32_t *at;
	bool numbered; /* rows begin with a place among them */
	bool seen;     /* a row */
};

/* Which keys are to be asked for. */
struct fetch_list {
	const struct db_value **values;
	uint32_t *at;
	size_t n;
};

static uint32_t
bucket_of(const struct fetch *f, const struct db_value *v)
{
	if (!f->numbered)
		return buckets_find(&f->branch->buckets, v, NULL);
	if (v[0].type == DB_NULL || v[0].u >= f->keys.n)
		return BUCKET_NONE;
	return f->at[v[0].u];
}

static enum status
refuse_many(const struct fetch *f)
{
	struct str name = f->related->relation->name;

	return error_set(f->err, ST_INVALID,
	    "A record has more than %lld of relation '%.*s': ask for fewer "
	    "with '%.*s.limit'.",
	    (long long)f->call->service->max_records, STR_ARG(name),
	    STR_ARG(name));
}

static void
row_link(struct preload *below, struct bucket *bucket)
{
	uint32_t row = (uint32_t)(below->n - 1);

	if (bucket->n++ == 0)
		bucket->first = row;
	else
		below->rows[bucket->last].next = row;
	bucket->last = row;
}

/* Room for the texts of rows, which lie in several pieces: begins another where
 * little is left of the one before. One text, copied each time that it grows,
 * would take twice as much. */
static void
piece_begin(struct arena *arena, struct buf *text)
{
	if (text->cap - text->n >= PIECE / 4)
		return;
	*text = buf_in(arena);
	(void)buf_reserve(text, PIECE);
}

static enum status
row_keep(struct fetch *f, struct bucket *bucket, const struct db_value *v)
{
	struct buf *text = &f->branch->text;
	size_t from;
	enum status st;

	if (!rows_fit(&f->rows, v))
		return ST_TOO_BIG;
	piece_begin(f->branch->below.arena, text);
	from = text->n;
	rows_put(&f->rows, v);
	/* Stays valid when it grows: an arena keeps what it gave. */
	st = preload_add(
	    &f->branch->below, v, str_make(text->p + from, text->n - from));
	if (st == ST_OK)
		row_link(&f->branch->below, bucket);
	return st;
}

/* A db_row_f. */
static enum status
row_take(void *ctx, const struct db_value *v, size_t n)
{
	struct fetch *f = ctx;
	const struct relation *relation = f->related->relation;
	uint32_t at = bucket_of(f, v);
	struct bucket *bucket;

	(void)n;
	f->seen = true;
	if (at == BUCKET_NONE)
		return ST_OK;
	bucket = &f->branch->buckets.list[at];
	if (relation_is_single(relation) && bucket->n > 0)
		return ST_OK;
	if (bucket->n == f->call->service->max_records)
		return refuse_many(f);
	return row_keep(f, bucket, v + (f->numbered ? 1 : relation->joint.n));
}

static enum status
piece_read(struct fetch *f, const struct fetch_list *list, size_t from)
{
	size_t max = f->related->relation->joint.n == 1 ? RELATED_KEYS_MAX
							: RELATED_ROW_KEYS_MAX;
	struct statement s = table_call_statement(f->call);

	if (f->numbered)
		max = RELATED_NUMBERED_MAX;
	f->keys.list = list->values + from;
	f->keys.n = list->n - from < max ? list->n - from : max;
	f->at = list->at + from;
	if (f->numbered)
		related_select_numbered(&s, f->related, &f->keys);
	else
		related_select(&s, f->related, &f->keys);
	return table_call_run(f->call, &s, row_take, f, NULL, f->err);
}

static enum status
list_read(struct fetch *f, const struct fetch_list *list)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < list->n && st == ST_OK; i += f->keys.n)
		st = piece_read(f, list, i);
	return st;
}

/* Those for which nothing has been found. */
static void
list_make(const struct fetch *f, struct fetch_list *list)
{
	const struct buckets *b = &f->branch->buckets;
	struct arena *arena = f->call->req->arena;

	list->values = arena_alloc(arena, b->n * sizeof(list->values[0]));
	list->at = arena_alloc(arena, b->n * sizeof(list->at[0]));
	list->n = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->list[i].n > 0)
			continue;
		list->values[list->n] = b->list[i].values;
		list->at[list->n++] = (uint32_t)i;
	}
}

/* May a record that was found have been meant in other bytes? */
static bool
leaves_doubt(const struct fetch *f, const struct fetch_list *left)
{
	const struct relation *relation = f->related->relation;

	return relation->kind == RELATION_BELONGS_TO && !relation->exact &&
	       f->seen && left->n > 0;
}

static enum status
branch_fetch(struct fetch *f)
{
	struct fetch_list list;
	enum status st;

	list_make(f, &list);
	rows_open(&f->rows, f->call->req->arena, &f->branch->text,
	    &f->related->query, INT64_MAX);
	st = list_read(f, &list);
	if (st != ST_OK || list.n == 0)
		return st;
	list_make(f, &list);
	if (leaves_doubt(f, &list)) {
		f->numbered = true;
		st = list_read(f, &list);
	}
	return st == ST_OK ? preload_fetch(&f->branch->below, f->call, f->err)
			   : st;
}

enum status
preload_fetch(struct preload *p, struct table_call *c, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < p->query->n_related && st == ST_OK; i++) {
		struct fetch f = { .call = c,
			.related = p->query->related[i],
			.branch = &p->branches[i],
			.err = err };

		st = branch_fetch(&f);
	}
	return st;
}

/* A db_row_f. */
static enum status
page_take(void *ctx, const struct db_value *v, size_t n)
{
	struct rows *rows = ctx;

	piece_begin(rows->preload->arena, rows->out);
	return rows_take(rows, v, n);
}

enum status
preload_page(struct table_call *c, const struct query *q,
    const struct statement *s, struct buf *out, bool *more, struct error *err)
{
	struct buf text = buf_in(c->req->arena);
	struct preload *p = preload_open(c->req->arena, q);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, &text, q, q->limit);
	rows.preload = p;
	st = table_call_run(c, s, page_take, &rows, NULL, err);
	*more = rows.more;
	if (st == ST_OK)
		st = preload_fetch(p, c, err);
	(void)buf_reserve(out, *p->bytes);
	for (size_t i = 0; i < p->n && st == ST_OK; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		st = preload_put(p, i, out);
	}
	return st;
}
