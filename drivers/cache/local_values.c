#include "drivers/cache/local_values.h"

#include <assert.h>
#include <string.h>

#include "app/base/hash.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_store.h"

#define PATH_PAGES 4 /* copied on the way to one changed leaf */
#define MS_PER_S   1000

/* How often an entry is spared in eviction (local_evict.h). */
#define ROUNDS_NEW  1
#define ROUNDS_READ 3

/* An entry by the name of its key, which its space begins. */
struct place {
	struct str name;
	uint64_t hash;
};

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
run_get(const struct values *v, struct place at, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, at.hash, at.name, &e);

	if (rc == 0) {
		entry_mark(v->store, at.hash, ROUNDS_READ);
		rc = entry_value(v, &e, op->arena, &op->value);
	}
	return answer(op, rc, ST_OK);
}

static int
run_set(const struct values *v, struct place at, struct cache_op *op)
{
	int rc;

	if (op->value.n > v->store->max_value) {
		rc = entry_drop(v, at.hash);
		op->status = ST_TOO_BIG;
		return rc == MDB_NOTFOUND ? 0 : rc;
	}
	rc = entry_put(v, at.hash, at.name, op->value, expiry_of(v, op));
	entry_mark(v->store, at.hash, ROUNDS_NEW);
	op->status = ST_OK;
	return rc;
}

static int
run_add(const struct values *v, struct place at, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, at.hash, at.name, &e);

	if (rc == MDB_NOTFOUND)
		return run_set(v, at, op);
	return answer(op, rc, ST_EXISTS);
}

static int
run_del(const struct values *v, struct place at, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, at.hash, at.name, &e);

	if (rc == 0)
		rc = entry_drop(v, at.hash);
	return answer(op, rc, ST_OK);
}

static int
run_touch(const struct values *v, struct place at, struct cache_op *op)
{
	struct entry e;
	int rc = entry_of(v, at.hash, at.name, &e);

	if (rc == 0)
		rc = entry_touch(v, &e, expiry_of(v, op));
	return answer(op, rc, ST_OK);
}

static int
run_pull(const struct values *v, struct place at, struct cache_op *op)
{
	int rc = run_get(v, at, op);

	if (rc == 0 && op->status == ST_OK)
		rc = entry_drop(v, at.hash);
	return rc;
}

int
values_run(const struct values *v, struct cache_op *op)
{
	char name[LOCAL_NAME_MAX];
	struct place at;

	if (!cache_op_valid(op)) {
		op->status = ST_INVALID;
		return 0;
	}
	at.name = local_name(op, name);
	at.hash = hash_keyed(v->store->state->hash_key, at.name);
	memcpy(op->incarnation, v->store->incarnation, INCARNATION_BYTES);
	switch (op->kind) {
	case CACHE_GET:
		return run_get(v, at, op);
	case CACHE_SET:
		return run_set(v, at, op);
	case CACHE_ADD:
		return run_add(v, at, op);
	case CACHE_DEL:
		return run_del(v, at, op);
	case CACHE_PULL:
		return run_pull(v, at, op);
	case CACHE_TOUCH:
		return run_touch(v, at, op);
	case CACHE_COUNT:
	case CACHE_LOOK:
		break;
	}
	assert(!cache_op_counts(op));
	return MDB_INVALID;
}

size_t
values_pages(const struct local_store *store, const struct cache_op *op)
{
	if ((op->kind != CACHE_SET && op->kind != CACHE_ADD) ||
	    op->value.n > store->max_value || !cache_op_valid(op))
		return PATH_PAGES;
	return 2 * PATH_PAGES + entry_parts(store,
				    op->space->name.n + 1 + op->key.n,
				    op->value.n);
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
