/* Counters: windows and limits are exact. */
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

/* What is refused leaves no trace, also when the limit is raised later. */
static void
refused_counts_do_not_count(void **state)
{
	struct fixture *f = *state;
	struct cache_op op;

	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(count(f, KEY, 5, 60), ST_OK);
	for (int i = 0; i < 20; i++) {
		op = count_op(KEY, 5, 0);
		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_int_equal(op.count, 5);
		op = count_op(KEY, 3, 0);
		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_int_equal(op.count, 3); /* never above the limit */
	}
	op = count_op(KEY, 10, 0);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	assert_int_equal(op.count, 6);
}

static void
windows_are_as_long_as_they_are_told(void **state)
{
	static const uint32_t times[] = { 1, 2, 60, 86400, 30 * 86400,
		31 * 86400, 366 * 86400, CACHE_TTL_MAX };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (uint32_t k = 1; k <= 2; k++) {
			int64_t most = (int64_t)times[i] * 1000;
			struct cache_op op = count_op(
			    arena_printf(&f->arena, "key %zu", i), 9, 0);

			op.ttl = times[i];
			run(f, &op, 1);
			assert_int_equal(op.status, ST_OK);
			if (times[i] > 1)
				assert_int_equal(op.count, k);
			assert_in_range(
			    op.reset_ms, most > 2500 ? most - 2500 : 1, most);
		}
}

static void
the_highest_limit_is_counted_to(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 1; i <= 3; i++) {
		struct cache_op op = count_op(KEY, CACHE_COUNT_MAX, 0);

		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		assert_int_equal(op.count, i);
	}
}

/* One key's operations are run in their order. */
static void
a_batch_may_count_one_counter_often(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { count_op(KEY, 3, 0), count_op(KEY, 3, 0),
		count_op(KEY, 3, 0), count_op(KEY, 3, 0),
		{ .kind = CACHE_DEL, .key = KEY, .counter = true },
		count_op(KEY, 3, 0) };
	static const enum status expected[] = { ST_OK, ST_OK, ST_OK, ST_REFUSED,
		ST_OK, ST_OK };
	static const uint32_t counts[] = { 1, 2, 3, 3, 0, 1 };

	run(f, ops, sizeof(ops) / sizeof(ops[0]));
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		assert_int_equal(ops[i].status, expected[i]);
		if (ops[i].kind == CACHE_COUNT)
			assert_int_equal(ops[i].count, counts[i]);
	}
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
	ops[4].group = 0;
	run(f, &ops[4], 1);
	assert_int_equal(ops[4].count, 1);
}

const struct question counter_questions[] = {
	QUESTION(a_limit_lets_exactly_so_many_pass),
	QUESTION(a_count_tells_when_its_window_ends),
	QUESTION(a_window_ends_in_time),
	QUESTION(a_deleted_counter_begins_anew),
	QUESTION(counters_and_values_do_not_meet),
	QUESTION(refused_counts_do_not_count),
	QUESTION(windows_are_as_long_as_they_are_told),
	QUESTION(the_highest_limit_is_counted_to),
	QUESTION(a_batch_may_count_one_counter_often),
	QUESTION(senseless_counts_are_invalid),
	QUESTIONS_END,
};
