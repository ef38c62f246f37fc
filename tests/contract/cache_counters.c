/* Counters: windows are exact, and a group counts all or none. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"

#define KEY STR("a counter")

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
	assert_int_equal(op.status, ST_OK);
	return op.count - 1;
}

static void
a_limit_lets_exactly_so_many_pass(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 1; i <= 10; i++) {
		struct cache_op op = count_op(KEY, 10, 0);

		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		assert_int_equal(op.count, i);
	}
	for (int i = 0; i < 5; i++) {
		struct cache_op op = count_op(KEY, 10, 0);

		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_int_equal(op.count, 10);
	}
}

static void
a_count_tells_when_its_window_ends(void **state)
{
	struct fixture *f = *state;
	struct cache_op first = count_op(KEY, 2, 0);
	struct cache_op second = count_op(KEY, 2, 0);
	struct cache_op refused = count_op(KEY, 2, 0);

	run(f, &first, 1);
	assert_in_range(first.reset_ms, 59000, 60000);
	usleep(20000);
	second.ttl = 3600;
	run(f, &second, 1);
	assert_in_range(second.reset_ms, 1, first.reset_ms - 1);
	run(f, &refused, 1);
	assert_int_equal(refused.status, ST_REFUSED);
	assert_in_range(refused.reset_ms, 1, second.reset_ms);
}

static void
a_window_ends_in_time(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(count(f, KEY, 2, 1), ST_OK);
	assert_int_equal(count(f, KEY, 2, 1), ST_OK);
	assert_int_equal(count(f, KEY, 2, 1), ST_REFUSED);
	while (count(f, KEY, 2, 60) == ST_REFUSED)
		(void)usleep(20000);
	assert_int_equal(count(f, KEY, 2, 60), ST_OK);
	assert_int_equal(count(f, KEY, 2, 60), ST_REFUSED);
}

static void
a_deleted_counter_begins_anew(void **state)
{
	struct fixture *f = *state;
	struct cache_op end = {
		.kind = CACHE_DEL, .key = KEY, .counter = true
	};

	run(f, &end, 1);
	assert_int_equal(end.status, ST_MISSING);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(count(f, KEY, 1, 60), ST_OK);
		assert_int_equal(count(f, KEY, 1, 60), ST_REFUSED);
		run(f, &end, 1);
		assert_int_equal(end.status, ST_OK);
	}
	run(f, &end, 1);
	assert_int_equal(end.status, ST_MISSING);
}

static void
counters_and_values_do_not_meet(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(count(f, KEY, 1, 60), ST_OK);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(del(f, KEY), ST_MISSING);
	assert_int_equal(add(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(count(f, KEY, 1, 60), ST_REFUSED);
	assert_value(f, KEY, STR("value"));
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
senseless_counts_are_invalid(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(KEY, 0, 0),
		count_op(KEY, CACHE_COUNT_MAX + 1, 0), count_op(KEY, 1, 0),
		count_op(STR(""), 1, 0), count_op(STR("fine"), 1, 2),
		count_op(STR(""), 1, 2) };

	ops[2].ttl = 0;
	run(f, ops, sizeof(ops) / sizeof(ops[0]));
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		assert_int_equal(ops[i].status, ST_INVALID);
	assert_int_equal(counted(f, STR("fine")), 0);
}

const struct question counter_questions[] = {
	QUESTION(a_limit_lets_exactly_so_many_pass),
	QUESTION(a_count_tells_when_its_window_ends),
	QUESTION(a_window_ends_in_time),
	QUESTION(a_deleted_counter_begins_anew),
	QUESTION(counters_and_values_do_not_meet),
	QUESTION(a_group_counts_all),
	QUESTION(a_group_counts_none_when_one_is_used_up),
	QUESTION(a_refused_group_begins_no_window),
	QUESTION(a_group_may_name_a_counter_twice),
	QUESTION(groups_of_a_batch_are_apart),
	QUESTION(a_batch_carries_many_groups),
	QUESTION(senseless_counts_are_invalid),
	QUESTIONS_END,
};
