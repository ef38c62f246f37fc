#include "drivers/cache/file_evict.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_state.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_trash.h"
#include "drivers/cache/file_walk.h"

#define SAMPLE_LEAST 64  /* entries that are compared, if there are so many */
#define SAMPLE_MOST  512 /* and of one shard at most */
#define SLACK_SHARE  128 /* of the limit: evicted beyond the need */
#define AHEAD_SHARE  32  /* of the limit: kept free by the upkeep */
#define TAKE_SHARE   4   /* of a sample may go: the rest is younger */
#define ROUNDS       3   /* over all shards: marks go in the first */

/* An entry that may go. */
struct candidate {
	struct timespec written;
	unsigned shard;
	char name[FILE_NAME_BYTES];
	char space[CACHE_SPACE_MAX + 1];
};

struct sample {
	struct file_store *store;
	struct candidate *list; /* SAMPLE_MOST */
	size_t n;
};

static bool
sample_add(void *ctx, const struct file_met *met)
{
	struct sample *s = ctx;
	struct candidate *c = &s->list[s->n];
	uint8_t digest[DIGEST_BYTES];
	struct stat st;

	if (!file_name_parse(met->name, digest) ||
	    fstatat(met->folder, met->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	c->written = st.st_mtim;
	c->shard = met->shard;
	(void)snprintf(c->name, sizeof(c->name), "%s", met->name);
	(void)snprintf(c->space, sizeof(c->space), "%s", met->space);
	return ++s->n < SAMPLE_MOST;
}

static int
older(const void *a, const void *b)
{
	const struct timespec *x = &((const struct candidate *)a)->written;
	const struct timespec *y = &((const struct candidate *)b)->written;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	if (x->tv_nsec != y->tv_nsec)
		return x->tv_nsec < y->tv_nsec ? -1 : 1;
	return 0;
}

/* The next shards, until there is enough to compare. Returns how many. */
static unsigned
sample_take(struct sample *s)
{
	unsigned shards = 0;

	s->n = 0;
	while (s->n < SAMPLE_LEAST && shards < FILE_SHARDS) {
		unsigned shard =
		    atomic_fetch_add(&s->store->state->evict_hand, 1) %
		    FILE_SHARDS;

		shards++;
		file_walk(s->store, FILE_ENTRIES, shard, sample_add, s);
	}
	qsort(s->list, s->n, sizeof(s->list[0]), older);
	return shards;
}

/* Unless it was written anew, or somebody is about to. */
static void
candidate_remove(struct file_store *store, const struct candidate *c, int fd)
{
	struct stat st;

	if (fstatat(fd, c->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_mtim.tv_sec != c->written.tv_sec ||
	    st.st_mtim.tv_nsec != c->written.tv_nsec)
		return;
	if (unlinkat(fd, c->name, 0) != 0)
		return;
	file_state_add(store->state, c->shard, (size_t)st.st_size, -1);
	(void)atomic_fetch_add(&store->state->evictions, 1);
}

static void
candidate_evict(struct file_store *store, const struct candidate *c)
{
	int fd;

	if (file_store_shard(store, str_of(c->space), c->shard, false, &fd) !=
	    ST_OK)
		return;
	if (file_lock_take(store->locks, FILE_LOCK_VALUES + c->shard, 0) ==
	    ST_OK) {
		candidate_remove(store, c, fd);
		file_lock_leave(store->locks, FILE_LOCK_VALUES + c->shard);
	}
	(void)close(fd);
}

/* Lets go of the oldest of a sample, until no more than `most` is used. */
static void
sample_evict(const struct sample *s, int64_t most)
{
	struct file_store *store = s->store;
	size_t left = s->n / TAKE_SHARE + 1;

	for (size_t i = 0; i < s->n && left > 0; i++) {
		const struct candidate *c = &s->list[i];
		uint8_t digest[DIGEST_BYTES];

		if (file_state_bytes(store->state) <= most)
			return;
		if (!file_name_parse(c->name, digest) ||
		    file_state_unmark(store->state, digest))
			continue;
		candidate_evict(store, c);
		left--;
	}
}

/* When all has gone and yet too much is counted, the count is wrong. */
static void
evict_until(struct file_store *store, int64_t most, int64_t deadline_ms)
{
	struct sample s = { .store = store };
	unsigned shards = 0;

	file_trash_empty(store, deadline_ms, most);
	if (file_state_bytes(store->state) <= most)
		return;
	s.list = malloc(SAMPLE_MOST * sizeof(s.list[0]));
	if (s.list == NULL)
		abort();
	while (file_state_bytes(store->state) > most &&
	       clock_boot_ms() < deadline_ms) {
		if (shards > ROUNDS * FILE_SHARDS) {
			atomic_store(&store->state->uncounted, FILE_SHARDS);
			break;
		}
		shards += sample_take(&s);
		sample_evict(&s, most);
	}
	free(s.list);
}

void
file_evict_for(struct file_store *store, size_t length, int64_t deadline_ms)
{
	int64_t room = store->limit - file_state_size(length);
	int64_t most = room - store->limit / SLACK_SHARE;

	if (file_state_bytes(store->state) > room)
		evict_until(store, most < 0 ? 0 : most, deadline_ms);
}

void
file_evict_ahead(struct file_store *store, int64_t deadline_ms)
{
	int64_t most = store->limit - store->limit / AHEAD_SHARE;

	if (file_state_bytes(store->state) > most)
		evict_until(store, most, deadline_ms);
}
