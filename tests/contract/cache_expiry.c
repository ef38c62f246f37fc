/* How long values live. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"

#define KEY STR("a key")
#define DAY 86400

static void
a_value_expires(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, STR("soon"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("later"), STR("x"), 60), ST_OK);
	assert_int_equal(set(f, STR("never"), STR("x"), 0), ST_OK);
	assert_int_equal(set(f, STR("longer"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("shorter"), STR("x"), 60), ST_OK);
	assert_int_equal(touch(f, STR("longer"), 60), ST_OK);
	assert_int_equal(touch(f, STR("shorter"), 1), ST_OK);
	assert_value(f, STR("soon"), STR("x"));
	wait_for_expiry(f, STR("soon"));
	wait_for_expiry(f, STR("shorter"));
	assert_int_equal(del(f, STR("soon")), ST_MISSING);
	assert_int_equal(touch(f, STR("soon"), 60), ST_MISSING);
	assert_int_equal(add(f, STR("soon"), STR("y"), 60), ST_OK);
	assert_value(f, STR("later"), STR("x"));
	assert_value(f, STR("never"), STR("x"));
	assert_value(f, STR("longer"), STR("x"));
}

static void
touch_keeps_the_value(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, 10000, 3);

	assert_int_equal(set(f, KEY, value, 60), ST_OK);
	assert_int_equal(touch(f, KEY, 0), ST_OK);
	assert_value(f, KEY, value);
}

static void
long_times_are_taken_as_they_are(void **state)
{
	/* More than 30 days are a date to memcached; 2^31 ms are 25 days. */
	static const uint32_t times[] = { 1000, 24 * DAY, 25 * DAY, 30 * DAY,
		30 * DAY + 1, 31 * DAY, 50 * DAY, 366 * DAY, CACHE_TTL_MAX };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct str key = arena_printf(&f->arena, "key %zu", i);

		assert_int_equal(set(f, key, STR("set"), times[i]), ST_OK);
		assert_value(f, key, STR("set"));
		assert_int_equal(del(f, key), ST_OK);
		assert_int_equal(add(f, key, STR("added"), times[i]), ST_OK);
		assert_value(f, key, STR("added"));
		assert_int_equal(touch(f, key, times[i]), ST_OK);
		assert_value(f, key, STR("added"));
	}
}

static void
times_out_of_range_are_refused(void **state)
{
	static const uint32_t times[] = { CACHE_TTL_MAX + 1, UINT32_MAX };
	struct fixture *f = *state;

	assert_int_equal(set(f, KEY, STR("old"), 60), ST_OK);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_int_equal(set(f, KEY, STR("x"), times[i]), ST_INVALID);
		assert_int_equal(add(f, KEY, STR("x"), times[i]), ST_INVALID);
		assert_int_equal(touch(f, KEY, times[i]), ST_INVALID);
		assert_int_equal(count(f, KEY, 1, times[i]), ST_INVALID);
	}
	assert_value(f, KEY, STR("old"));
}

/* Whatever a value's time was, the next one's is its own. */
static void
a_new_value_has_a_time_of_its_own(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, STR("clock"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("set"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("set"), STR("y"), 0), ST_OK);
	assert_int_equal(set(f, STR("deleted"), STR("x"), 1), ST_OK);
	assert_int_equal(del(f, STR("deleted")), ST_OK);
	assert_int_equal(add(f, STR("deleted"), STR("y"), 60), ST_OK);
	assert_int_equal(set(f, STR("touched"), STR("y"), 1), ST_OK);
	assert_int_equal(touch(f, STR("touched"), 0), ST_OK);
	assert_int_equal(add(f, STR("added"), STR("x"), 1), ST_OK);
	assert_int_equal(add(f, STR("added"), STR("y"), 60), ST_EXISTS);
	wait_for_expiry(f, STR("clock"));
	wait_for_expiry(f, STR("added"));
	assert_value(f, STR("set"), STR("y"));
	assert_value(f, STR("deleted"), STR("y"));
	assert_value(f, STR("touched"), STR("y"));
}

/* Neither at once nor long after. */
static void
a_value_lives_for_its_time(void **state)
{
	struct fixture *f = *state;
	int64_t began_ms = clock_boot_ms();

	assert_int_equal(set(f, KEY, STR("x"), 2), ST_OK);
	wait_for_expiry(f, KEY);
	/* Some stores count in seconds that have begun, by a clock that is
	 * late on a busy machine. */
	assert_in_range(clock_boot_ms() - began_ms, 900, 4500);
}

const struct question expiry_questions[] = {
	QUESTION(a_value_expires),
	QUESTION(a_value_lives_for_its_time),
	QUESTION(a_new_value_has_a_time_of_its_own),
	QUESTION(long_times_are_taken_as_they_are),
	QUESTION(times_out_of_range_are_refused),
	QUESTION(touch_keeps_the_value),
	QUESTIONS_END,
};
