#include "drivers/cache/database_read.h"

#include <string.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"
#include "drivers/cache/database_table.h"

/* One list of a read: items that are together, and the row of the birth. */
struct reading {
	struct cache_conn *conn;
	struct database_item *items;
	size_t n;
	bool born;
};

void
database_take(struct cache_op *op, const struct db_value *name,
    const struct db_value *value)
{
	char *p;

	if (!str_eq(name->s, op->key))
		return;
	p = arena_alloc(op->arena, value->s.n);
	if (value->s.n > 0)
		memcpy(p, value->s.p, value->s.n);
	op->value = str_make(p, value->s.n);
	op->status = ST_OK;
}

/* The first item that is not before the id. */
static size_t
item_find(const struct reading *r, const char *id)
{
	size_t low = 0;
	size_t high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(r->items[middle].id, id, DIGEST_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum status
take_row(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;
	size_t i;

	if (n != 3 || v[0].s.n != DIGEST_BYTES)
		return ST_ERROR;
	if (memcmp(v[0].s.p, database_birth, DIGEST_BYTES) == 0) {
		database_table_born(r->conn, v[2].s);
		r->born = true;
		return ST_OK;
	}
	for (i = item_find(r, v[0].s.p); i < r->n; i++) {
		if (memcmp(r->items[i].id, v[0].s.p, DIGEST_BYTES) != 0)
			break;
		database_take(r->items[i].op, &v[1], &v[2]);
	}
	return ST_OK;
}

/* The list is filled up with the row that every list asks for. */
static enum status
list_read(struct reading *r, int64_t deadline_ms)
{
	struct db_value args[DATABASE_LARGEST];
	size_t rows;
	size_t size = database_size(r->n + 1, &rows);
	struct database_ask ask = {
		.sql = r->conn->cache->sql.list[DATABASE_GET][size],
		.args = args,
		.n_args = rows,
		.row = take_row,
		.ctx = r,
	};

	for (size_t i = 0; i < rows; i++)
		args[i] =
		    database_id(i < r->n ? r->items[i].id : database_birth);
	for (size_t i = 0; i < r->n; i++)
		r->items[i].op->status = ST_MISSING;
	r->born = false;
	return database_run(r->conn, &ask, deadline_ms);
}

/* A table that somebody has emptied is another's life. */
static enum status
list_try(struct reading *r, int64_t deadline_ms)
{
	unsigned runs = 0;
	enum status st;

	do
		st = list_read(r, deadline_ms);
	while (database_again(r->conn, st, deadline_ms, &runs));
	if (st == ST_OK && !r->born)
		st = database_table_ready(r->conn, deadline_ms);
	for (size_t i = 0; i < r->n && st == ST_OK; i++)
		memcpy(r->items[i].op->incarnation, r->conn->incarnation,
		    INCARNATION_BYTES);
	return st;
}

enum status
database_read(struct cache_conn *conn, struct database_item *items, size_t n,
    int64_t deadline_ms)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i += DATABASE_LARGEST - 1) {
		struct reading r = { .conn = conn, .items = items + i };

		r.n =
		    n - i < DATABASE_LARGEST - 1 ? n - i : DATABASE_LARGEST - 1;
		st = list_try(&r, deadline_ms);
	}
	return st;
}
