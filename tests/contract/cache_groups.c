/* Counters that count together: all or none. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_tasks.h"

#define KEY   STR("a counter")
#define TIMES 40 /* a thread counts */

static struct cache_op
count_op(struct str key, uint32_t limit, uint32_t group)
{
	return (struct cache_op){
		.kind = CACHE_COUNT,
		.key = key,
		.limit = limit,
		.ttl = 60,
		.group = group,
	};
}

/* What a counter stands at, by counting once more. */
static uint32_t
counted(struct fixture *f, struct str key)
{
	struct cache_op op = count_op(key, CACHE_COUNT_MAX, 0);

	run(f, &op, 1);
	assert_anywhere(op.status == ST_OK);
	return op.count - 1;
}

static void
a_group_counts_all(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("a"), 2, 1),
		count_op(STR("b"), 3, 1), count_op(STR("c"), 4, 1) };

	run(f, ops, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ops[i].status, ST_OK);
		assert_int_equal(ops[i].count, 1);
		assert_in_range(ops[i].reset_ms, 1, 60000);
	}
}

static void
a_group_counts_none_when_one_is_used_up(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("a"), 9, 1),
		count_op(STR("b"), 1, 1), count_op(STR("c"), 9, 1) };

	run(f, ops, 3);
	for (int again = 0; again < 3; again++) {
		run(f, ops, 3);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(ops[i].status, ST_REFUSED);
			assert_int_equal(ops[i].count, 1);
			assert_in_range(ops[i].reset_ms, 1, 60000);
		}
	}
	assert_int_equal(counted(f, STR("a")), 1);
	assert_int_equal(counted(f, STR("c")), 1);
}

static void
a_refused_group_begins_no_window(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("new"), 9, 1),
		count_op(STR("used"), 1, 1) };

	assert_int_equal(count(f, STR("used"), 1, 60), ST_OK);
	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_REFUSED);
	assert_int_equal(ops[0].count, 0);
	assert_int_equal(ops[0].reset_ms, 0);
	assert_int_equal(counted(f, STR("new")), 0);
}

/* Two limits may name one counter: the second then finds the first's count. */
static void
a_group_may_name_a_counter_twice(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(KEY, 3, 1), count_op(KEY, 3, 1) };

	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_OK);
	assert_int_equal(ops[1].count, 2);
	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_REFUSED);
	assert_int_equal(ops[1].status, ST_REFUSED);
	assert_int_equal(counted(f, KEY), 2);
}

static void
groups_of_a_batch_are_apart(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("used"), 1, 7),
		count_op(STR("x"), 5, 3), count_op(STR("a"), 5, 7),
		count_op(STR("y"), 5, 3), count_op(STR("used"), 1, 0),
		count_op(STR("z"), 5, 0) };
	static const enum status expected[] = { ST_REFUSED, ST_OK, ST_REFUSED,
		ST_OK, ST_REFUSED, ST_OK };

	assert_int_equal(count(f, STR("used"), 1, 60), ST_OK);
	run(f, ops, sizeof(ops) / sizeof(ops[0]));
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		assert_int_equal(ops[i].status, expected[i]);
	assert_int_equal(counted(f, STR("a")), 0);
}

static void
a_batch_carries_many_groups(void **state)
{
	enum { GROUPS = 100, MEMBERS = 3 };
	static struct cache_op ops[GROUPS * MEMBERS];
	static char keys[GROUPS * MEMBERS][16];
	struct fixture *f = *state;

	for (uint32_t i = 0; i < GROUPS * MEMBERS; i++) {
		int n = snprintf(keys[i], sizeof(keys[i]), "%u", i / 6);

		ops[i] =
		    count_op(str_make(keys[i], (size_t)n), 3, 1 + i / MEMBERS);
	}
	run(f, ops, GROUPS * MEMBERS);
	for (uint32_t i = 0; i < GROUPS * MEMBERS; i++)
		assert_int_equal(
		    ops[i].status, i / MEMBERS % 2 == 0 ? ST_OK : ST_REFUSED);
}

static void
a_group_has_32_members_at_most(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[CACHE_GROUP_MAX + 1];

	for (size_t n = CACHE_GROUP_MAX; n <= CACHE_GROUP_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++)
			ops[i] = count_op(
			    arena_printf(&f->arena, "key %zu", i), 9, 1);
		run(f, ops, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(ops[i].status,
			    n == CACHE_GROUP_MAX ? ST_OK : ST_INVALID);
	}
	assert_int_equal(counted(f, STR("key 0")), 1);
}

/* Each wants one of its own and one of all. */
static uint32_t
count_together(struct fixture *f, const char *argument, uint32_t number)
{
	struct str own = arena_printf(&f->arena, "own %u", (unsigned)number);
	uint32_t passed = 0;

	(void)argument;
	for (int i = 0; i < TIMES; i++) {
		struct cache_op ops[] = { count_op(own, 1000, 1),
			count_op(COUNTED, TIMES * CROWD_MAX / 3, 1) };

		run(f, ops, 2);
		assert_anywhere(ops[0].status == ops[1].status);
		passed += ops[0].status == ST_OK;
	}
	assert_anywhere(counted(f, own) == passed);
	return passed;
}

static void
groups_of_many_threads_are_exact(void **state)
{
	const struct crowd crowd = { count_together, NULL, CROWD_MAX };
	struct fixture *f = *state;

	assert_int_equal(crowd_run(f, &crowd), TIMES * CROWD_MAX / 3);
	assert_int_equal(counted(f, COUNTED), TIMES * CROWD_MAX / 3);
}

const struct question group_questions[] = {
	QUESTION(a_group_counts_all),
	QUESTION(a_group_counts_none_when_one_is_used_up),
	QUESTION(a_refused_group_begins_no_window),
	QUESTION(a_group_may_name_a_counter_twice),
	QUESTION(groups_of_a_batch_are_apart),
	QUESTION(a_batch_carries_many_groups),
	QUESTION(a_group_has_32_members_at_most),
	QUESTION(groups_of_many_threads_are_exact),
	QUESTIONS_END,
};
