/*
 * A slot is two words: the keyed hash of the counter's name, and {expiry in
 * clock_boot_ms() time, count}. A key belongs to one bucket and may stand in
 * any slot of it. Words change by compare-and-swap without a lock; a slot
 * changes its key (a claim) only under the lock of its bucket.
 *
 * Why a count never lands on another key, nor on another window:
 * - A window's expiry is set by the claim and never changes. Another key
 *   claims a slot only when its expiry has passed, and the new one lies in the
 *   future; the expiries of a slot never fall. So no word of one key comes back
 *   under another, and a compare-and-swap from it fails.
 * - A claim stores, in this order: the old word with count 0, the key, the new
 *   word. A reader loads key, word, key. Seeing the new key it sees the old
 *   word dead (count 0 is never counted upon); seeing the new word under the
 *   old key it finds the key changed at its second look.
 *
 * Why a key has one slot: it is claimed under the bucket's lock, after a look
 * at all slots; its own expired slot is claimed first.
 *
 * A window ended early (DEL, or a group that took its count back) is the same
 * expiry with count 0: nobody counts on it. The key's next window takes over
 * the slot unless it ends sooner; then it gets another slot, and the old one's
 * key becomes LOCAL_KEY_NONE until its expiry has passed.
 *
 * Killed between any two stores, a process leaves one of these states behind.
 */
#include "drivers/cache/local_window.h"

#include <assert.h>

#include "app/base/clock.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_state.h"

#define COUNT_BITS 24
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)
#define MS_PER_S   1000

_Static_assert(CACHE_COUNT_MAX < COUNT_MASK, "a count must fit its bits");

static uint64_t
word_make(uint64_t expiry, uint64_t count)
{
	return expiry << COUNT_BITS | count;
}

static uint64_t
word_expiry(uint64_t word)
{
	return word >> COUNT_BITS;
}

static uint32_t
word_count(uint64_t word)
{
	return (uint32_t)(word & COUNT_MASK);
}

static bool
word_passed(uint64_t word, int64_t now_ms)
{
	return word_expiry(word) <= (uint64_t)now_ms;
}

static bool
word_open(uint64_t word, int64_t now_ms)
{
	return word_count(word) > 0 && !word_passed(word, now_ms);
}

static uint64_t
key_load(const struct local_slot *slot)
{
	return atomic_load_explicit(&slot->key, memory_order_acquire);
}

static uint64_t
word_load(const struct local_slot *slot)
{
	return atomic_load_explicit(&slot->word, memory_order_acquire);
}

static bool
word_swap(struct local_slot *slot, uint64_t *from, uint64_t to)
{
	return atomic_compare_exchange_weak_explicit(
	    &slot->word, from, to, memory_order_acq_rel, memory_order_acquire);
}

struct counter
counter_of(struct local_state *state, struct str name)
{
	uint64_t key = local_state_hash(state, name);

	return (struct counter){
		.bucket = &state->buckets[key % LOCAL_BUCKETS],
		.key = key,
	};
}

/* The i-th slot to look at: each key begins at its own. */
static struct local_slot *
slot_at(const struct counter *c, size_t i)
{
	size_t first = (size_t)(c->key / LOCAL_BUCKETS);

	return &c->bucket->slots[(first + i) % LOCAL_BUCKET_SLOTS];
}

/* The slot of the key with an open window, and its word; NULL: none. */
static struct local_slot *
slot_find(const struct counter *c, int64_t now_ms, uint64_t *word)
{
	for (size_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		struct local_slot *slot = slot_at(c, i);

		if (key_load(slot) != c->key)
			continue;
		*word = word_load(slot);
		if (key_load(slot) == c->key && word_open(*word, now_ms))
			return slot;
	}
	return NULL;
}

static void
op_set(struct cache_op *op, enum status st, uint64_t word, int64_t now_ms)
{
	uint32_t count = word_count(word);

	op->status = st;
	op->count = count < op->limit ? count : op->limit;
	op->reset_ms = (int64_t)word_expiry(word) - now_ms;
}

/* What came of a claim. */
enum claim { CLAIM_DONE, CLAIM_OPEN, CLAIM_FULL };

/* The slot for a new window; NULL: none. *claim is CLAIM_OPEN or _FULL then. */
static struct local_slot *
slot_choose(struct counter *c, int64_t now_ms, enum claim *claim)
{
	struct local_slot *passed = NULL;

	*claim = CLAIM_FULL;
	for (size_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		struct local_slot *slot = slot_at(c, i);
		uint64_t word = word_load(slot);

		if (key_load(slot) == c->key) {
			*claim = CLAIM_OPEN;
			if (word_open(word, now_ms))
				return NULL;
			*claim = CLAIM_FULL;
			if (word_expiry(word) <= c->expiry)
				return slot;
			atomic_store(&slot->key, LOCAL_KEY_NONE);
		} else if (passed == NULL && word_passed(word, now_ms)) {
			passed = slot;
		}
	}
	return passed;
}

/*
 * Begins a window that ends at c->expiry, under the bucket's lock. CLAIM_OPEN:
 * somebody has begun one meanwhile.
 */
static enum claim
slot_claim(struct counter *c, int64_t now_ms)
{
	enum claim claim;
	uint64_t dead;

	c->slot = slot_choose(c, now_ms, &claim);
	if (c->slot == NULL)
		return claim;
	dead = word_make(word_expiry(word_load(c->slot)), 0);
	atomic_store(&c->slot->word, dead);
	atomic_store(&c->slot->key, c->key);
	atomic_store(&c->slot->word, word_make(c->expiry, 1));
	return CLAIM_DONE;
}

/* Begins the window of op. False: another did, count again. */
static bool
window_begin(struct counter *c, struct cache_op *op, int64_t deadline_ms)
{
	enum claim claim;
	int64_t now_ms;

	op->status = local_lock_take(&c->bucket->lock, deadline_ms);
	if (op->status != ST_OK)
		return true;
	now_ms = clock_boot_ms();
	c->expiry = (uint64_t)(now_ms + (int64_t)op->ttl * MS_PER_S);
	claim = slot_claim(c, now_ms);
	local_lock_leave(&c->bucket->lock);
	if (claim == CLAIM_OPEN)
		return false;
	if (claim == CLAIM_FULL)
		op_set(op, ST_FULL, word_make((uint64_t)now_ms, 0), now_ms);
	else
		op_set(op, ST_OK, word_make(c->expiry, 1), now_ms);
	return true;
}

/* Adds one to the open window. False: there is none (any more). */
static bool
window_add(struct counter *c, struct cache_op *op, int64_t now_ms)
{
	uint64_t word;
	struct local_slot *slot;

	while ((slot = slot_find(c, now_ms, &word)) != NULL) {
		if (word_count(word) >= op->limit) {
			op_set(op, ST_REFUSED, word, now_ms);
			return true;
		}
		if (!word_swap(slot, &word, word + 1))
			continue;
		c->slot = slot;
		c->expiry = word_expiry(word);
		op_set(op, ST_OK, word + 1, now_ms);
		return true;
	}
	return false;
}

void
counter_add(
    struct counter *c, struct cache_op *op, int64_t now_ms, int64_t deadline_ms)
{
	while (!window_add(c, op, now_ms) && !window_begin(c, op, deadline_ms))
		now_ms = clock_boot_ms();
}

void
counter_undo(const struct counter *c)
{
	uint64_t word = word_load(c->slot);

	while (word_expiry(word) == c->expiry && word_count(word) > 0)
		if (word_swap(c->slot, &word, word - 1))
			return;
}

void
counter_peek(const struct counter *c, struct cache_op *op, int64_t now_ms)
{
	uint64_t word = 0;

	if (slot_find(c, now_ms, &word) == NULL)
		word = word_make((uint64_t)now_ms, 0);
	op_set(op, op->status, word, now_ms);
}

bool
counter_end(const struct counter *c, int64_t now_ms)
{
	struct local_slot *slot;
	uint64_t word;

	while ((slot = slot_find(c, now_ms, &word)) != NULL)
		if (word_swap(slot, &word, word_make(word_expiry(word), 0)))
			return true;
	return false;
}
