#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/snapshot.h"
#include "middleware/response.h"
#include "middleware/stages/limit_headers.h"
#include "middleware/stages/limit_slot.h"

#define NOW 1000000

/* A limit, and what counting came to. */
struct outcome {
	const char *name;
	uint32_t rate, period, burst, count;
	int64_t reset_ms;
	bool soft;
};

static void
assert_headers(const struct outcome *outcomes, size_t n, const char *want)
{
	struct limit limits[4] = { 0 };
	struct cache_op ops[4] = { 0 };
	struct limit_slot slot = { .counted = true };
	struct response res = { 0 };
	struct arena arena;

	arena_init(&arena, 1024);
	res.head = buf_in(&arena);
	for (size_t i = 0; i < n; i++) {
		const struct outcome *o = &outcomes[i];

		limits[i] = (struct limit){ .name = str_of(o->name),
			.rate = o->rate,
			.period = o->period };
		ops[i] = (struct cache_op){ .limit = o->rate,
			.algorithm = o->burst != 0 ? CACHE_GCRA : CACHE_FIXED,
			.burst = o->burst,
			.count = o->count,
			.reset_ms = o->reset_ms,
			.soft = o->soft };
		slot.list[slot.n++] =
		    (struct limit_applied){ &limits[i], &ops[i], false };
	}
	limit_headers_put(&res, &slot, NOW);
	buf_put_char(&res.head, '\0');
	assert_string_equal(res.head.p, want);
	arena_close(&arena);
}

static void
one_limit_is_told(void **state)
{
	struct outcome one[] = { { "few", 5, 60, 0, 2, 30500, false } };

	(void)state;
	assert_headers(one, 1,
	    "X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 3\r\n"
	    "X-RateLimit-Reset: 1000031\r\n"
	    "RateLimit-Policy: \"few\";q=5;w=60\r\n"
	    "RateLimit: \"few\";r=3;t=31\r\n");
}

static void
of_several_the_nearest_to_exhaustion_is_told(void **state)
{
	struct outcome some[] = {
		{ "wide", 100, 3600, 0, 10, 3000000, false },
		{ "near", 5, 60, 0, 4, 1, false },
		{ "far", 9, 10, 0, 1, 9000, false },
	};

	(void)state;
	assert_headers(some, 3,
	    "X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 1\r\n"
	    "X-RateLimit-Reset: 1000001\r\n"
	    "RateLimit-Policy: \"wide\";q=100;w=3600, \"near\";q=5;w=60, "
	    "\"far\";q=9;w=10\r\n"
	    "RateLimit: \"near\";r=1;t=1\r\n");
}

static void
of_those_used_up_the_last_to_reopen_is_told(void **state)
{
	struct outcome both[] = {
		{ "a", 1, 60, 0, 1, 20000, false },
		{ "b", 2, 90, 0, 2, 80000, false },
		{ "c", 3, 70, 0, 3, 60000, false },
	};

	(void)state;
	assert_headers(both, 3,
	    "X-RateLimit-Limit: 2\r\nX-RateLimit-Remaining: 0\r\n"
	    "X-RateLimit-Reset: 1000080\r\n"
	    "RateLimit-Policy: \"a\";q=1;w=60, \"b\";q=2;w=90, "
	    "\"c\";q=3;w=70\r\n"
	    "RateLimit: \"b\";r=0;t=80\r\n");
}

/* A burst of 3 of 7 a minute is forgotten in 26 seconds. */
static void
the_quota_of_gcra_is_its_burst(void **state)
{
	struct outcome one[] = { { "g", 7, 60, 3, 1, 0, false } };

	(void)state;
	assert_headers(one, 1,
	    "X-RateLimit-Limit: 3\r\nX-RateLimit-Remaining: 2\r\n"
	    "X-RateLimit-Reset: 1000001\r\n"
	    "RateLimit-Policy: \"g\";q=3;w=26\r\n"
	    "RateLimit: \"g\";r=2;t=1\r\n");
}

static void
what_refuses_nobody_is_not_told(void **state)
{
	struct outcome some[] = {
		{ "dry", 1, 60, 0, 1, 20000, true },
		{ "wet", 9, 60, 0, 1, 20000, false },
	};

	(void)state;
	assert_headers(some, 1, "");
	assert_headers(some, 2,
	    "X-RateLimit-Limit: 9\r\nX-RateLimit-Remaining: 8\r\n"
	    "X-RateLimit-Reset: 1000020\r\n"
	    "RateLimit-Policy: \"wet\";q=9;w=60\r\n"
	    "RateLimit: \"wet\";r=8;t=20\r\n");
}

static void
names_are_structured_strings(void **state)
{
	struct outcome odd[] = { { "a\"b\\c \xc3\xa9", 1, 1, 0, 0, 0, false } };

	(void)state;
	assert_headers(odd, 1,
	    "X-RateLimit-Limit: 1\r\nX-RateLimit-Remaining: 1\r\n"
	    "X-RateLimit-Reset: 1000001\r\n"
	    "RateLimit-Policy: \"a\\\"b\\\\c %c3%a9\";q=1;w=1\r\n"
	    "RateLimit: \"a\\\"b\\\\c %c3%a9\";r=1;t=1\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_limit_is_told),
		cmocka_unit_test(of_several_the_nearest_to_exhaustion_is_told),
		cmocka_unit_test(of_those_used_up_the_last_to_reopen_is_told),
		cmocka_unit_test(the_quota_of_gcra_is_its_burst),
		cmocka_unit_test(what_refuses_nobody_is_not_told),
		cmocka_unit_test(names_are_structured_strings),
	};

	return cmocka_run_group_tests_name("limit_headers", tests, NULL, NULL);
}
