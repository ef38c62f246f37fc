#include "middleware/freshness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"
static void
wishes_are_read_from_the_field(void **state)
{
	static const struct {
		const char *field;
		struct cache_wishes wishes;
	} rows[] = {
		{ NULL, { .max_age = WISH_NONE } },
		{ "", { .max_age = WISH_NONE } },
		{ "no-cache", { .no_cache = true, .max_age = WISH_NONE } },
		{ "No-Cache", { .no_cache = true, .max_age = WISH_NONE } },
		{ "no-cache=\"Set-Cookie\"",
		    { .no_cache = true, .max_age = WISH_NONE } },
		{ "no-cachex, x-no-cache", { .max_age = WISH_NONE } },
		{ "no-store", { .no_store = true, .max_age = WISH_NONE } },
		{ "only-if-cached, max-age=0",
		    { .only_if_cached = true, .max_age = 0 } },
		{ "max-age = 60", { .max_age = 60 } },
		{ "max-age=\"60\"", { .max_age = 60 } },
		{ "max-age=-1", { .max_age = WISH_NONE } },
		{ "max-age", { .max_age = WISH_NONE } },
		{ "max-age=x", { .max_age = WISH_NONE } },
		{ "max-age=99999999999999999999", { .max_age = WISH_NONE } },
		{ "max-stale",
		    { .max_age = WISH_NONE, .max_stale = WISH_NONE } },
		{ "max-stale=9", { .max_age = WISH_NONE, .max_stale = 9 } },
		{ ",,min-fresh=5,", { .max_age = WISH_NONE, .min_fresh = 5 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cache_wishes got =
		    cache_wishes_read(str_of(rows[i].field));
		const struct cache_wishes *want = &rows[i].wishes;

		assert_int_equal(got.no_cache, want->no_cache);
		assert_int_equal(got.no_store, want->no_store);
		assert_int_equal(got.only_if_cached, want->only_if_cached);
		assert_int_equal(got.max_age, want->max_age);
		assert_int_equal(got.max_stale, want->max_stale);
		assert_int_equal(got.min_fresh, want->min_fresh);
	}
}

/* Of a time of 60 s, with 10 s more while it is read anew. */
static void
the_age_decides(void **state)
{
	static const struct freshness policy = { .ttl = 60, .revalidate = 10 };
	static const struct {
		const char *wishes;
		int64_t age;
		enum freshness_verdict verdict;
	} rows[] = {
		{ NULL, 0, FRESH_HIT },
		{ NULL, 59, FRESH_HIT },
		{ NULL, 60, FRESH_HIT_RENEW },
		{ NULL, 69, FRESH_HIT_RENEW },
		{ NULL, 70, FRESH_STALE },
		{ "no-cache", 0, FRESH_REQUEST },
		{ "max-age=5", 5, FRESH_HIT },
		{ "max-age=5", 6, FRESH_REQUEST },
		{ "max-age=65", 65, FRESH_HIT_RENEW },
		{ "max-age=0", 0, FRESH_HIT },
		{ "max-age=0", 1, FRESH_REQUEST },
		{ "min-fresh=30", 30, FRESH_HIT },
		{ "min-fresh=30", 31, FRESH_REQUEST },
		{ "min-fresh=30", 61, FRESH_STALE },
		{ "max-stale=20", 69, FRESH_HIT_RENEW },
		{ "max-stale=20", 79, FRESH_HIT },
		{ "max-stale=20", 80, FRESH_STALE },
		{ "max-stale", 100000, FRESH_HIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cache_wishes wishes =
		    cache_wishes_read(str_of(rows[i].wishes));
		struct cache_age at = { .age = rows[i].age, .ttl = 60 };

		assert_int_equal(
		    freshness_judge(&policy, &wishes, &at), rows[i].verdict);
	}
}

static void
a_failure_is_bridged_up_to_the_maximum(void **state)
{
	static const struct freshness policy = { .ttl = 60, .on_error = 30 };
	static const struct freshness never = { .ttl = 60 };
	struct cache_age at = { .ttl = 60 };

	(void)state;
	for (at.age = 60; at.age < 90; at.age++)
		assert_true(freshness_bridges(&policy, &at));
	assert_false(freshness_bridges(&policy, &at));
	at.age = 60;
	assert_false(freshness_bridges(&never, &at));
}

static void
a_store_keeps_it_to_its_last_use(void **state)
{
	static const struct freshness none = { .ttl = 60 };
	static const struct freshness both = {
		.ttl = 60, .revalidate = 10, .on_error = 100
	};

	(void)state;
	assert_int_equal(freshness_kept(&none, 60), 60);
	assert_int_equal(freshness_kept(&both, 55), 155);
	assert_int_equal(
	    freshness_kept(&both, CACHE_TTL_MAX - 1), CACHE_TTL_MAX);
}

static void
jitter_shortens_by_a_tenth_at_most(void **state)
{
	(void)state;
	assert_int_equal(freshness_jitter(300, 0), 300);
	assert_int_equal(freshness_jitter(300, UINT32_MAX / 2), 285);
	assert_int_equal(freshness_jitter(300, UINT32_MAX), 270);
	assert_int_equal(freshness_jitter(9, UINT32_MAX), 9);
	assert_int_equal(freshness_jitter(1, UINT32_MAX), 1);
	assert_int_equal(
	    freshness_jitter(315360000, UINT32_MAX), 315360000 / 10 * 9);
}

/* How many of 1000 evenly spread values say yes. */
static int
early_of_1000(int64_t left_ms, uint32_t cost_ms)
{
	int n = 0;

	for (uint32_t i = 0; i < 1000; i++)
		n += freshness_early(left_ms, cost_ms, i * 4294967u) ? 1 : 0;
	return n;
}

/* By exp(-left / cost): 368 of 1000 one cost before the end. */
static void
the_dear_and_nearly_ended_is_made_anew_early(void **state)
{
	int near = early_of_1000(200, 200);

	(void)state;
	assert_true(near > 360 && near < 376);
	assert_int_equal(early_of_1000(200 * FRESHNESS_EARLY_MAX, 200), 0);
	assert_true(early_of_1000(400, 200) < near);
	assert_int_equal(early_of_1000(1, 0), 0);
	assert_int_equal(early_of_1000(0, 200), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wishes_are_read_from_the_field),
		cmocka_unit_test(the_age_decides),
		cmocka_unit_test(a_failure_is_bridged_up_to_the_maximum),
		cmocka_unit_test(a_store_keeps_it_to_its_last_use),
		cmocka_unit_test(jitter_shortens_by_a_tenth_at_most),
		cmocka_unit_test(the_dear_and_nearly_ended_is_made_anew_early),
	};

	return cmocka_run_group_tests_name("freshness", tests, NULL, NULL);
}
