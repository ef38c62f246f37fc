/* Slots at work, and every state in which a killed process may leave one. */
#include "drivers/cache/local_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_state.h"

#define SHIFT   24 /* of the expiry in a word */
#define TTL     60
#define HANG_MS 60000

static int
set_up(void **state)
{
	struct local_state *s = aligned_alloc(LOCAL_LINE, sizeof(*s));

	assert_non_null(s);
	memset(s, 0, sizeof(*s));
	assert_true(secret_init());
	secret_random(s->hash_key, sizeof(s->hash_key));
	for (size_t i = 0; i < LOCAL_BUCKETS; i++)
		assert_true(local_lock_init(&s->buckets[i].lock));
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	free(*state);
	return 0;
}

/* A counter like `of` with another key, in the same bucket. */
static struct counter
neighbour(const struct counter *of, uint64_t number)
{
	struct counter c = *of;

	c.key += number * LOCAL_BUCKETS;
	return c;
}

static struct cache_op
add(struct counter *c, uint32_t limit, uint32_t ttl)
{
	struct cache_op op = {
		.kind = CACHE_COUNT, .limit = limit, .ttl = ttl
	};
	int64_t now_ms = clock_boot_ms();

	counter_add(c, &op, now_ms, now_ms + HANG_MS);
	return op;
}

static size_t
slots_of(const struct counter *c)
{
	size_t n = 0;

	for (size_t i = 0; i < LOCAL_BUCKET_SLOTS; i++)
		n += c->bucket->slots[i].key == c->key;
	return n;
}

static void
a_window_is_begun_and_counted_upon(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct cache_op op = add(&c, 2, TTL);

	assert_int_equal(op.status, ST_OK);
	assert_int_equal(op.count, 1);
	assert_int_equal(op.reset_ms, TTL * 1000);
	op = add(&c, 2, TTL);
	assert_int_equal(op.count, 2);
	op = add(&c, 2, TTL);
	assert_int_equal(op.status, ST_REFUSED);
	assert_int_equal(op.count, 2);
	assert_int_equal(slots_of(&c), 1);
}

static void
a_passed_window_begins_anew_in_its_slot(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct local_slot *slot;

	(void)add(&c, 9, TTL);
	slot = c.slot;
	slot->word = UINT64_C(1) << SHIFT | 9;
	assert_int_equal(add(&c, 9, TTL).count, 1);
	assert_ptr_equal(c.slot, slot);
	assert_int_equal(slots_of(&c), 1);
}

static void
a_full_bucket_takes_no_other_key(void **state)
{
	struct counter first = counter_of(*state, STR("a"));
	struct counter c;
	struct cache_op op;

	for (uint64_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		c = neighbour(&first, i);
		assert_int_equal(add(&c, 9, TTL).status, ST_OK);
	}
	c = neighbour(&first, LOCAL_BUCKET_SLOTS);
	op = add(&c, 9, TTL);
	assert_int_equal(op.status, ST_FULL);
	assert_int_equal(op.count, 0);
	assert_int_equal(op.reset_ms, 0);
	for (uint64_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		struct counter other = neighbour(&first, i);

		assert_int_equal(add(&other, 9, TTL).count, 2);
	}
	first.bucket->slots[7].word = UINT64_C(1) << SHIFT | 9;
	assert_int_equal(add(&c, 9, TTL).status, ST_OK);
	assert_ptr_equal(c.slot, &first.bucket->slots[7]);
}

static void
an_ended_window_begins_anew_in_its_slot(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct local_slot *slot;

	(void)add(&c, 9, TTL);
	slot = c.slot;
	for (int i = 0; i < 3 * LOCAL_BUCKET_SLOTS; i++) {
		uint64_t before = slot->word >> SHIFT;

		assert_true(counter_end(&c, clock_boot_ms()));
		assert_false(counter_end(&c, clock_boot_ms()));
		assert_int_equal(add(&c, 9, TTL).count, 1);
		assert_ptr_equal(c.slot, slot);
		assert_true(slot->word >> SHIFT >= before);
	}
}

static void
a_shorter_window_after_an_ended_one_gets_another_slot(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct local_slot *slot;

	(void)add(&c, 9, TTL);
	slot = c.slot;
	assert_true(counter_end(&c, clock_boot_ms()));
	assert_int_equal(add(&c, 9, TTL / 2).count, 1);
	assert_ptr_not_equal(c.slot, slot);
	assert_int_equal(slots_of(&c), 1);
	assert_true(slot->key == 0 && slot->word != 0);
}

static void
a_count_is_taken_back(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct counter second = c;
	struct cache_op op = { .status = ST_OK, .limit = 9 };

	(void)add(&c, 9, TTL);
	(void)add(&second, 9, TTL);
	counter_undo(&second);
	counter_peek(&c, &op, clock_boot_ms());
	assert_int_equal(op.count, 1);
	counter_undo(&c);
	counter_peek(&c, &op, clock_boot_ms());
	assert_int_equal(op.count, 0);
	assert_int_equal(op.reset_ms, 0);
	assert_int_equal(add(&c, 1, TTL).status, ST_OK);
}

static void
nothing_is_taken_back_from_a_later_window(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct counter late = c;
	struct cache_op op = { .status = ST_OK, .limit = 9 };

	(void)add(&late, 9, TTL);
	assert_true(counter_end(&c, clock_boot_ms()));
	(void)usleep(2000); /* windows are told apart by milliseconds */
	(void)add(&c, 9, TTL);
	counter_undo(&late);
	counter_peek(&c, &op, clock_boot_ms());
	assert_int_equal(op.count, 1);
}

static void
a_window_not_open_is_not_ended(void **state)
{
	struct counter c = counter_of(*state, STR("a"));

	assert_false(counter_end(&c, clock_boot_ms()));
	(void)add(&c, 9, TTL);
	assert_false(counter_end(&c, clock_boot_ms() + TTL * 1000));
}

/* Killed after the first, second and third store of a claim. */
static void
a_claim_cut_short_is_done_again(void **state)
{
	for (int stores = 1; stores <= 3; stores++) {
		struct counter old = counter_of(*state, STR("old"));
		struct counter c = neighbour(&old, 1);
		struct cache_op op;

		(void)add(&old, 9, TTL);
		old.slot->word = (uint64_t)stores << SHIFT | 5;
		old.slot->word = (uint64_t)stores << SHIFT;
		if (stores >= 2)
			old.slot->key = c.key;
		op = add(&c, 9, TTL);
		assert_int_equal(op.count, 1);
		assert_int_equal(slots_of(&c), 1);
		op = add(&old, 9, TTL);
		assert_int_equal(op.count, 1);
		assert_int_equal(slots_of(&old), 1);
		memset(old.bucket->slots, 0, sizeof(old.bucket->slots));
	}
}

static void
only_beginning_a_window_needs_the_lock(void **state)
{
	struct counter c = counter_of(*state, STR("a"));
	struct counter other = neighbour(&c, 1);
	struct cache_op op = { .kind = CACHE_COUNT, .limit = 9, .ttl = TTL };
	int64_t now_ms = clock_boot_ms();

	(void)add(&c, 9, TTL);
	assert_int_equal(local_lock_take(&c.bucket->lock, now_ms), ST_OK);
	assert_int_equal(add(&c, 9, TTL).count, 2);
	counter_add(&other, &op, now_ms, now_ms);
	assert_int_equal(op.status, ST_TIMEOUT);
	local_lock_leave(&c.bucket->lock);
	assert_int_equal(add(&other, 9, TTL).count, 1);
}

static void
names_spread_over_the_buckets(void **state)
{
	struct local_state *s = *state;
	size_t full = 0;

	for (int i = 0; i < LOCAL_BUCKETS * LOCAL_BUCKET_SLOTS / 2; i++) {
		char name[32];
		int n = snprintf(name, sizeof(name), "limit:%d", i);
		struct counter c = counter_of(s, str_make(name, (size_t)n));

		full += add(&c, 9, TTL).status != ST_OK;
	}
	assert_int_equal(full, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_window_is_begun_and_counted_upon),
		TEST(a_passed_window_begins_anew_in_its_slot),
		TEST(a_full_bucket_takes_no_other_key),
		TEST(an_ended_window_begins_anew_in_its_slot),
		TEST(a_shorter_window_after_an_ended_one_gets_another_slot),
		TEST(a_count_is_taken_back),
		TEST(nothing_is_taken_back_from_a_later_window),
		TEST(a_window_not_open_is_not_ended),
		TEST(a_claim_cut_short_is_done_again),
		TEST(only_beginning_a_window_needs_the_lock),
		TEST(names_spread_over_the_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
