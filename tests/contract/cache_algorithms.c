/* Counters that slide, pace, lock out, and refuse nobody. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_tasks.h"
#include "tests/support/stopwatch.h"

#define LONG  86400 /* seconds: nothing leaves meanwhile, nor runs off */
#define TIMES 30    /* a thread counts */
#define PAUSE 10    /* ms */

static const struct cache_op kinds[] = {
	{ .algorithm = CACHE_FIXED },
	{ .algorithm = CACHE_SLIDING },
	{ .algorithm = CACHE_GCRA },
	{ .algorithm = CACHE_FIXED, .lockout = true },
	{ .algorithm = CACHE_SLIDING, .lockout = true },
	{ .algorithm = CACHE_GCRA, .lockout = true },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define OPEN  3 /* the kinds without a lock-out come first */

static const struct str keys[KINDS] = { { "fixed", 5 }, { "sliding", 7 },
	{ "gcra", 4 }, { "fixed, locks", 12 }, { "sliding, locks", 14 },
	{ "gcra, locks", 11 } };

/* Each kind has a counter of its own. */
static struct cache_op
count_op(size_t kind, uint32_t quota, uint32_t ttl)
{
	struct cache_op op = kinds[kind];

	op.kind = CACHE_COUNT;
	op.key = keys[kind];
	op.limit = quota;
	op.burst = quota;
	op.ttl = ttl;
	return op;
}

static struct cache_op
look(struct fixture *f, const struct cache_op *counter)
{
	struct cache_op op = *counter;

	op.kind = CACHE_LOOK;
	op.soft = false;
	run(f, &op, 1);
	assert_anywhere(op.status == ST_OK);
	return op;
}

static void
of_three_times_the_quota_a_third_passes(void **state)
{
	enum { QUOTA = 4 };
	struct fixture *f = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, QUOTA, LONG);

		for (uint32_t i = 1; i <= 3 * QUOTA; i++) {
			run(f, &op, 1);
			assert_int_equal(
			    op.status, i <= QUOTA ? ST_OK : ST_REFUSED);
			assert_int_equal(op.count, i <= QUOTA ? i : QUOTA);
			assert_in_range(op.reset_ms, 1, LONG * 1000 / 15 * 16);
		}
	}
}

static void
a_look_counts_nothing(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, 2, LONG);

		assert_int_equal(look(f, &op).count, 0);
		assert_int_equal(look(f, &op).reset_ms, 0);
		run(f, &op, 1);
		assert_int_equal(look(f, &op).count, 1);
		assert_int_equal(look(f, &op).count, 1);
		assert_in_range(
		    look(f, &op).reset_ms, 1, LONG * 1000 / 15 * 16);
	}
}

static void
an_end_forgets_all(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, 1, LONG);
		struct cache_op end = op;

		end.kind = CACHE_DEL;
		end.counter = true;
		run(f, &end, 1);
		assert_int_equal(end.status, ST_MISSING);
		run(f, &op, 1);
		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		run(f, &end, 1);
		assert_int_equal(end.status, ST_OK);
		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		assert_int_equal(op.count, 1);
	}
}

/* Counts until it passes; asserts that this is not before `least_ms` and soon
 * after `most_ms` from now. What must have passed is told by the clock: a
 * stopwatch stands still while others have the processor. */
static void
assert_passes_between(
    struct fixture *f, struct cache_op *op, int64_t least_ms, int64_t most_ms)
{
	int64_t began_ms = stopwatch_ms();
	int64_t since_ms = clock_boot_ms();

	do {
		(void)usleep(PAUSE * 1000);
		run(f, op, 1);
		assert_soon(began_ms, most_ms);
	} while (op->status != ST_OK);
	assert_true(clock_boot_ms() - since_ms >= least_ms);
}

static void
a_count_slides_out_after_ttl(void **state)
{
	struct fixture *f = *state;
	struct cache_op op = count_op(CACHE_SLIDING, 2, 1);
	int64_t began_ms = clock_boot_ms();

	run(f, &op, 1);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_REFUSED);
	assert_passes_between(
	    f, &op, 1000 - (clock_boot_ms() - began_ms) - PAUSE, 1070);
}

static void
gcra_passes_steadily_after_its_burst(void **state)
{
	struct fixture *f = *state;
	struct cache_op op = count_op(CACHE_GCRA, 4, 2); /* one each 500 ms */
	int64_t began_ms = clock_boot_ms();

	op.burst = 2;
	run(f, &op, 1);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	assert_int_equal(op.count, 2);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_REFUSED);
	assert_in_range(op.reset_ms, 1, 500);
	assert_passes_between(
	    f, &op, 500 - (clock_boot_ms() - began_ms) - PAUSE, 500);
	assert_int_equal(op.count, 2);
}

static void
a_lockout_is_not_prolonged(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = OPEN; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, 1, 1);
		int64_t began_ms;

		run(f, &op, 1);
		began_ms = clock_boot_ms();
		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_int_equal(op.count, 1);
		assert_in_range(op.reset_ms, 900, 1000);
		assert_int_equal(look(f, &op).count, 1);
		assert_passes_between(
		    f, &op, 900 - (clock_boot_ms() - began_ms), 1000);
	}
}

/* One each of the kinds, all in one group. */
static void
a_group_may_mix_all_kinds(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[KINDS];

	for (size_t used = 0; used < KINDS; used++) {
		struct cache_op one = count_op(used, 1, LONG);

		one.key = arena_printf(&f->arena, "used %zu", used);
		run(f, &one, 1);
		assert_int_equal(one.status, ST_OK);
		for (size_t kind = 0; kind < KINDS; kind++) {
			ops[kind] = count_op(kind, 9, LONG);
			ops[kind].group = 1;
		}
		ops[used] = one;
		ops[used].group = 1;
		run(f, ops, KINDS);
		for (size_t kind = 0; kind < KINDS; kind++) {
			assert_int_equal(ops[kind].status, ST_REFUSED);
			assert_int_equal(ops[kind].count, kind == used ? 1 : 0);
		}
	}
	for (size_t kind = 0; kind < KINDS; kind++) {
		ops[kind] = count_op(kind, 9, LONG);
		ops[kind].group = 1;
	}
	run(f, ops, KINDS);
	for (size_t kind = 0; kind < KINDS; kind++) {
		assert_int_equal(ops[kind].status, ST_OK);
		assert_int_equal(ops[kind].count, 1);
	}
}

static void
a_soft_count_refuses_nobody(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct cache_op ops[] = { count_op(kind, 1, LONG),
			count_op(CACHE_FIXED, 3, LONG) };

		ops[1].key = arena_printf(&f->arena, "hard %zu", kind);
		ops[0].soft = true;
		ops[0].group = ops[1].group = 1;
		for (uint32_t i = 1; i <= 4; i++) {
			run(f, ops, 2);
			assert_int_equal(
			    ops[0].status, i == 1 ? ST_OK : ST_REFUSED);
			assert_int_equal(ops[0].count, 1);
			assert_int_equal(
			    ops[1].status, i <= 3 ? ST_OK : ST_REFUSED);
		}
		assert_int_equal(look(f, &ops[1]).count, 3);
	}
}

/* One that is closed opens ttl seconds from then on, and no other does. */
static bool
closed_now(const struct cache_op *op)
{
	return op->status == ST_REFUSED && op->reset_ms == LONG * 1000;
}

static void
a_soft_count_locks_nobody_out(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = OPEN; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, 1, LONG);
		struct cache_op ops[] = { op, count_op(CACHE_FIXED, 9, LONG) };

		ops[0].soft = true;
		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		(void)usleep(PAUSE * 1000);
		run(f, ops, 1);
		assert_int_equal(ops[0].status, ST_REFUSED);
		assert_false(closed_now(&ops[0]));
		ops[0].group = ops[1].group = 1;
		run(f, ops, 2);
		assert_int_equal(ops[0].status, ST_REFUSED);
		assert_int_equal(ops[1].status, ST_OK);
		assert_false(closed_now(&ops[0]));
		run(f, &op, 1);
		assert_true(closed_now(&op));
	}
}

static void
a_refused_group_counts_no_soft_one(void **state)
{
	struct fixture *f = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct cache_op ops[] = { count_op(kind, 9, LONG),
			count_op(CACHE_FIXED, 1, LONG) };

		ops[1].key = arena_printf(&f->arena, "hard %zu", kind);
		ops[0].soft = true;
		ops[0].group = ops[1].group = 1;
		run(f, ops, 2);
		run(f, ops, 2);
		assert_int_equal(ops[1].status, ST_REFUSED);
		assert_int_equal(look(f, &ops[0]).count, 1);
	}
}

/* All want one of a counter of each kind. */
static uint32_t
count_together(struct fixture *f, const char *argument, uint32_t number)
{
	struct cache_op ops[OPEN];
	uint32_t passed = 0;

	(void)argument;
	(void)number;
	for (int i = 0; i < TIMES; i++) {
		for (size_t kind = 0; kind < OPEN; kind++) {
			ops[kind] = count_op(
			    kind, TIMES * CROWD_MAX / 3 + (uint32_t)kind, LONG);
			ops[kind].group = 1;
		}
		run(f, ops, OPEN);
		passed += ops[0].status == ST_OK;
	}
	return passed;
}

static void
mixed_groups_of_many_threads_are_exact(void **state)
{
	const struct crowd crowd = { count_together, NULL, CROWD_MAX };
	struct fixture *f = *state;

	assert_int_equal(crowd_run(f, &crowd), TIMES * CROWD_MAX / 3);
	for (size_t kind = 0; kind < OPEN; kind++) {
		struct cache_op op = count_op(
		    kind, TIMES * CROWD_MAX / 3 + (uint32_t)kind, LONG);

		assert_int_equal(look(f, &op).count, TIMES * CROWD_MAX / 3);
	}
}

static uint32_t
count_alone(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t passed = 0;

	(void)argument;
	for (int i = 0; i < TIMES; i++) {
		struct cache_op op =
		    count_op(1 + number % 2, TIMES * CROWD_MAX / 2 / 3, LONG);

		run(f, &op, 1);
		passed += op.status == ST_OK;
	}
	return passed;
}

static void
counters_of_many_threads_are_exact(void **state)
{
	const struct crowd crowd = { count_alone, NULL, CROWD_MAX };

	assert_int_equal(
	    crowd_run(*state, &crowd), TIMES * CROWD_MAX / 2 / 3 * 2);
}

/* A limit whose algorithm is changed begins anew. */
static void
what_is_fixed_is_apart_from_the_others(void **state)
{
	struct fixture *f = *state;
	struct cache_op fixed = count_op(CACHE_FIXED, 1, LONG);

	run(f, &fixed, 1);
	for (size_t kind = 1; kind < KINDS; kind++) {
		struct cache_op op = count_op(kind, 1, LONG);
		struct cache_op end;

		op.key = fixed.key;
		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		end = op;
		end.kind = CACHE_DEL;
		end.counter = true;
		run(f, &end, 1);
		assert_int_equal(end.status, ST_OK);
	}
	assert_int_equal(look(f, &fixed).count, 1);
}

static void
a_burst_out_of_range_is_invalid(void **state)
{
	struct fixture *f = *state;
	struct cache_op op = count_op(CACHE_GCRA, 2, LONG);

	op.burst = 3;
	run(f, &op, 1);
	assert_int_equal(op.status, ST_INVALID);
	op.burst = 0;
	run(f, &op, 1);
	assert_int_equal(op.status, ST_INVALID);
}

const struct question algorithm_questions[] = {
	QUESTION(of_three_times_the_quota_a_third_passes),
	QUESTION(a_look_counts_nothing),
	QUESTION(an_end_forgets_all),
	QUESTION(a_count_slides_out_after_ttl),
	QUESTION(gcra_passes_steadily_after_its_burst),
	QUESTION(a_lockout_is_not_prolonged),
	QUESTION(a_group_may_mix_all_kinds),
	QUESTION(a_soft_count_refuses_nobody),
	QUESTION(a_soft_count_locks_nobody_out),
	QUESTION(a_refused_group_counts_no_soft_one),
	QUESTION(mixed_groups_of_many_threads_are_exact),
	QUESTION(counters_of_many_threads_are_exact),
	QUESTION(what_is_fixed_is_apart_from_the_others),
	QUESTION(a_burst_out_of_range_is_invalid),
	QUESTIONS_END,
};
