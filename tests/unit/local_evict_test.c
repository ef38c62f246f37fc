#include "drivers/cache/local_evict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/cache/local_values.h"
#include "tests/support/local.h"

#define N     200
#define STEP  (UINT64_MAX / N)
#define EMPTY 1 /* milliseconds after boot: long expired */

/* Entries 0 to n, in the order of their hashes; unmarked. */
static void
fill(struct local_fixture *f, size_t n, size_t bytes, int64_t expiry_ms)
{
	struct values v = local_begin(f);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(entry_put(&v, i * STEP, STR("key"),
				     local_text(f, bytes, 'x'), expiry_ms),
		    0);
	local_commit(&v);
}

static bool
there(const struct values *v, uint64_t number)
{
	struct entry e;
	int rc = entry_at(v, number * STEP, &e);

	assert_true(rc == 0 || rc == MDB_NOTFOUND);
	return rc == 0;
}

static void
evict(struct values *v, size_t expected)
{
	size_t n;

	/* As if the whole store were asked for. */
	assert_int_equal(evict_some(v, v->store->pages, &n), 0);
	assert_int_equal(n, expected);
}

static void
nothing_is_evicted_below_the_mark(void **state)
{
	struct local_fixture *f = *state;
	struct values v;
	bool needed;

	fill(f, N, 100, 0);
	v = local_begin(f);
	assert_int_equal(evict_needed(&v, 1, &needed), 0);
	assert_false(needed);
	assert_int_equal(evict_needed(&v, f->store->pages, &needed), 0);
	assert_true(needed);
	local_commit(&v);
}

static void
an_empty_store_evicts_nothing(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	bool needed;

	assert_int_equal(evict_needed(&v, f->store->pages, &needed), 0);
	assert_false(needed);
	evict(&v, 0);
	local_commit(&v);
}

static void
the_hand_goes_round(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	fill(f, N, 100, 0);
	f->store->state->clock_hand = 150 * STEP;
	v = local_begin(f);
	for (size_t i = 0; i < 6; i++)
		evict(&v, i == 3 ? 2 : EVICT_BATCH);
	for (uint64_t i = 0; i < N; i++)
		assert_int_equal(there(&v, i), i >= 32 && i < 150);
	local_commit(&v);
}

static void
what_was_used_is_spared_once(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	fill(f, N, 100, 0);
	for (uint64_t i = 0; i < N; i++)
		if (i % 2 == 0)
			entry_mark(f->store, i * STEP, 1);
	v = local_begin(f);
	evict(&v, EVICT_BATCH);
	assert_true(there(&v, 0));
	assert_false(there(&v, 1));
	f->store->state->clock_hand = 0;
	evict(&v, EVICT_BATCH);
	assert_false(there(&v, 0));
	local_commit(&v);
}

static void
what_was_used_more_is_spared_longer(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	fill(f, 4, 100, 0);
	for (uint64_t i = 0; i < 4; i++)
		entry_mark(f->store, i * STEP, i == 2 ? 3 : 1);
	v = local_begin(f);
	evict(&v, 3);
	assert_true(there(&v, 2));
	local_commit(&v);
}

static void
when_all_was_used_some_must_go(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	fill(f, N, 100, 0);
	for (uint64_t i = 0; i < N; i++)
		entry_mark(f->store, i * STEP, 1);
	v = local_begin(f);
	evict(&v, EVICT_BATCH);
	local_commit(&v);
}

static void
expired_entries_go_first(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	fill(f, N, 100, 0);
	v = local_begin(f);
	for (uint64_t i = 10; i < 14; i++)
		assert_int_equal(
		    entry_put(&v, i * STEP, STR("key"), STR("x"), EMPTY), 0);
	entry_mark(f->store, 11 * STEP, 1);
	evict(&v, 4);
	for (uint64_t i = 0; i < 64; i++)
		assert_int_equal(there(&v, i), i < 10 || i >= 14);
	local_commit(&v);
}

static void
no_more_goes_than_is_needed(void **state)
{
	struct local_fixture *f = *state;
	struct values v;
	size_t entries;
	size_t pages;
	size_t n;

	fill(f, 30, 60000, 0);
	v = local_begin(f);
	assert_int_equal(values_used(&v, &pages, &entries), 0);
	assert_int_equal(
	    evict_some(&v, f->store->pages * 3 / 4 + 4 - pages, &n), 0);
	assert_int_equal(n, 1);
	local_commit(&v);
}

static void
a_sweep_finds_what_is_expired(void **state)
{
	struct local_fixture *f = *state;
	uint64_t hashes[EVICT_BATCH];
	struct values v;
	size_t n;

	fill(f, N, 100, 0);
	v = local_begin(f);
	for (uint64_t i = 50; i < 55; i++)
		assert_int_equal(
		    entry_put(&v, i * STEP, STR("key"), STR("x"), EMPTY), 0);
	assert_int_equal(sweep_find(&v, 52, hashes, &n), 0);
	assert_int_equal(n, 2);
	assert_true(hashes[0] == 50 * STEP && hashes[1] == 51 * STEP);
	assert_int_equal(sweep_find(&v, N, hashes, &n), 0);
	assert_int_equal(n, 3);
	assert_true(hashes[0] == 52 * STEP && hashes[2] == 54 * STEP);
	/* The end was reached: the next begins at the start. */
	assert_int_equal(sweep_find(&v, N, hashes, &n), 0);
	assert_int_equal(n, 5);
	local_commit(&v);
}

static void
a_sweep_drops_only_what_still_is_expired(void **state)
{
	const uint64_t hashes[] = { 1 * STEP, 2 * STEP, 3 * STEP + 1 };
	struct local_fixture *f = *state;
	struct values v;

	fill(f, N, 100, EMPTY);
	v = local_begin(f);
	assert_int_equal(entry_put(&v, 2 * STEP, STR("key"), STR("new"), 0), 0);
	assert_int_equal(sweep_drop(&v, hashes, 3), 0);
	assert_false(there(&v, 1));
	assert_true(there(&v, 2));
	assert_true(there(&v, 3));
	local_commit(&v);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_evicted_below_the_mark),
		TEST(an_empty_store_evicts_nothing),
		TEST(the_hand_goes_round),
		TEST(what_was_used_is_spared_once),
		TEST(what_was_used_more_is_spared_longer),
		TEST(when_all_was_used_some_must_go),
		TEST(expired_entries_go_first),
		TEST(no_more_goes_than_is_needed),
		TEST(a_sweep_finds_what_is_expired),
		TEST(a_sweep_drops_only_what_still_is_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
