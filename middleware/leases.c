#include "middleware/leases.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "middleware/lease.h"
#include "middleware/stores.h"

#define BEATS_MAX 64u /* in one batch */

struct leases {
	pthread_mutex_t lock; /* of what follows; held while no store works */
	struct lease *held;
	struct orphan *orphans;
};

/* A lease that has ended, and is still in the store. */
struct orphan {
	struct lease lease;
	char shard[CACHE_SHARD_MAX];
	struct orphan *next;
};

/* Leases as they were when they were gathered: each may end meanwhile. */
struct beats {
	size_t n;
	struct lease lease[BEATS_MAX];
	char shard[BEATS_MAX][CACHE_SHARD_MAX];
	struct cache_op ops[BEATS_MAX];
	struct cache_op *list[BEATS_MAX];
};

struct leases *
leases_new(void)
{
	struct leases *leases = calloc(1, sizeof(*leases));

	if (leases == NULL)
		abort();
	(void)pthread_mutex_init(&leases->lock, NULL);
	return leases;
}

void
leases_free(struct leases *leases)
{
	while (leases->orphans != NULL) {
		struct orphan *orphan = leases->orphans;

		leases->orphans = orphan->next;
		free(orphan);
	}
	(void)pthread_mutex_destroy(&leases->lock);
	free(leases);
}

void
leases_hold(struct leases *leases, struct lease *lease, int64_t now_ms)
{
	(void)pthread_mutex_lock(&leases->lock);
	lease->beaten_ms = now_ms;
	lease->next = leases->held;
	leases->held = lease;
	(void)pthread_mutex_unlock(&leases->lock);
}

/* The lock is held. */
static void
drop(struct leases *leases, const struct lease *lease)
{
	struct lease **at = &leases->held;

	while (*at != lease)
		at = &(*at)->next;
	*at = lease->next;
}

void
leases_drop(struct leases *leases, struct lease *lease)
{
	(void)pthread_mutex_lock(&leases->lock);
	drop(leases, lease);
	(void)pthread_mutex_unlock(&leases->lock);
}

/* shard: CACHE_SHARD_MAX bytes of the copy's own. */
static void
copy(struct lease *to, char *shard, const struct lease *from)
{
	*to = *from;
	memcpy(shard, from->shard.p, from->shard.n);
	to->shard = str_make(shard, from->shard.n);
}

void
leases_orphan(struct leases *leases, struct lease *lease)
{
	struct orphan *orphan = malloc(sizeof(*orphan));

	if (orphan == NULL)
		abort();
	(void)pthread_mutex_lock(&leases->lock);
	drop(leases, lease);
	copy(&orphan->lease, orphan->shard, lease);
	orphan->next = leases->orphans;
	leases->orphans = orphan;
	(void)pthread_mutex_unlock(&leases->lock);
}

/* The lock is held. */
static void
take(struct beats *beats, const struct lease *lease)
{
	size_t i = beats->n++;

	copy(&beats->lease[i], beats->shard[i], lease);
}

/* Those that are due, as far as they fit. */
static void
gather(struct leases *leases, struct beats *beats, int64_t now_ms)
{
	beats->n = 0;
	(void)pthread_mutex_lock(&leases->lock);
	for (struct lease *l = leases->held; l != NULL && beats->n < BEATS_MAX;
	     l = l->next) {
		if (now_ms - l->beaten_ms < LEASE_BEAT_MS)
			continue;
		l->beaten_ms = now_ms;
		lease_beat(l);
		take(beats, l);
	}
	(void)pthread_mutex_unlock(&leases->lock);
}

/* A store that fails has lost the lease or will: others may ask, too. */
static void
run(struct beats *beats, struct stores *stores)
{
	struct store *store = stores_of(stores->shared, STORE_CACHE);
	struct cache_conn *conn;

	if (beats->n == 0)
		return;
	for (size_t i = 0; i < beats->n; i++)
		beats->list[i] = &beats->ops[i];
	conn = stores_conn(stores, store, NULL);
	if (conn != NULL)
		(void)store->driver->exec(conn, beats->list, beats->n,
		    clock_boot_ms() + LEASE_BEAT_MS);
}

static void
tell(struct beats *beats, struct stores *stores)
{
	for (size_t i = 0; i < beats->n; i++)
		lease_tell(&beats->lease[i], &beats->ops[i]);
	run(beats, stores);
}

static bool
is_held(const struct leases *leases, const struct lease *lease)
{
	const struct lease *l = leases->held;

	while (l != NULL && !lease_is(l, lease))
		l = l->next;
	return l != NULL;
}

/* Keeps those that have ended since they were gathered. */
static void
keep_ended(struct leases *leases, struct beats *beats)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&leases->lock);
	for (size_t i = 0; i < beats->n; i++) {
		if (is_held(leases, &beats->lease[i]))
			continue;
		beats->ops[n] = (struct cache_op){ .kind = CACHE_DEL };
		lease_op(&beats->lease[i], &beats->ops[n++]);
	}
	(void)pthread_mutex_unlock(&leases->lock);
	beats->n = n;
}

static void
gather_orphans(struct leases *leases, struct beats *beats)
{
	beats->n = 0;
	(void)pthread_mutex_lock(&leases->lock);
	while (leases->orphans != NULL && beats->n < BEATS_MAX) {
		struct orphan *orphan = leases->orphans;

		leases->orphans = orphan->next;
		take(beats, &orphan->lease);
		free(orphan);
	}
	(void)pthread_mutex_unlock(&leases->lock);
}

/* Out of the store with those that nobody holds. */
static void
bury(struct leases *leases, struct stores *stores, struct beats *beats)
{
	keep_ended(leases, beats);
	run(beats, stores);
}

void
leases_beat(struct leases *leases, struct stores *stores, int64_t now_ms)
{
	struct beats beats;
	size_t n;

	do {
		gather_orphans(leases, &beats);
		n = beats.n;
		bury(leases, stores, &beats);
	} while (n == BEATS_MAX);
	do {
		gather(leases, &beats, now_ms);
		n = beats.n;
		tell(&beats, stores);
		/* Its end may have come before this beat, which then stands
		 * in the store for a query that has ended. */
		bury(leases, stores, &beats);
	} while (n == BEATS_MAX);
}
