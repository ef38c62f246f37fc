#include "drivers/cache/file_sweep.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/file_entry.h"
#include "drivers/cache/file_evict.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_state.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_trash.h"
#include "drivers/cache/file_walk.h"
#include "drivers/cache/file_window.h"

#define PERIOD_MS   900    /* the caller comes about once a second */
#define WORK_MS     20     /* a second */
#define COUNTING_MS 200    /* a second, until all shards were counted */
#define TRASH_MS    50     /* a second */
#define LEFT_MS     600000 /* a temporary file older than that was left */
#define EVICT_MS    100    /* a second */
#define ALL         (-1)   /* no store is smaller */
#define MS_PER_S    1000

struct sweep {
	struct file_store *store;
	int64_t now_ms; /* Unix time */
	int64_t bytes;
	int64_t items;
};

static bool
is_temporary(const char *name)
{
	return strncmp(name, FILE_NEW, sizeof(FILE_NEW) - 1) == 0;
}

static void
count(struct sweep *s, const struct stat *st)
{
	s->bytes += file_state_size((size_t)st->st_size);
	s->items++;
}

/* Under the lock of the shard: another may just have written it anew. */
static void
entry_remove(struct sweep *s, const struct file_met *met)
{
	struct file_entry e;
	size_t length;

	if (file_entry_open(s->store, met->folder, met->name, false, &e) !=
	    ST_OK)
		return;
	length = file_entry_bytes(&e);
	if (!file_entry_live(&e, STR_NULL, s->now_ms) &&
	    unlinkat(met->folder, met->name, 0) == 0)
		file_state_add(s->store->state, met->shard, length, -1);
	file_entry_close(&e);
}

static void
entry_sweep(struct sweep *s, const struct file_met *met)
{
	struct file_entry e;
	bool live;

	if (file_entry_open(s->store, met->folder, met->name, false, &e) !=
	    ST_OK)
		return;
	live = file_entry_live(&e, STR_NULL, s->now_ms);
	file_entry_close(&e);
	if (live)
		return;
	if (file_lock_take(s->store->locks, FILE_LOCK_VALUES + met->shard, 0) !=
	    ST_OK)
		return;
	entry_remove(s, met);
	file_lock_leave(s->store->locks, FILE_LOCK_VALUES + met->shard);
}

static bool
meet_entry(void *ctx, const struct file_met *met)
{
	struct sweep *s = ctx;
	uint8_t digest[DIGEST_BYTES];
	struct stat st;

	if (fstatat(met->folder, met->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	if (file_name_parse(met->name, digest)) {
		count(s, &st);
		entry_sweep(s, met);
	} else if (is_temporary(met->name) &&
		   (int64_t)st.st_mtim.tv_sec * MS_PER_S <
		       s->now_ms - LEFT_MS) {
		(void)unlinkat(met->folder, met->name, 0); /* next time */
	}
	return true;
}

static bool
meet_trash(void *ctx, const struct file_met *met)
{
	uint8_t digest[DIGEST_BYTES];
	struct stat st;

	if (file_name_parse(met->name, digest) &&
	    fstatat(met->folder, met->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		count(ctx, &st);
	return true;
}

/* What others add or remove meanwhile goes into the difference. */
static void
shard_sweep(struct file_store *store, unsigned shard)
{
	struct file_state *state = store->state;
	struct sweep s = { .store = store, .now_ms = clock_now().wall_ms };
	int64_t bytes = atomic_load(&state->bytes[shard]);
	int64_t items = atomic_load(&state->items[shard]);

	file_walk(store, FILE_ENTRIES, shard, meet_entry, &s);
	file_walk(store, FILE_TRASH, shard, meet_trash, &s);
	(void)atomic_fetch_add(&state->bytes[shard], s.bytes - bytes);
	(void)atomic_fetch_add(&state->items[shard], s.items - items);
	file_window_sweep(store, shard, s.now_ms);
}

static void
shards_sweep(struct file_store *store)
{
	struct file_state *state = store->state;
	bool counting = atomic_load(&state->uncounted) > 0;
	int64_t until_ms = clock_boot_ms() + (counting ? COUNTING_MS : WORK_MS);

	for (int i = 0; i < FILE_SHARDS; i++) {
		unsigned shard =
		    atomic_fetch_add(&state->sweep_hand, 1) % FILE_SHARDS;

		shard_sweep(store, shard);
		if (atomic_load(&state->uncounted) > 0)
			(void)atomic_fetch_sub(&state->uncounted, 1);
		if (clock_boot_ms() >= until_ms)
			break;
	}
}

/* The clock begins anew when the system does. */
static bool
due(struct file_state *state)
{
	int64_t now_ms = clock_boot_ms();
	int64_t last_ms = atomic_load(&state->upkeep_ms);

	if (now_ms >= last_ms && now_ms - last_ms < PERIOD_MS)
		return false;
	return atomic_compare_exchange_strong(
	    &state->upkeep_ms, &last_ms, now_ms);
}

void
file_sweep(struct file_store *store)
{
	if (file_lock_take(store->locks, FILE_LOCK_UPKEEP, 0) != ST_OK)
		return;
	if (due(store->state)) {
		file_trash_empty(store, clock_boot_ms() + TRASH_MS, ALL);
		shards_sweep(store);
		file_evict_ahead(store, clock_boot_ms() + EVICT_MS);
	}
	file_lock_leave(store->locks, FILE_LOCK_UPKEEP);
}
