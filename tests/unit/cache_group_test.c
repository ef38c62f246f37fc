#include "drivers/cache/cache_group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW      1000000
#define TTL      60
#define TTL_MS   60000
#define SOME_KEY STR("key")

static struct cache_op
count_op(uint32_t limit, uint32_t group)
{
	return (struct cache_op){
		.kind = CACHE_COUNT,
		.key = SOME_KEY,
		.ttl = TTL,
		.limit = limit,
		.group = group,
	};
}

static void
a_batch_is_walked_group_by_group(void **state)
{
	struct cache_op a1 = count_op(1, 7), b = count_op(1, 0),
			a2 = count_op(1, 7), c = count_op(1, 3);
	struct cache_op get = { .kind = CACHE_GET, .key = SOME_KEY };
	struct cache_op *ops[] = { &a1, &get, &b, &a2, &c };
	struct cache_groups groups = cache_groups_of(ops, 5);
	struct cache_group g;

	(void)state;
	assert_true(cache_groups_next(&groups, &g));
	assert_int_equal(g.n, 2);
	assert_ptr_equal(g.ops[1], &a2);
	assert_true(cache_groups_next(&groups, &g));
	assert_int_equal(g.n, 1);
	assert_ptr_equal(g.ops[0], &b);
	assert_true(cache_groups_next(&groups, &g));
	assert_ptr_equal(g.ops[0], &c);
	assert_false(cache_groups_next(&groups, &g));
}

static void
a_group_too_large_is_invalid(void **state)
{
	static struct cache_op ops[CACHE_GROUP_MAX + 1];
	struct cache_op *list[CACHE_GROUP_MAX + 1];
	struct cache_groups groups;
	struct cache_group g;

	(void)state;
	for (size_t i = 0; i <= CACHE_GROUP_MAX; i++) {
		ops[i] = count_op(1, 1);
		list[i] = &ops[i];
	}
	groups = cache_groups_of(list, CACHE_GROUP_MAX + 1);
	assert_false(cache_groups_next(&groups, &g));
	for (size_t i = 0; i <= CACHE_GROUP_MAX; i++)
		assert_int_equal(ops[i].status, ST_INVALID);
}

static void
a_window_begins_with_its_first_count(void **state)
{
	struct cache_op op = count_op(2, 0);
	struct cache_group g = { { &op }, 1 };
	struct cache_window window = { .end_ms = NOW, .count = 2 };
	struct cache_window *windows[] = { &window };

	(void)state;
	assert_true(cache_group_count(&g, windows, NOW));
	assert_int_equal(op.status, ST_OK);
	assert_int_equal(op.count, 1);
	assert_int_equal(op.reset_ms, TTL_MS);
	assert_int_equal(window.end_ms, NOW + TTL_MS);
	assert_true(cache_group_count(&g, windows, NOW + 1));
	assert_false(cache_group_count(&g, windows, NOW + 2));
	assert_int_equal(op.status, ST_REFUSED);
	assert_int_equal(op.count, 2);
	assert_int_equal(op.reset_ms, TTL_MS - 2);
	assert_int_equal(window.count, 2);
}

static void
a_refused_group_changes_nothing(void **state)
{
	struct cache_op fresh = count_op(9, 1), used = count_op(3, 1);
	struct cache_group g = { { &fresh, &used }, 2 };
	struct cache_window first = { 0 };
	struct cache_window second = { .end_ms = NOW + 5, .count = 7 };
	struct cache_window *windows[] = { &first, &second };

	(void)state;
	assert_false(cache_group_count(&g, windows, NOW));
	assert_int_equal(first.count, 0);
	assert_int_equal(second.count, 7);
	assert_int_equal(fresh.status, ST_REFUSED);
	assert_int_equal(fresh.count, 0);
	assert_int_equal(fresh.reset_ms, 0);
	assert_int_equal(used.count, 3);
	assert_int_equal(used.reset_ms, 5);
}

static void
a_counter_named_twice_counts_twice_or_not_at_all(void **state)
{
	struct cache_op a = count_op(3, 1), b = count_op(3, 1);
	struct cache_group g = { { &a, &b }, 2 };
	struct cache_window window = { 0 };
	struct cache_window *windows[] = { &window, &window };

	(void)state;
	assert_true(cache_group_count(&g, windows, NOW));
	assert_int_equal(a.count, 1);
	assert_int_equal(b.count, 2);
	assert_false(cache_group_count(&g, windows, NOW));
	assert_int_equal(window.count, 2);
	assert_true(b.count >= b.limit);
}

/* Or every refusal would find the same hour that is left. */
static void
a_refusal_keeps_a_window_that_was_shortened(void **state)
{
	struct cache_op op = count_op(1, 0);
	struct cache_group g = { { &op }, 1 };
	struct cache_window window = { .end_ms = 99 * TTL_MS + NOW,
		.count = 1 };
	struct cache_window *windows[] = { &window };

	(void)state;
	assert_true(cache_group_count(&g, windows, NOW));
	assert_int_equal(op.status, ST_REFUSED);
	assert_int_equal(window.end_ms, NOW + TTL_MS);
	assert_false(cache_group_count(&g, windows, NOW + 1));
}

static void
a_soft_one_refuses_nobody(void **state)
{
	struct cache_op hard = count_op(2, 1), soft = count_op(1, 1);
	struct cache_group g = { { &hard, &soft }, 2 };
	struct cache_window first = { 0 }, second = { 0 };
	struct cache_window *windows[] = { &first, &second };

	(void)state;
	soft.soft = true;
	assert_true(cache_group_count(&g, windows, NOW));
	assert_int_equal(soft.status, ST_OK);
	assert_true(cache_group_count(&g, windows, NOW));
	assert_int_equal(hard.status, ST_OK);
	assert_int_equal(soft.status, ST_REFUSED);
	assert_int_equal(soft.count, 1);
	assert_false(cache_group_count(&g, windows, NOW));
	assert_int_equal(hard.status, ST_REFUSED);
}

static void
a_refusal_locks_only_who_was_used_up(void **state)
{
	struct cache_op fresh = count_op(9, 1), used = count_op(1, 1);
	struct cache_group g = { { &fresh, &used }, 2 };
	struct cache_window first = { 0 }, second = { 0 };
	struct cache_window *windows[] = { &first, &second };

	(void)state;
	fresh.lockout = true;
	used.lockout = true;
	assert_true(cache_group_count(&g, windows, NOW));
	assert_true(cache_group_count(&g, windows, NOW + 9));
	assert_int_equal(used.status, ST_REFUSED);
	assert_int_equal(used.reset_ms, TTL_MS);
	assert_int_equal(fresh.count, 1);
	assert_false(first.locked);
	assert_false(cache_group_count(&g, windows, NOW + 10));
	assert_int_equal(used.reset_ms, TTL_MS - 1);
}

static void
a_look_stands_alone(void **state)
{
	struct cache_op look = count_op(2, 1);
	struct cache_op *ops[] = { &look };
	struct cache_groups groups = cache_groups_of(ops, 1);
	struct cache_window window = { .end_ms = NOW + 5, .count = 2 };
	struct cache_window *windows[] = { &window };
	struct cache_group g;

	(void)state;
	look.kind = CACHE_LOOK;
	assert_true(cache_groups_next(&groups, &g));
	assert_false(cache_group_count(&g, windows, NOW));
	assert_int_equal(look.status, ST_OK);
	assert_int_equal(look.count, 2);
	assert_int_equal(look.reset_ms, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_walked_group_by_group),
		cmocka_unit_test(a_group_too_large_is_invalid),
		cmocka_unit_test(a_window_begins_with_its_first_count),
		cmocka_unit_test(a_refused_group_changes_nothing),
		cmocka_unit_test(
		    a_counter_named_twice_counts_twice_or_not_at_all),
		cmocka_unit_test(a_refusal_keeps_a_window_that_was_shortened),
		cmocka_unit_test(a_soft_one_refuses_nobody),
		cmocka_unit_test(a_refusal_locks_only_who_was_used_up),
		cmocka_unit_test(a_look_stands_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
