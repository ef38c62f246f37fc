/* Slots at work, and every state in which a killed process may leave one. */
#include "drivers/cache/local_wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/cache/local_state.h"
#include "tests/support/local.h"

#define NOW  INT64_C(1000000)
#define LATE (NOW + 1000) /* when windows end */

static struct wide
wide_at(void **state, struct str name)
{
	struct local_fixture *f = *state;

	return wide_of(f->store->state, name);
}

/* A counter with another key, in the same bucket. */
static struct wide
neighbour(const struct wide *of, uint64_t number)
{
	return (struct wide){ .bucket = of->bucket,
		.key = of->key + number * LOCAL_WIDE_BUCKETS,
		.slot = WIDE_NOWHERE };
}

static struct cache_window
window_of(uint32_t count)
{
	return (struct cache_window){ .end_ms = LATE, .count = count };
}

static bool
save(struct wide *w, uint32_t count, int64_t now_ms)
{
	struct cache_window window = window_of(count);

	return wide_save(w, &window, now_ms);
}

static uint32_t
count_of(const struct wide *w)
{
	struct wide again = *w;
	struct cache_window found;

	wide_find(&again, &found);
	return found.count;
}

static size_t
slots_of(const struct wide *w)
{
	size_t n = 0;

	for (size_t i = 0; i < LOCAL_WIDE_SLOTS; i++)
		n += w->bucket->keys[i] == w->key;
	return n;
}

static void
what_is_saved_is_found(void **state)
{
	struct wide w = wide_at(state, STR("a"));

	assert_int_equal(count_of(&w), 0);
	for (uint32_t i = 1; i < 5; i++) {
		struct wide again = wide_at(state, STR("a"));
		struct cache_window found;

		wide_find(&again, &found);
		assert_true(save(&again, i, NOW));
		assert_int_equal(count_of(&w), i);
		assert_int_equal(slots_of(&w), 1);
	}
}

static void
a_full_bucket_takes_no_other_key(void **state)
{
	struct wide first = wide_at(state, STR("a"));
	struct wide one;

	for (uint32_t i = 0; i < LOCAL_WIDE_SLOTS; i++) {
		one = neighbour(&first, i);
		assert_true(save(&one, i + 1, NOW));
	}
	one = neighbour(&first, LOCAL_WIDE_SLOTS);
	assert_false(save(&one, 9, NOW));
	assert_int_equal(slots_of(&one), 0);
	for (uint32_t i = 0; i < LOCAL_WIDE_SLOTS; i++) {
		struct wide other = neighbour(&first, i);

		assert_int_equal(count_of(&other), i + 1);
	}
	assert_true(save(&one, 9, LATE)); /* they have passed */
	assert_int_equal(count_of(&one), 9);
}

static void
an_emptied_slot_is_free_for_another_key(void **state)
{
	struct wide first = wide_at(state, STR("a"));
	struct wide other = neighbour(&first, LOCAL_WIDE_SLOTS);

	assert_true(save(&first, 9, NOW));
	assert_true(save(&first, 0, NOW));
	assert_true(save(&other, 5, NOW));
	assert_int_equal(other.slot, first.slot);
	assert_int_equal(slots_of(&first), 0);
	assert_int_equal(count_of(&first), 0);
}

/* It stays as it is beside the new one, whatever that holds as yet. */
static void
a_write_cut_short_leaves_the_old_window(void **state)
{
	struct wide w = wide_at(state, STR("a"));

	for (uint32_t i = 1; i <= 4; i++) {
		struct local_wide_slot *slot;
		struct cache_window *other;

		assert_true(save(&w, i, NOW));
		slot = &w.bucket->slots[w.slot];
		other = &slot->windows[1 - slot->which % 2];
		assert_true(save(&w, i + 1, NOW));
		assert_int_equal(other->count, i + 1);
		assert_int_equal(slot->windows[slot->which % 2].count, i + 1);
		assert_int_equal(slot->windows[1 - slot->which % 2].count, i);
		memset(&slot->windows[1 - slot->which % 2], 0x5a,
		    sizeof(slot->windows[0]));
		assert_int_equal(count_of(&w), i + 1);
	}
	assert_true(save(&w, 7, NOW));
	assert_int_equal(count_of(&w), 7);
}

/* Killed after the key of a slot that was another's. */
static void
a_slot_taken_but_not_written_holds_nothing(void **state)
{
	struct wide old = wide_at(state, STR("a"));
	struct wide w = neighbour(&old, 1);
	struct cache_window found;

	assert_true(save(&old, 9, NOW));
	w.bucket->keys[old.slot] = w.key;
	wide_find(&w, &found);
	assert_int_equal(w.slot, old.slot);
	assert_false(cache_window_open(&found, LATE));
	assert_true(save(&w, 1, LATE));
	assert_int_equal(slots_of(&w), 1);
	assert_int_equal(count_of(&old), 0);
}

static void
the_time_of_a_bucket_never_falls(void **state)
{
	struct wide w = wide_at(state, STR("a"));

	assert_int_equal(wide_now(w.bucket, NOW), NOW);
	assert_int_equal(wide_now(w.bucket, NOW - 5), NOW);
	assert_int_equal(wide_now(w.bucket, NOW + 5), NOW + 5);
}

static void
names_spread_over_the_buckets(void **state)
{
	struct local_fixture *f = *state;
	size_t full = 0;

	for (int i = 0; i < LOCAL_WIDE_BUCKETS * LOCAL_WIDE_SLOTS / 2; i++) {
		struct wide w =
		    wide_at(state, arena_printf(&f->arena, "limit:%d", i));

		full += save(&w, 1, NOW) ? 0 : 1;
	}
	assert_int_equal(full, 0);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_saved_is_found),
		TEST(a_full_bucket_takes_no_other_key),
		TEST(an_emptied_slot_is_free_for_another_key),
		TEST(a_write_cut_short_leaves_the_old_window),
		TEST(a_slot_taken_but_not_written_holds_nothing),
		TEST(the_time_of_a_bucket_never_falls),
		TEST(names_spread_over_the_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
