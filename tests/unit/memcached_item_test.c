/* Items, and the numbers of counters: what goes in comes out. */
#include "drivers/cache/memcached_item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_window.h"

#define NOW_MS INT64_C(1800000000123) /* in 2027 */

static int
set_up(void **state)
{
	static struct arena arena;

	arena_init(&arena, 4096);
	*state = &arena;
	return 0;
}

static int
tear_down(void **state)
{
	arena_close(*state);
	return 0;
}

static void
an_item_tells_which_key_it_is_of(void **state)
{
	struct str raw = memcached_item_keyed(*state, STR("key"), STR("value"));
	struct str value;

	assert_true(memcached_item_value(
	    raw, MEMCACHED_FORM_KEYED, STR("key"), &value));
	assert_true(str_eq(value, STR("value")));
	assert_false(memcached_item_value(
	    raw, MEMCACHED_FORM_KEYED, STR("kez"), &value));
	assert_false(memcached_item_value(
	    raw, MEMCACHED_FORM_KEYED, STR("keyv"), &value));
	assert_true(memcached_item_value(
	    STR(""), MEMCACHED_FORM_BARE, STR("key"), &value));
	assert_int_equal(value.n, 0);
}

static void
what_others_wrote_is_no_item(void **state)
{
	struct str value;

	(void)state;
	assert_false(memcached_item_value(STR("x"), 0, STR("key"), &value));
	assert_false(memcached_item_value(
	    STR("x"), MEMCACHED_FORM_NUMBER, STR("key"), &value));
	for (size_t n = 0; n < 5; n++)
		assert_false(memcached_item_value(str_make("\0\3key", n),
		    MEMCACHED_FORM_KEYED, STR("key"), &value));
	assert_false(memcached_item_value(STR("\xff\xff"
					      "key"),
	    MEMCACHED_FORM_KEYED, STR("key"), &value));
}

static void
an_expiry_is_never_early(void **state)
{
	(void)state;
	assert_int_equal(memcached_item_expiry(0, NOW_MS), 0);
	assert_int_equal(memcached_item_expiry(1, NOW_MS), 2);
	assert_int_equal(memcached_item_expiry(2591999, NOW_MS), 2592000);
	/* More than 30 days is a date. */
	assert_int_equal(
	    memcached_item_expiry(2592000, NOW_MS), 1800000000 + 2592001);
	/* Dates have 31 bits. */
	assert_int_equal(
	    memcached_item_expiry(CACHE_TTL_MAX, INT64_C(2000000000000)),
	    INT32_MAX);
}

static void
a_word_holds_the_end_and_the_count(void **state)
{
	static const int64_t ends[] = { INT64_C(1704067200000), NOW_MS,
		NOW_MS + (int64_t)CACHE_TTL_MAX * 1000 };
	static const uint32_t counts[] = { 0, 1, CACHE_COUNT_MAX,
		(1U << 24) - 1 };

	(void)state;
	for (int e = 0; e < 3; e++)
		for (int c = 0; c < 4; c++) {
			uint64_t word =
			    memcached_window_word(ends[e], counts[c]);

			assert_int_equal(memcached_window_end(word), ends[e]);
			assert_int_equal(
			    memcached_window_count(word), counts[c]);
		}
	assert_int_equal(memcached_window_word(NOW_MS, 7) + 1,
	    memcached_window_word(NOW_MS, 8));
}

static void
a_word_is_a_number_in_memcached(void **state)
{
	char digits[MEMCACHED_WINDOW_TEXT];
	uint64_t word = memcached_window_word(NOW_MS, 1);
	uint64_t read = 0;

	(void)state;
	assert_true(
	    memcached_window_parse(memcached_window_text(word, digits), &read));
	assert_int_equal(read, word);
	assert_true(memcached_window_parse(STR("42  "), &read));
	assert_int_equal(read, 42);
	assert_true(memcached_window_parse(
	    memcached_window_text(UINT64_MAX, digits), &read));
	assert_false(memcached_window_parse(STR(""), &read));
	assert_false(memcached_window_parse(STR("4x"), &read));
	assert_false(memcached_window_parse(STR("-4"), &read));
	assert_false(
	    memcached_window_parse(STR("18446744073709551616"), &read));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_tells_which_key_it_is_of),
		cmocka_unit_test(what_others_wrote_is_no_item),
		cmocka_unit_test(an_expiry_is_never_early),
		cmocka_unit_test(a_word_holds_the_end_and_the_count),
		cmocka_unit_test(a_word_is_a_number_in_memcached),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
