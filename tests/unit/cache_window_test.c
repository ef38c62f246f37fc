#include "drivers/cache/cache_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"

#define NOW    INT64_C(1700000000123)
#define TTL    60
#define TTL_MS 60000
#define HOUR   3600000

static struct cache_op
op_of(enum cache_algorithm algorithm, uint32_t limit, uint32_t burst)
{
	return (struct cache_op){
		.kind = CACHE_COUNT,
		.key = STR("key"),
		.ttl = TTL,
		.limit = limit,
		.burst = burst,
		.algorithm = algorithm,
	};
}

/* How many pass of `calls` at one moment. */
static uint32_t
burst(struct cache_window *w, struct cache_op *op, int64_t now_ms, int calls)
{
	uint32_t passed = 0;

	for (int i = 0; i < calls; i++)
		passed += cache_window_count(w, op, now_ms) ? 1 : 0;
	return passed;
}

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return *seed >> 33;
}

/* Random calls; no span of ttl has more than `most` that passed. */
static void
assert_no_span_above(struct cache_op op, uint32_t most)
{
	enum { CALLS = 20000 };
	static int64_t passed[CALLS];
	struct cache_window w = { 0 };
	uint64_t seed = 7;
	int64_t now_ms = NOW;
	size_t n = 0;
	size_t first = 0;

	for (int i = 0; i < CALLS; i++) {
		now_ms += next(&seed) % 50 == 0
			      ? (int64_t)(next(&seed) % TTL_MS)
			      : (int64_t)(next(&seed) % 900);
		if (!cache_window_count(&w, &op, now_ms))
			continue;
		passed[n++] = now_ms;
		while (passed[first] <= now_ms - TTL_MS)
			first++;
		assert_in_range(n - first, 1, most);
	}
	assert_true(n > CALLS / 100); /* it does let calls pass */
}

static void
no_span_has_more_than_a_sliding_limit(void **state)
{
	(void)state;
	assert_no_span_above(op_of(CACHE_SLIDING, 1, 0), 1);
	assert_no_span_above(op_of(CACHE_SLIDING, 10, 0), 10);
	assert_no_span_above(op_of(CACHE_SLIDING, 60, 0), 60);
}

static void
no_span_has_more_than_gcra_promises(void **state)
{
	(void)state;
	assert_no_span_above(op_of(CACHE_GCRA, 10, 1), 11);
	assert_no_span_above(op_of(CACHE_GCRA, 10, 10), 20);
}

static void
a_sliding_count_leaves_a_little_late(void **state)
{
	struct cache_op op = op_of(CACHE_SLIDING, 2, 0);
	struct cache_window w = { 0 };

	(void)state;
	assert_int_equal(burst(&w, &op, NOW, 3), 2);
	assert_in_range(op.reset_ms, TTL_MS, TTL_MS * 16 / 15);
	assert_int_equal(burst(&w, &op, NOW + op.reset_ms - 1, 1), 0);
	assert_int_equal(op.reset_ms, 1);
	assert_int_equal(burst(&w, &op, NOW + TTL_MS * 16 / 15, 3), 2);
}

static void
sliding_counts_leave_one_by_one(void **state)
{
	struct cache_op op = op_of(CACHE_SLIDING, 2, 0);
	struct cache_window w = { 0 };

	(void)state;
	assert_int_equal(burst(&w, &op, NOW, 1), 1);
	assert_int_equal(burst(&w, &op, NOW + TTL_MS / 2, 2), 1);
	assert_int_equal(burst(&w, &op, NOW + TTL_MS + 5000, 2), 1);
	assert_int_equal(op.count, 2);
}

static void
gcra_passes_its_burst_then_one_each_gap(void **state)
{
	struct cache_op op = op_of(CACHE_GCRA, 60, 5);
	struct cache_window w = { 0 };

	(void)state;
	assert_int_equal(burst(&w, &op, NOW, 20), 5);
	assert_int_equal(op.count, 5);
	assert_int_equal(op.reset_ms, 1000);
	assert_int_equal(burst(&w, &op, NOW + 999, 1), 0);
	assert_int_equal(burst(&w, &op, NOW + 1000, 2), 1);
	assert_int_equal(burst(&w, &op, NOW + TTL_MS, 20), 5);
}

static void
a_look_counts_nothing(void **state)
{
	(void)state;
	for (int algorithm = CACHE_FIXED; algorithm <= CACHE_GCRA;
	     algorithm++) {
		struct cache_op op =
		    op_of((enum cache_algorithm)algorithm, 3, 3);
		struct cache_window w = { 0 };

		cache_window_look(&w, &op, NOW);
		assert_int_equal(op.count, 0);
		assert_int_equal(op.reset_ms, 0);
		assert_int_equal(burst(&w, &op, NOW, 1), 1);
		cache_window_look(&w, &op, NOW);
		cache_window_look(&w, &op, NOW);
		assert_int_equal(op.count, 1);
		assert_in_range(op.reset_ms, 1, TTL_MS * 16 / 15);
	}
}

static void
a_lock_lasts_for_ttl_and_is_not_prolonged(void **state)
{
	(void)state;
	for (int algorithm = CACHE_FIXED; algorithm <= CACHE_GCRA;
	     algorithm++) {
		struct cache_op op =
		    op_of((enum cache_algorithm)algorithm, 3, 3);
		struct cache_window w = { 0 };

		op.lockout = true;
		assert_int_equal(burst(&w, &op, NOW, 4), 3);
		assert_true(cache_window_lock(&w, &op, NOW + 10));
		assert_false(cache_window_lock(&w, &op, NOW + 20));
		assert_int_equal(op.count, 3);
		assert_int_equal(op.reset_ms, TTL_MS - 10);
		assert_int_equal(burst(&w, &op, NOW + 9 + TTL_MS, 4), 0);
		assert_int_equal(burst(&w, &op, NOW + 10 + TTL_MS, 4), 3);
	}
}

/* One that is set back an hour must not shut anybody out for that hour. */
static void
a_clock_set_back_keeps_nobody_waiting(void **state)
{
	(void)state;
	for (int algorithm = CACHE_FIXED; algorithm <= CACHE_GCRA;
	     algorithm++) {
		struct cache_op op =
		    op_of((enum cache_algorithm)algorithm, 3, 3);
		struct cache_window w = { 0 };

		assert_int_equal(burst(&w, &op, NOW, 4), 3);
		assert_true(cache_window_settle(&w, &op, NOW - HOUR));
		assert_false(cache_window_settle(&w, &op, NOW - HOUR));
		assert_int_equal(burst(&w, &op, NOW - HOUR, 4), 0);
		assert_in_range(op.reset_ms, 1, TTL_MS * 16 / 15);
		assert_in_range(
		    burst(&w, &op, NOW - HOUR + TTL_MS * 16 / 15, 4), 3, 3);
	}
}

static void
what_is_taken_back_was_never_counted(void **state)
{
	static const enum cache_algorithm exact[] = { CACHE_FIXED,
		CACHE_SLIDING };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cache_op op = op_of(exact[i], 3, 0);
		struct cache_window w = { 0 };
		struct cache_window then;

		assert_int_equal(burst(&w, &op, NOW, 1), 1);
		then = w;
		assert_int_equal(burst(&w, &op, NOW + 5000, 1), 1);
		assert_true(cache_window_undo(&w, &then, &op, NOW + 9000));
		cache_window_look(&w, &op, NOW + 9000);
		assert_int_equal(op.count, 1);
		assert_int_equal(burst(&w, &op, NOW + 9000, 3), 2);
	}
}

/* Beside a window in which the calls that are taken back never came: it never
 * has less room. */
static void
gcra_gives_back_no_more_than_is_left(void **state)
{
	enum { CALLS = 20000 };
	struct cache_op op = op_of(CACHE_GCRA, 60, 5);
	struct cache_window w = { 0 };
	struct cache_window other = { 0 };
	int64_t now_ms = NOW;
	uint64_t seed = 7;
	unsigned given = 0;

	(void)state;
	for (int i = 0; i < CALLS; i++) {
		struct cache_window then;
		bool passed = cache_window_count(&w, &op, now_ms);

		then = w;
		for (uint64_t n = next(&seed) % 3; n > 0; n--) {
			now_ms += (int64_t)(next(&seed) % 700);
			if (cache_window_count(&w, &op, now_ms))
				assert_true(
				    cache_window_count(&other, &op, now_ms));
		}
		now_ms += (int64_t)(next(&seed) % 700);
		if (passed)
			given += cache_window_undo(&w, &then, &op, now_ms);
		if (cache_window_open(&other, now_ms))
			assert_true(w.mark >= other.mark);
		now_ms += (int64_t)(next(&seed) % 1500);
	}
	assert_true(given > CALLS / 10);
}

/* Of a window that has ended, or that a lock or a clock has changed, nothing
 * can be told any more. */
static void
what_others_have_ended_is_not_taken_back(void **state)
{
	(void)state;
	for (int algorithm = CACHE_FIXED; algorithm <= CACHE_GCRA;
	     algorithm++) {
		struct cache_op op =
		    op_of((enum cache_algorithm)algorithm, 3, 3);
		struct cache_window w = { 0 };
		struct cache_window then;

		assert_int_equal(burst(&w, &op, NOW, 1), 1);
		then = w;
		assert_false(
		    cache_window_undo(&w, &then, &op, NOW + 2 * TTL_MS));
		assert_int_equal(burst(&w, &op, NOW, 2), 2);
		assert_false(cache_window_undo(&w, &then, &op, NOW - HOUR));
		w = then;
		assert_true(cache_window_lock(&w, &op, NOW));
		assert_false(cache_window_undo(&w, &then, &op, NOW));
	}
}

static void
the_largest_numbers_are_counted(void **state)
{
	struct cache_op op =
	    op_of(CACHE_GCRA, CACHE_COUNT_MAX, CACHE_COUNT_MAX);
	struct cache_window w = { 0 };

	(void)state;
	op.ttl = CACHE_TTL_MAX;
	assert_true(cache_window_count(&w, &op, NOW));
	assert_int_equal(op.count, 1);
	op.algorithm = CACHE_SLIDING;
	w = (struct cache_window){ 0 };
	assert_true(cache_window_count(&w, &op, NOW));
	assert_in_range(
	    op.reset_ms, 1, INT64_C(1000) * CACHE_TTL_MAX / 15 * 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_span_has_more_than_a_sliding_limit),
		cmocka_unit_test(no_span_has_more_than_gcra_promises),
		cmocka_unit_test(a_sliding_count_leaves_a_little_late),
		cmocka_unit_test(sliding_counts_leave_one_by_one),
		cmocka_unit_test(gcra_passes_its_burst_then_one_each_gap),
		cmocka_unit_test(a_look_counts_nothing),
		cmocka_unit_test(a_lock_lasts_for_ttl_and_is_not_prolonged),
		cmocka_unit_test(a_clock_set_back_keeps_nobody_waiting),
		cmocka_unit_test(what_is_taken_back_was_never_counted),
		cmocka_unit_test(gcra_gives_back_no_more_than_is_left),
		cmocka_unit_test(what_others_have_ended_is_not_taken_back),
		cmocka_unit_test(the_largest_numbers_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
