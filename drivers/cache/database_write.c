#include "drivers/cache/database_write.h"

#include <assert.h>
#include <string.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"
#include "drivers/cache/database_read.h"

#define MS_PER_S 1000

/* One operation at work. What its functions return is the database's word;
 * op->status is set when that is ST_OK. */
struct work {
	struct cache_conn *conn;
	const struct database_item *item;
	int64_t deadline_ms;
};

/* A query whose only argument is the id; *changed tells how many rows. */
static enum status
by_id(const struct work *w, enum database_query query, int64_t *changed)
{
	const struct db_value args[] = { database_id(w->item->id) };
	struct database_ask ask = {
		.sql = w->conn->cache->sql.text[query],
		.args = args,
		.n_args = 1,
	};
	enum status st = database_run(w->conn, &ask, w->deadline_ms);

	*changed = ask.changed;
	return st;
}

static enum status
put(const struct work *w, enum database_query query)
{
	const struct cache_op *op = w->item->op;
	const struct db_value args[] = {
		database_id(w->item->id),
		database_bytes(w->item->space),
		database_bytes(op->key),
		database_bytes(op->value),
		database_number(op->ttl > 0),
		database_number((int64_t)op->ttl * MS_PER_S),
	};

	return database_do(w->conn, query, args, 6, w->deadline_ms);
}

/* Nothing may be left under a key whose value cannot be stored. */
static enum status
drop(const struct work *w, enum status why)
{
	int64_t changed;
	enum status st = by_id(w, DATABASE_DROP, &changed);

	if (st == ST_OK)
		w->item->op->status = why;
	return st;
}

static enum status
run_set(const struct work *w)
{
	struct cache_op *op = w->item->op;
	enum status st = ST_TOO_BIG;

	if (op->value.n <= w->conn->cache->max_value)
		st = put(w, DATABASE_SET);
	if (st == ST_TOO_BIG)
		return drop(w, ST_TOO_BIG);
	if (st == ST_OK)
		op->status = ST_OK;
	return st;
}

static enum status
take_row(void *ctx, const struct db_value *v, size_t n)
{
	if (n != 2)
		return ST_ERROR;
	database_take(ctx, &v[0], &v[1]);
	return ST_OK;
}

/* Reads the value of a live row; ST_MISSING is the op's. */
static enum status
take(const struct work *w, enum database_query query)
{
	const struct db_value args[] = { database_id(w->item->id) };
	struct database_ask ask = {
		.sql = w->conn->cache->sql.text[query],
		.args = args,
		.n_args = 1,
		.row = take_row,
		.ctx = w->item->op,
	};

	w->item->op->status = ST_MISSING;
	return database_run(w->conn, &ask, w->deadline_ms);
}

/* A value that cannot be added leaves the one that is there. */
static enum status
add_fail(const struct work *w, enum status why)
{
	struct cache_op *op = w->item->op;
	struct str value = op->value;
	enum status st = take(w, DATABASE_LOOK);

	op->value = value;
	op->status = op->status == ST_OK ? ST_EXISTS : why;
	return st;
}

/* Each statement is whole by itself: a row that has expired is as good as
 * none, whoever removes it. */
static enum status
run_add(const struct work *w)
{
	struct cache_op *op = w->item->op;
	enum status st = ST_TOO_BIG;
	int64_t passed = 0;

	memcpy(op->incarnation, w->conn->incarnation, INCARNATION_BYTES);
	if (op->value.n <= w->conn->cache->max_value)
		st = put(w, DATABASE_INSERT);
	if (st == ST_EXISTS) {
		st = by_id(w, DATABASE_PASS, &passed);
		if (st == ST_OK)
			st = passed == 0 ? ST_EXISTS : put(w, DATABASE_INSERT);
	}
	if (st == ST_TOO_BIG)
		return add_fail(w, ST_TOO_BIG);
	if (st == ST_OK || st == ST_EXISTS) {
		op->status = st;
		return ST_OK;
	}
	return st;
}

static enum status
run_del(const struct work *w)
{
	int64_t changed = 0;
	enum status st = by_id(w, DATABASE_DEL, &changed);

	if (st == ST_OK)
		w->item->op->status = changed > 0 ? ST_OK : ST_MISSING;
	return st;
}

static bool
can_pull(const struct cache_conn *conn)
{
	return conn->cache->driver->returning(conn->db);
}

static enum status
run_pull(const struct work *w)
{
	int64_t changed;
	enum status st;

	if (can_pull(w->conn))
		return take(w, DATABASE_PULL);
	st = take(w, DATABASE_LOOK);
	if (st != ST_OK || w->item->op->status != ST_OK)
		return st;
	return by_id(w, DATABASE_DROP, &changed);
}

static enum status
run_touch(const struct work *w)
{
	struct cache_op *op = w->item->op;
	const struct db_value args[] = {
		database_number(op->ttl > 0),
		database_number((int64_t)op->ttl * MS_PER_S),
		database_id(w->item->id),
	};
	struct database_ask ask = {
		.sql = w->conn->cache->sql.text[DATABASE_TOUCH],
		.args = args,
		.n_args = 3,
	};
	enum status st = database_run(w->conn, &ask, w->deadline_ms);

	if (st == ST_OK)
		op->status = ask.changed > 0 ? ST_OK : ST_MISSING;
	return st;
}

/* The lock is for MySQL: it reads what is, not what was when it began. */
static enum status
run_get(const struct work *w)
{
	memcpy(
	    w->item->op->incarnation, w->conn->incarnation, INCARNATION_BYTES);
	return take(w, DATABASE_LOOK);
}

static enum status
run(const struct work *w)
{
	switch (w->item->op->kind) {
	case CACHE_GET:
		return run_get(w);
	case CACHE_SET:
		return run_set(w);
	case CACHE_ADD:
		return run_add(w);
	case CACHE_DEL:
		return run_del(w);
	case CACHE_PULL:
		return run_pull(w);
	case CACHE_TOUCH:
		return run_touch(w);
	case CACHE_COUNT:
	case CACHE_LOOK:
		break;
	}
	assert(!cache_op_counts(w->item->op));
	return ST_ERROR;
}

/* Whether the statements of one operation need no transaction. */
static bool
stands_alone(const struct cache_conn *conn, const struct cache_op *op)
{
	return op->kind != CACHE_PULL || (conn->db != NULL && can_pull(conn));
}

static enum status
run_all(struct cache_conn *conn, const struct database_item *items, size_t n,
    int64_t deadline_ms)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++) {
		const struct work w = { conn, &items[i], deadline_ms };

		st = run(&w);
	}
	return st;
}

static enum status
write_try(struct cache_conn *conn, const struct database_item *items, size_t n,
    int64_t deadline_ms)
{
	enum status st;

	if (n == 1 && stands_alone(conn, items[0].op))
		return run_all(conn, items, n, deadline_ms);
	st = database_begin(conn, deadline_ms);
	if (st != ST_OK)
		return st;
	st = run_all(conn, items, n, deadline_ms);
	if (st == ST_OK)
		st = database_commit(conn);
	if (st != ST_OK)
		database_rollback(conn);
	return st;
}

static enum status
write_some(struct cache_conn *conn, const struct database_item *items, size_t n,
    int64_t deadline_ms)
{
	unsigned runs = 0;
	enum status st;

	do
		st = write_try(conn, items, n, deadline_ms);
	while (database_again(conn, st, deadline_ms, &runs));
	return st;
}

/* On a disk that is full: each by itself, and what cannot be stored leaves
 * nothing, or what an ADD has found. */
static enum status
write_one(struct cache_conn *conn, const struct database_item *item,
    int64_t deadline_ms)
{
	const struct work w = { conn, item, deadline_ms };
	enum status st = write_some(conn, item, 1, deadline_ms);

	if (st != ST_FULL)
		return st;
	if (item->op->kind == CACHE_SET)
		return drop(&w, ST_FULL);
	if (item->op->kind == CACHE_ADD)
		return add_fail(&w, ST_FULL);
	return ST_UNAVAILABLE;
}

enum status
database_write(struct cache_conn *conn, const struct database_item *items,
    size_t n, int64_t deadline_ms)
{
	enum status st = write_some(conn, items, n, deadline_ms);

	if (st != ST_FULL)
		return st;
	st = ST_OK;
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = write_one(conn, &items[i], deadline_ms);
	return st;
}
