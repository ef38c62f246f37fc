/*
 * A slot holds its counter's window twice, and says which of the two is right:
 * the other one is written, and then it is the right one. A slot changes hands
 * when nothing is counted in it any more, by its key alone, and the new window
 * is written afterwards: meanwhile nothing is counted for the new key, either.
 *
 * So a process that is killed between any two stores leaves behind the old
 * window or the new one, and the next holder of the lock repairs nothing. A
 * kill sees the stores in the order of the program; only the compiler must be
 * told to keep it.
 *
 * A key belongs to one bucket and may stand in any slot of it, but only in one:
 * it is taken after a look at all of them. The time of a bucket never falls, so
 * what has passed for one process has passed for all.
 */
#include "drivers/cache/local_wide.h"

#include "drivers/cache/local_state.h"

#define BUCKETS LOCAL_WIDE_BUCKETS
#define SLOTS   LOCAL_WIDE_SLOTS

struct wide
wide_of(struct local_state *state, struct str name)
{
	uint64_t key = local_state_hash(state, name);

	return (struct wide){
		.bucket = &state->wide_buckets[key % BUCKETS],
		.key = key,
		.slot = WIDE_NOWHERE,
	};
}

static int64_t
time_load(const struct local_wide_bucket *bucket)
{
	return atomic_load_explicit(&bucket->now_ms, memory_order_relaxed);
}

int64_t
wide_now(struct local_wide_bucket *bucket, int64_t now_ms)
{
	int64_t last_ms = time_load(bucket);

	if (last_ms >= now_ms)
		return last_ms;
	atomic_store_explicit(&bucket->now_ms, now_ms, memory_order_relaxed);
	return now_ms;
}

static uint64_t
key_load(const struct wide *w, int slot)
{
	return atomic_load_explicit(
	    &w->bucket->keys[slot], memory_order_relaxed);
}

static uint64_t
which_load(const struct local_wide_slot *slot)
{
	return atomic_load_explicit(&slot->which, memory_order_relaxed) % 2;
}

/* A store that comes after all before it, and before all after it. */
static void
store(_Atomic uint64_t *to, uint64_t value)
{
	atomic_signal_fence(memory_order_seq_cst);
	atomic_store_explicit(to, value, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
}

/* The i-th slot to look at: each key begins at its own. */
static int
slot_at(const struct wide *w, int i)
{
	return (int)((w->key / BUCKETS + (uint64_t)i) % SLOTS);
}

void
wide_find(struct wide *w, struct cache_window *out)
{
	for (int i = 0; i < SLOTS; i++) {
		int at = slot_at(w, i);
		const struct local_wide_slot *slot = &w->bucket->slots[at];

		if (key_load(w, at) != w->key)
			continue;
		w->slot = at;
		*out = slot->windows[which_load(slot)];
		return;
	}
	w->slot = WIDE_NOWHERE;
	*out = (struct cache_window){ 0 };
}

/* A slot where nothing is counted. */
static int
slot_unused(const struct wide *w, int64_t now_ms)
{
	for (int i = 0; i < SLOTS; i++) {
		int at = slot_at(w, i);
		const struct local_wide_slot *slot = &w->bucket->slots[at];

		if (!cache_window_open(
			&slot->windows[which_load(slot)], now_ms))
			return at;
	}
	return WIDE_NOWHERE;
}

bool
wide_save(struct wide *w, const struct cache_window *window, int64_t now_ms)
{
	struct local_wide_slot *slot;
	uint64_t other;

	if (w->slot == WIDE_NOWHERE) {
		w->slot = slot_unused(w, now_ms);
		if (w->slot == WIDE_NOWHERE)
			return false;
		store(&w->bucket->keys[w->slot], w->key);
	}
	slot = &w->bucket->slots[w->slot];
	other = 1 - which_load(slot);
	slot->windows[other] = *window;
	store(&slot->which, other);
	return true;
}
