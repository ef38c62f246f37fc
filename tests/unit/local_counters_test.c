/* What the contract suite cannot provoke from outside. */
#include "drivers/cache/local_counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_window.h"
#include "tests/support/local.h"

#define MANY (CACHE_GROUP_MAX + 1)

static const struct cache_space space = { { "space", 5 }, false };

static struct cache_op
count_op(struct str key, uint32_t group)
{
	return (struct cache_op){ .kind = CACHE_COUNT,
		.space = &space,
		.key = key,
		.limit = 9,
		.ttl = 60,
		.group = group };
}

static enum status
run(struct local_fixture *f, struct cache_op *ops, size_t n)
{
	struct cache_op *list[MANY];

	for (size_t i = 0; i < n; i++)
		list[i] = &ops[i];
	return local_counters_run(
	    f->store->state, list, n, clock_boot_ms(), local_deadline());
}

static struct counter
counter_at(struct local_fixture *f, struct str key)
{
	const struct cache_op op = count_op(key, 0);
	char name[LOCAL_NAME_MAX];

	return counter_of(f->store->state, local_name(&op, name));
}

/* Fills the bucket of a key with windows that end far in the future. */
static void
fill_bucket(struct local_fixture *f, struct str key)
{
	struct counter c = counter_at(f, key);

	for (size_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		c.bucket->slots[i].key = i + 2;
		c.bucket->slots[i].word = UINT64_MAX;
	}
}

static void
values_are_left_alone(void **state)
{
	struct cache_op ops[] = {
		{ .kind = CACHE_GET, .status = ST_ERROR },
		{ .kind = CACHE_DEL, .status = ST_ERROR },
	};

	assert_int_equal(run(*state, ops, 2), ST_OK);
	assert_int_equal(ops[0].status, ST_ERROR);
	assert_int_equal(ops[1].status, ST_ERROR);
	assert_false(cache_op_counts(&ops[1]));
	ops[1].counter = true;
	assert_true(cache_op_counts(&ops[1]));
}

static void
a_group_too_large_is_invalid(void **state)
{
	struct cache_op ops[MANY];

	for (size_t i = 0; i < MANY; i++)
		ops[i] = count_op(STR("a"), 1);
	assert_int_equal(run(*state, ops, MANY), ST_OK);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(ops[i].status, ST_INVALID);
	assert_int_equal(run(*state, ops, MANY - 1), ST_OK);
	assert_int_equal(ops[0].status, ST_REFUSED);
}

static void
a_group_without_a_free_slot_counts_none(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("a"), 1), count_op(STR("b"), 1),
		count_op(STR("c"), 1) };

	fill_bucket(f, STR("b"));
	assert_int_equal(run(f, ops, 3), ST_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ops[i].status, ST_FULL);
		assert_int_equal(ops[i].count, 0);
	}
	ops[0].group = 0;
	assert_int_equal(run(f, ops, 1), ST_OK);
	assert_int_equal(ops[0].count, 1);
}

static void
a_lock_that_is_held_ends_the_batch_in_time(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op ops[] = { count_op(STR("a"), 0),
		count_op(STR("b"), 0) };
	struct cache_op *list[] = { &ops[0], &ops[1] };
	struct counter c = counter_at(f, STR("a"));
	int64_t now_ms = clock_boot_ms();

	assert_int_equal(pthread_mutex_lock(&c.bucket->lock), 0);
	assert_int_equal(
	    local_counters_run(f->store->state, list, 2, now_ms, now_ms),
	    ST_TIMEOUT);
	assert_int_equal(ops[0].status, ST_TIMEOUT);
	assert_int_equal(ops[1].status, ST_OK);
	(void)pthread_mutex_unlock(&c.bucket->lock);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_left_alone),
		TEST(a_group_too_large_is_invalid),
		TEST(a_group_without_a_free_slot_counts_none),
		TEST(a_lock_that_is_held_ends_the_batch_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
