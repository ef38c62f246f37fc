/* The second script of a Redis server counts as cache_window.c does, whatever
 * comes. */
#include "drivers/cache/redis_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache_group.h"
#include "tests/support/pace_bench.h"

#define BATCHES 3000
#define MEMBERS 4 /* of a group */

static void
time_pass(struct bench *b)
{
	switch (below(b, 20)) {
	case 0:
		b->now_ms += (int64_t)below(b, 2 * TTL_MS);
		break;
	case 1:
		b->now_ms -= (int64_t)below(b, 2 * TTL_MS);
		break;
	case 2:
		break; /* at the same moment */
	default:
		b->now_ms += (int64_t)below(b, TTL_MS / 20);
	}
}

static void
group_add(struct bench *b, uint32_t group)
{
	enum cache_kind kind = below(b, 5) == 0    ? CACHE_LOOK
			       : below(b, 20) == 0 ? CACHE_DEL
						   : CACHE_COUNT;
	size_t n = kind == CACHE_COUNT ? 1 + below(b, MEMBERS) : 1;

	for (; n > 0 && b->n < OPS; n--) {
		size_t i = b->n++;

		b->of[i] = below(b, COUNTERS);
		b->ops[i] = op_of(b->of[i], kind);
		b->ops[i].group = group;
		b->ops[i].soft = kind == CACHE_COUNT && below(b, 4) == 0;
		b->list[i] = &b->ops[i];
	}
}

/* What has not changed is not written, be it that it has moved on since. */
static void
keep(struct bench *b, const struct cache_group *group,
    const struct cache_window *before)
{
	bool passed[COUNTERS] = { false };

	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i]->status == ST_OK)
			passed[b->of[group->ops[i] - b->ops]] = true;
	for (size_t i = 0; i < COUNTERS; i++)
		if (!passed[i] && b->windows[i].end_ms == before[i].end_ms &&
		    b->windows[i].locked == before[i].locked)
			b->windows[i] = before[i];
}

static void
expect(struct bench *b)
{
	struct cache_window before[COUNTERS];
	struct cache_groups groups = cache_groups_of(b->list, b->n);
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct cache_group group;

	while (cache_groups_next(&groups, &group)) {
		memcpy(before, b->windows, sizeof(before));
		for (size_t i = 0; i < group.n; i++)
			windows[i] = &b->windows[b->of[group.ops[i] - b->ops]];
		if (group.ops[0]->kind == CACHE_DEL)
			b->windows[b->of[group.ops[0] - b->ops]] =
			    (struct cache_window){ 0 };
		else
			(void)cache_group_count(&group, windows, b->now_ms);
		if (group.ops[0]->kind == CACHE_COUNT)
			keep(b, &group, before);
	}
}

static void
assert_said(struct bench *b, const char *said)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct cache_op *op = &b->ops[i];
		int64_t done = number(&said);
		int64_t count = number(&said);
		int64_t left_ms = number(&said);

		if (op->kind == CACHE_DEL)
			continue;
		assert_int_equal(done, op->status == ST_OK ? 1 : 0);
		assert_int_equal(count, op->count);
		assert_int_equal(left_ms, op->reset_ms);
	}
}

static void
random_batches_are_counted_alike(void **state)
{
	struct bench *b = *state;
	size_t refused = 0;

	for (uint32_t i = 0; i < BATCHES; i++) {
		time_pass(b);
		b->n = 0;
		for (uint32_t group = 1; b->n < OPS; group++)
			group_add(b, below(b, 3) == 0 ? 0 : group);
		expect(b);
		assert_said(b, ask_batch(b));
		for (size_t k = 0; k < b->n; k++)
			refused += b->ops[k].status == ST_REFUSED;
		arena_reset(&b->f.arena);
	}
	/* Either occurs often. */
	assert_in_range(refused, BATCHES, (OPS - 1) * BATCHES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_batches_are_counted_alike),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
