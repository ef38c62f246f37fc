#include "drivers/cache/local_evict.h"

#include <stdbool.h>

#include "drivers/cache/local_round.h"
#include "drivers/cache/local_store.h"
#include "drivers/cache/local_values.h"

#define MARK_PERCENT 75   /* of the pages; LMDB needs room to copy pages */
#define SLACK_SHARE  128  /* of the pages: evicted beyond the need */
#define WINDOW       64   /* entries looked at for one batch of victims */
#define LOOK_MOST    4096 /* entries spared in a row, before one must go */

int
evict_needed(const struct values *v, size_t more, bool *needed)
{
	size_t entries;
	size_t used;
	int rc = values_used(v, &used, &entries);

	*needed = rc == 0 && entries > 0 &&
		  used + more > v->store->pages * MARK_PERCENT / 100;
	return rc;
}

/* Expired entries among the next `look` from *hand on, which moves on. */
static int
expired_find(const struct values *v, uint64_t *hand, size_t look,
    uint64_t hashes[EVICT_BATCH], size_t *n)
{
	struct round r;
	int rc = round_begin(&r, v, *hand);

	*n = 0;
	for (; rc == 0 && look > 0 && *n < EVICT_BATCH; look--) {
		if (entry_expired(&r.entry, v->now_ms))
			hashes[(*n)++] = r.entry.hash;
		rc = round_next(&r);
	}
	round_end(&r);
	*hand = rc == 0 ? r.entry.hash : 0;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Entries not in use from *hand on, which moves on; takes their marks. */
static int
idle_find(const struct values *v, uint64_t *hand, uint64_t hashes[EVICT_BATCH],
    size_t *n)
{
	struct round r;
	int rc = round_begin(&r, v, *hand);
	size_t looked = 0;

	*n = 0;
	for (; rc == 0 && *n < EVICT_BATCH; rc = round_next(&r)) {
		if (looked >= WINDOW && *n > 0)
			break;
		if (!entry_unmark(v->store, r.entry.hash) ||
		    looked >= LOOK_MOST)
			hashes[(*n)++] = r.entry.hash;
		looked++;
	}
	round_end(&r);
	*hand = rc == 0 ? r.entry.hash : 0;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Removes one after the other until there is room, and a little more. */
static int
victims_drop(
    const struct values *v, size_t more, const uint64_t *hashes, size_t *n)
{
	size_t most = *n;
	bool needed = true;
	int rc = 0;

	more += v->store->pages / SLACK_SHARE;
	for (*n = 0; rc == 0 && needed && *n < most; (*n)++) {
		rc = entry_drop(v, hashes[*n]);
		if (rc == 0)
			rc = evict_needed(v, more, &needed);
	}
	return rc;
}

static int
evict_idle(const struct values *v, size_t more, size_t *n)
{
	_Atomic uint64_t *place = &v->store->state->clock_hand;
	uint64_t hand = atomic_load(place);
	uint64_t hashes[EVICT_BATCH];
	size_t found;
	int rc = idle_find(v, &hand, hashes, n);

	if (rc == 0 && *n == 0)
		rc = idle_find(v, &hand, hashes, n); /* from the start again */
	found = *n;
	if (rc == 0)
		rc = victims_drop(v, more, hashes, n);
	atomic_store(place, *n < found ? hashes[*n] : hand);
	return rc;
}

int
evict_some(const struct values *v, size_t more, size_t *n)
{
	uint64_t hand = atomic_load(&v->store->state->clock_hand);
	uint64_t hashes[EVICT_BATCH];
	int rc = expired_find(v, &hand, WINDOW, hashes, n);

	if (rc != 0)
		return rc;
	if (*n > 0)
		return victims_drop(v, more, hashes, n);
	return evict_idle(v, more, n);
}

int
sweep_find(const struct values *v, size_t look, uint64_t hashes[EVICT_BATCH],
    size_t *n)
{
	_Atomic uint64_t *place = &v->store->state->sweep_hand;
	uint64_t hand = atomic_load(place);
	int rc = expired_find(v, &hand, look, hashes, n);

	atomic_store(place, hand);
	return rc;
}

int
sweep_drop(const struct values *v, const uint64_t *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct entry e;
		int rc = entry_at(v, hashes[i], &e);

		if (rc == 0 && entry_expired(&e, v->now_ms))
			rc = entry_drop(v, hashes[i]);
		if (rc != 0 && rc != MDB_NOTFOUND)
			return rc;
	}
	return 0;
}
