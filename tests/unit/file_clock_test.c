/* Counters of a file store while the system's clock is set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define TTL     60
#define HOUR_MS 3600000
#define MOST_MS (TTL * 1000 * 16 / 15) /* that a counter may wait */

/* How much the clock is ahead of the true time. */
static int64_t ahead_ms;

/* The linker takes these for clock_now() and for what they hide. */
struct moment __wrap_clock_now(void);
struct moment __real_clock_now(void);

struct moment
__wrap_clock_now(void)
{
	struct moment now = __real_clock_now();

	now.wall_ms += ahead_ms;
	return now;
}

static int
set_up(void **state)
{
	static struct fixture f;

	ahead_ms = 0;
	fixture_open(&f, place_kind_find("file"));
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

static const struct cache_op counters[] = {
	{ .key = { "fixed", 5 } },
	{ .key = { "sliding", 7 }, .algorithm = CACHE_SLIDING },
	{ .key = { "gcra", 4 }, .algorithm = CACHE_GCRA },
	{ .key = { "closed", 6 }, .lockout = true },
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

static struct cache_op
count_at(struct fixture *f, size_t i, int64_t ms)
{
	struct cache_op op = counters[i];

	op.kind = CACHE_COUNT;
	op.ttl = TTL;
	op.limit = 1;
	op.burst = 1;
	ahead_ms = ms;
	run(f, &op, 1);
	return op;
}

/* What the refusal found is kept: the next one does not wait from anew. */
static void
a_clock_set_back_prolongs_nothing(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNTERS; i++) {
		struct cache_op op = count_at(f, i, HOUR_MS);

		assert_int_equal(op.status, ST_OK);
		op = count_at(f, i, HOUR_MS);
		assert_int_equal(op.status, ST_REFUSED);
		op = count_at(f, i, 0);
		assert_int_equal(op.status, ST_REFUSED);
		assert_in_range(op.reset_ms, 1, MOST_MS);
		op = count_at(f, i, MOST_MS + 1);
		assert_int_equal(op.status, ST_OK);
	}
}

static void
a_clock_set_forward_ends_what_is_counted(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNTERS; i++) {
		assert_int_equal(count_at(f, i, 0).status, ST_OK);
		assert_int_equal(count_at(f, i, 0).status, ST_REFUSED);
		assert_int_equal(count_at(f, i, HOUR_MS).status, ST_OK);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clock_set_back_prolongs_nothing),
		TEST(a_clock_set_forward_ends_what_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
