#include "drivers/cache/database_exec.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_counters.h"
#include "drivers/cache/database_key.h"
#include "drivers/cache/database_read.h"
#include "drivers/cache/database_write.h"

/* The operations on values of a batch, in their order (database_key.h): reads
 * that come before any write to their key, and the others. */
struct batch {
	struct database_item *reads;
	size_t n_reads;
	struct database_item *writes;
	size_t n_writes;
	bool counts;
};

static void
batch_sort(struct batch *b, struct database_item *items, size_t n)
{
	bool written = false;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 &&
		    memcmp(items[i].id, items[i - 1].id, DIGEST_BYTES) != 0)
			written = false;
		if (items[i].op->kind != CACHE_GET)
			written = true;
		if (written)
			b->writes[b->n_writes++] = items[i];
		else
			b->reads[b->n_reads++] = items[i];
	}
}

static struct batch
batch_make(struct cache_conn *conn, struct cache_op *const *ops, size_t n)
{
	size_t bytes = n * sizeof(struct database_item);
	struct database_item *items = arena_alloc(&conn->arena, bytes);
	struct batch b = {
		.reads = arena_alloc(&conn->arena, bytes),
		.writes = arena_alloc(&conn->arena, bytes),
	};
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (cache_op_counts(ops[i]))
			b.counts = true;
		else if (!cache_op_valid(ops[i]))
			ops[i]->status = ST_INVALID;
		else
			database_item_make(conn->cache, &conn->arena, ops[i], i,
			    &items[found++]);
	}
	qsort(items, found, sizeof(items[0]), database_item_order);
	batch_sort(&b, items, found);
	return b;
}

static void
items_fail(const struct database_item *items, size_t n, enum status st)
{
	for (size_t i = 0; i < n; i++)
		items[i].op->status = st;
}

static void
counters_fail(struct cache_op *const *ops, size_t n, enum status st)
{
	for (size_t i = 0; i < n; i++)
		if (cache_op_counts(ops[i]))
			ops[i]->status = st;
}

/* The first failure is what exec returns. */
static enum status
first(enum status a, enum status b)
{
	return a == ST_OK ? b : a;
}

enum status
database_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	enum status result = ST_OK;
	enum status st;
	struct batch b;

	arena_reset(&conn->arena);
	st = database_attach(conn, deadline_ms);
	if (st != ST_OK)
		return cache_ops_fail(
		    ops, n, database_verdict(conn, st, deadline_ms));
	b = batch_make(conn, ops, n);
	if (b.n_reads > 0) {
		st = database_read(conn, b.reads, b.n_reads, deadline_ms);
		result = database_verdict(conn, st, deadline_ms);
		if (st != ST_OK)
			items_fail(b.reads, b.n_reads, result);
	}
	if (b.counts) {
		st = database_count(conn, ops, n, deadline_ms);
		st = database_verdict(conn, st, deadline_ms);
		if (st != ST_OK)
			counters_fail(ops, n, st);
		result = first(result, st);
	}
	if (b.n_writes > 0) {
		st = database_write(conn, b.writes, b.n_writes, deadline_ms);
		st = database_verdict(conn, st, deadline_ms);
		if (st != ST_OK)
			items_fail(b.writes, b.n_writes, st);
		result = first(result, st);
	}
	return result;
}
