/* Which limits are counted, of more than can be. */
#include "middleware/stages/limit_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "middleware/registry/snapshot.h"

#define USER 20
#define MANY (2 * LIMIT_HITS_MAX)

struct fixture {
	struct arena arena;
	struct limit limits[MANY];
	size_t n;
	struct limit_choice choice;
};

static int
setup(void **state)
{
	struct fixture *fix = calloc(1, sizeof(*fix));

	arena_init(&fix->arena, 4096);
	*state = fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	arena_close(&fix->arena);
	free(fix);
	return 0;
}

/* Of different periods: the index does not look at them. */
static void
add(struct fixture *fix, size_t n, enum limit_type type, bool dry_run)
{
	for (; n > 0; n--) {
		struct limit *limit = &fix->limits[fix->n++];

		*limit = (struct limit){ .id = (int64_t)fix->n,
			.type = type,
			.period = (uint32_t)fix->n,
			.dry_run = dry_run };
		limit->user_id = type == LIMIT_USER ? USER : 0;
	}
}

static void
choose(struct fixture *fix)
{
	const struct limit_asked asked = { .user_id = USER, .verb = 1 };
	struct limit_index index;

	limit_index_build(&index, &fix->arena, fix->limits, fix->n);
	limit_choose(&index, &asked, &fix->arena, &fix->choice);
	assert_int_equal(fix->choice.n + fix->choice.rest_n, fix->n);
}

static size_t
dry_runs(const struct limit_hit *hits, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += hits[i].limit->dry_run;
	return found;
}

static size_t
softs(const struct limit_hit *hits, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += limit_hit_is_soft(&hits[i]);
	return found;
}

static void
as_many_as_have_room_are_all_counted(void **state)
{
	struct fixture *fix = *state;

	add(fix, 30, LIMIT_INSTANCE, false);
	add(fix, 2, LIMIT_INSTANCE, true);
	choose(fix);
	assert_int_equal(fix->choice.n, 32);
	assert_int_equal(fix->choice.rest_n, 0);
	assert_true(limit_choice_is_whole(&fix->choice));
}

static void
dry_runs_are_left_out_first(void **state)
{
	struct fixture *fix = *state;

	add(fix, 10, LIMIT_EACH_USER, false);
	add(fix, 10, LIMIT_INSTANCE, true);
	add(fix, 20, LIMIT_USER, false);
	choose(fix);
	assert_int_equal(fix->choice.n, 32);
	assert_int_equal(dry_runs(fix->choice.hits, 32), 2);
	assert_int_equal(softs(fix->choice.hits, 32), 12);
	assert_int_equal(dry_runs(fix->choice.rest, 8), 8);
	assert_true(limit_choice_is_whole(&fix->choice));
}

/* What they yield to may come as the last. */
static void
then_those_that_yield(void **state)
{
	struct fixture *fix = *state;

	add(fix, 33, LIMIT_EACH_USER, false);
	add(fix, 3, LIMIT_INSTANCE, true);
	add(fix, 1, LIMIT_USER, false);
	choose(fix);
	assert_int_equal(fix->choice.rest_n, 5);
	assert_int_equal(dry_runs(fix->choice.rest, 5), 3);
	assert_int_equal(softs(fix->choice.rest, 5), 5);
	assert_int_equal(softs(fix->choice.hits, 32), 31);
	assert_true(limit_choice_is_whole(&fix->choice));
}

static void
too_many_that_refuse_are_told(void **state)
{
	struct fixture *fix = *state;

	add(fix, 3, LIMIT_INSTANCE, true);
	add(fix, 33, LIMIT_INSTANCE, false);
	choose(fix);
	assert_int_equal(fix->choice.rest_n, 4);
	assert_false(limit_choice_is_whole(&fix->choice));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(as_many_as_have_room_are_all_counted),
		TEST(dry_runs_are_left_out_first),
		TEST(then_those_that_yield),
		TEST(too_many_that_refuse_are_told),
	};

	return cmocka_run_group_tests_name("limit_choice", tests, NULL, NULL);
}
