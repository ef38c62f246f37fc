#include "drivers/cache/local_values.h"

#include <assert.h>

#include "app/base/hash.h"
#include "drivers/cache/local_store.h"

#define PATH_PAGES 4 /* copied on the way to one changed leaf */
#define MS_PER_S   1000

/* How often an entry is spared in eviction (local_evict.h). */
#define ROUNDS_NEW  1
#define ROUNDS_READ 3

static int64_t
expiry_of(const struct values *v, const struct cache_op *op)
{
	return op->ttl == 0 ? 0 : v->now_ms + (int64_t)op->ttl * MS_PER_S;
}

/* "Not found" is an answer, not an error. */
static int
answer(struct cache_op *op, int rc, enum status found)
{
	op->status = rc == 0 ? found : ST_MISSING;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int
run_get(const struct values *v, uint64_t hash, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, hash, op->key, &e);

	if (rc == 0) {
		entry_mark(v->store, hash, ROUNDS_READ);
		rc = entry_value(v, &e, op->arena, &op->value);
	}
	return answer(op, rc, ST_OK);
}

static int
run_set(const struct values *v, uint64_t hash, struct cache_op *op)
{
	int rc;

	if (op->value.n > v->store->max_value) {
		rc = entry_drop(v, hash);
		op->status = ST_TOO_BIG;
		return rc == MDB_NOTFOUND ? 0 : rc;
	}
	rc = entry_put(v, hash, op->key, op->value, expiry_of(v, op));
	entry_mark(v->store, hash, ROUNDS_NEW);
	op->status = ST_OK;
	return rc;
}

static int
run_add(const struct values *v, uint64_t hash, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, hash, op->key, &e);

	if (rc == MDB_NOTFOUND)
		return run_set(v, hash, op);
	return answer(op, rc, ST_EXISTS);
}

static int
run_del(const struct values *v, uint64_t hash, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, hash, op->key, &e);

	if (rc == 0)
		rc = entry_drop(v, hash);
	return answer(op, rc, ST_OK);
}

static int
run_touch(const struct values *v, uint64_t hash, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, hash, op->key, &e);

	if (rc == 0)
		rc = entry_touch(v, &e, expiry_of(v, op));
	return answer(op, rc, ST_OK);
}

static bool
op_valid(const struct cache_op *op)
{
	return op->key.n >= 1 && op->key.n <= CACHE_KEY_MAX &&
	       op->ttl <= CACHE_TTL_MAX;
}

int
values_run(const struct values *v, struct cache_op *op)
{
	uint64_t hash;

	if (!op_valid(op)) {
		op->status = ST_INVALID;
		return 0;
	}
	hash = hash_keyed(v->store->state->hash_key, op->key);
	switch (op->kind) {
	case CACHE_GET:
		return run_get(v, hash, op);
	case CACHE_SET:
		return run_set(v, hash, op);
	case CACHE_ADD:
		return run_add(v, hash, op);
	case CACHE_DEL:
		return run_del(v, hash, op);
	case CACHE_TOUCH:
		return run_touch(v, hash, op);
	case CACHE_COUNT:
		break;
	}
	assert(op->kind != CACHE_COUNT);
	return MDB_INVALID;
}

size_t
values_pages(const struct local_store *store, const struct cache_op *op)
{
	if ((op->kind != CACHE_SET && op->kind != CACHE_ADD) ||
	    op->value.n > store->max_value || !op_valid(op))
		return PATH_PAGES;
	return 2 * PATH_PAGES + entry_parts(store, op->key.n, op->value.n);
}

int
values_used(const struct values *v, size_t *pages, size_t *entries)
{
	/* LMDB's own two: the free pages, and the names of the others. */
	const MDB_dbi dbs[] = { v->store->entries, v->store->parts, 0, 1 };
	MDB_stat info;

	*pages = 0;
	for (size_t i = 0; i < sizeof(dbs) / sizeof(dbs[0]); i++) {
		int rc = mdb_stat(v->txn, dbs[i], &info);

		if (rc != 0)
			return rc;
		if (i == 0)
			*entries = info.ms_entries;
		*pages += info.ms_branch_pages + info.ms_leaf_pages +
			  info.ms_overflow_pages;
	}
	return 0;
}
