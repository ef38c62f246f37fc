#include "drivers/cache/local_write.h"

#include "app/base/clock.h"
#include "drivers/cache/local_counters.h"
#include "drivers/cache/local_evict.h"
#include "drivers/cache/local_store.h"
#include "drivers/cache/local_values.h"
#include "drivers/cache/local_writer.h"

#define SLICE_SHARE   8     /* one transaction takes at most this part */
#define SLICE_PAGES   16384 /* and never more than this many pages */
#define ROUNDS_MOST   2048  /* of eviction for one slice */
#define SWEEP_LOOK    8192  /* entries looked at in one upkeep */
#define SWEEP_BATCHES 256   /* transactions of expiry in one upkeep */
#define UPKEEP_MS     900   /* at most one upkeep in this time */

/* Evicts a batch of entries if `pages` more would pass the mark. */
static int
evict_round(const struct writer *w, size_t pages, size_t *evicted)
{
	struct values v;
	bool needed;
	int rc = writer_begin(w, &v);

	*evicted = 0;
	if (rc != 0)
		return rc;
	rc = evict_needed(&v, pages, &needed);
	if (rc == 0 && needed)
		rc = evict_some(&v, pages, evicted);
	rc = writer_finish(&v, rc);
	if (rc == 0)
		atomic_fetch_add(&w->store->state->evictions, *evicted);
	return rc;
}

/*
 * Makes room for `pages`. Past the deadline it gives up: above the mark there
 * still is room for a slice.
 */
static int
make_room(const struct writer *w, size_t pages)
{
	size_t evicted = 1;
	int rc = 0;

	for (int i = 0; rc == 0 && evicted > 0 && i < ROUNDS_MOST; i++) {
		if (i > 0 && clock_boot_ms() >= w->deadline_ms)
			return 0;
		rc = evict_round(w, pages, &evicted);
	}
	return rc;
}

static int
slice_try(const struct writer *w, struct cache_op *const *ops, size_t n)
{
	struct values v;
	int rc = writer_begin(w, &v);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!cache_op_counts(ops[i]))
			rc = values_run(&v, ops[i]);
	return writer_finish(&v, rc);
}

static int
slice_again(const struct writer *w, struct cache_op *const *ops, size_t n)
{
	int rc = writer_free_dead(w);

	if (rc == 0)
		rc = make_room(w, w->store->pages / SLICE_SHARE);
	return rc == 0 ? slice_try(w, ops, n) : rc;
}

static int
slice_retry(const struct writer *w, struct cache_op *const *ops, size_t n)
{
	int64_t until_ms = writer_patience(w);
	int rc = slice_again(w, ops, n);

	while (writer_full(rc) && writer_pause(until_ms))
		rc = slice_again(w, ops, n);
	return rc;
}

/* Runs as many of the operations as one transaction may hold; *done. */
static int
slice_run(
    const struct writer *w, struct cache_op *const *ops, size_t n, size_t *done)
{
	size_t most = w->store->pages / SLICE_SHARE;
	size_t pages = 0;
	size_t i = 0;
	int rc;

	if (most > SLICE_PAGES)
		most = SLICE_PAGES;
	while (i < n && (i == 0 || pages < most))
		pages += values_pages(w->store, ops[i++]);
	*done = i;
	rc = make_room(w, pages);
	if (rc == 0)
		rc = slice_try(w, ops, i);
	return writer_full(rc) ? slice_retry(w, ops, i) : rc;
}

enum status
local_write_run(struct local_store *store, struct cache_op *const *ops,
    size_t n, int64_t deadline_ms)
{
	const struct writer w = { store, deadline_ms };
	enum status st = writer_lock(&w);
	size_t done;
	int rc = 0;

	if (st != ST_OK)
		return st;
	for (size_t i = 0; rc == 0 && i < n; i += done)
		rc = slice_run(&w, ops + i, n - i, &done);
	st = local_store_verdict(store, rc);
	writer_unlock(&w);
	return st;
}

/* Looks for expired entries, which needs no lock. */
static int
sweep_look(const struct writer *w, uint64_t hashes[EVICT_BATCH], size_t *n)
{
	struct values v = { .store = w->store, .now_ms = clock_boot_ms() };
	int rc = mdb_txn_begin(w->store->env, NULL, MDB_RDONLY, &v.txn);

	*n = 0;
	if (rc != 0)
		return rc;
	rc = sweep_find(&v, SWEEP_LOOK, hashes, n);
	mdb_txn_abort(v.txn);
	return rc;
}

static int
sweep_remove(const struct writer *w, const uint64_t *hashes, size_t n)
{
	struct values v;
	int rc = writer_begin(w, &v);

	return rc == 0 ? writer_finish(&v, sweep_drop(&v, hashes, n)) : rc;
}

/* Removes one batch of expired entries; *n of them. */
static enum status
sweep_round(const struct writer *w, size_t *n)
{
	uint64_t hashes[EVICT_BATCH];
	int rc = sweep_look(w, hashes, n);
	enum status st = local_store_verdict(w->store, rc);

	if (st != ST_OK || *n == 0)
		return st;
	st = writer_lock(w);
	if (st != ST_OK)
		return st;
	st = local_store_verdict(w->store, sweep_remove(w, hashes, *n));
	writer_unlock(w);
	return st;
}

static bool
upkeep_due(struct local_state *state)
{
	int64_t now_ms = clock_boot_ms();
	int64_t last_ms = atomic_load(&state->upkeep_ms);

	return now_ms - last_ms >= UPKEEP_MS &&
	       atomic_compare_exchange_strong(
		   &state->upkeep_ms, &last_ms, now_ms);
}

enum status
local_write_upkeep(struct local_store *store, int64_t deadline_ms)
{
	const struct writer w = { store, deadline_ms };
	size_t n = EVICT_BATCH;
	enum status st;

	if (!upkeep_due(store->state))
		return ST_OK;
	st = local_store_verdict(store, writer_free_dead(&w));
	for (int i = 0; st == ST_OK && n == EVICT_BATCH && i < SWEEP_BATCHES;
	     i++)
		st = sweep_round(&w, &n);
	return st;
}
