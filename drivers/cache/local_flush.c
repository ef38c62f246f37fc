#include "drivers/cache/local_flush.h"

#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/local_conn.h"
#include "drivers/cache/local_evict.h"
#include "drivers/cache/local_round.h"
#include "drivers/cache/local_store.h"
#include "drivers/cache/local_writer.h"

#define LOOK_MOST  8192 /* entries looked at between two looks at the clock */
#define PARTS_MOST 2048 /* pages given back by one transaction, about */
#define LIVES_MOST 3    /* of the store that one flush may see */

struct flush {
	struct writer w;
	struct str space;
	uint64_t hand; /* hash where it goes on */
	bool ended;    /* behind the last entry */
};

/* What one transaction removes, in the order of the hashes. */
struct victims {
	uint64_t hashes[EVICT_BATCH];
	size_t n;
	size_t parts;
};

static int
victims_gather(struct round *r, struct str space, struct victims *out)
{
	const struct local_store *store = r->v->store;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < LOOK_MOST; i++) {
		const struct entry_head *head = &r->entry.head;
		struct str key;

		if (out->n == EVICT_BATCH || out->parts >= PARTS_MOST)
			break;
		if (entry_in(&r->entry, space, &key)) {
			out->hashes[out->n++] = r->entry.hash;
			out->parts +=
			    entry_parts(store, head->key_n, head->value_n);
		}
		rc = round_next(r);
	}
	return rc;
}

/* Looks for values of the space, which needs no lock. */
static int
flush_look(struct flush *f, struct victims *out)
{
	struct values v = { .store = f->w.store, .now_ms = clock_boot_ms() };
	struct round r;
	int rc = mdb_txn_begin(f->w.store->env, NULL, MDB_RDONLY, &v.txn);

	*out = (struct victims){ .n = 0 };
	if (rc != 0)
		return rc;
	rc = round_begin(&r, &v, f->hand);
	if (rc == 0)
		rc = victims_gather(&r, f->space, out);
	if (rc == 0)
		f->hand = r.entry.hash;
	f->ended = rc == MDB_NOTFOUND;
	round_end(&r);
	mdb_txn_abort(v.txn);
	return f->ended ? 0 : rc;
}

/* Another space's value may have taken the place meanwhile. */
static int
victim_drop(const struct values *v, struct str space, uint64_t hash)
{
	struct entry e;
	struct str key;
	int rc = entry_at(v, hash, &e);

	if (rc == 0 && entry_in(&e, space, &key))
		rc = entry_drop(v, hash);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int
victims_drop(const struct flush *f, const uint64_t *hashes, size_t n)
{
	struct values v;
	int rc = writer_begin(&f->w, &v);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = victim_drop(&v, f->space, hashes[i]);
	return writer_finish(&v, rc);
}

/* In a store without room even deleting may fail, unless it is little. */
static int
victims_drop_all(const struct flush *f, const struct victims *victims)
{
	int64_t until_ms = writer_patience(&f->w);
	size_t most = EVICT_BATCH;
	size_t at = 0;

	while (at < victims->n) {
		size_t left = victims->n - at;
		size_t n = left < most ? left : most;
		int rc = victims_drop(f, victims->hashes + at, n);

		if (rc == 0) {
			at += n;
			continue;
		}
		if (!writer_full(rc) || (most == 1 && !writer_pause(until_ms)))
			return rc;
		rc = writer_free_dead(&f->w);
		if (rc != 0)
			return rc;
		most = most == 1 ? 1 : most / 2;
	}
	return 0;
}

static enum status
flush_round(struct flush *f)
{
	struct victims victims;
	int rc = flush_look(f, &victims);
	enum status st = local_store_verdict(f->w.store, rc);

	if (st != ST_OK || victims.n == 0)
		return st;
	st = writer_lock(&f->w);
	if (st != ST_OK)
		return st;
	st = local_store_verdict(f->w.store, victims_drop_all(f, &victims));
	writer_unlock(&f->w);
	return st;
}

static enum status
flush_run(struct flush *f)
{
	enum status st = ST_OK;

	while (st == ST_OK && !f->ended)
		st = clock_boot_ms() < f->w.deadline_ms ? flush_round(f)
							: ST_TIMEOUT;
	return st;
}

enum status
local_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < LIVES_MOST; i++) {
		struct flush f = { .w = { NULL, deadline_ms },
			.space = space->name };

		st = local_conn_attach(conn, deadline_ms);
		f.w.store = conn->store;
		if (st == ST_OK)
			st = flush_run(&f);
	}
	if (st == ST_TIMEOUT)
		return error_set(err, ST_TIMEOUT,
		    "not all values could be deleted in time: try again");
	if (st != ST_OK)
		return error_set(
		    err, ST_UNAVAILABLE, "the store cannot be written");
	return ST_OK;
}
