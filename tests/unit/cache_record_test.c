/* Windows as bytes. */
#include "drivers/cache/cache_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"

#define NOW INT64_C(1700000000123)

static struct cache_op
op_of(enum cache_algorithm algorithm)
{
	return (struct cache_op){
		.kind = CACHE_COUNT,
		.key = STR("key"),
		.ttl = 60,
		.limit = 10,
		.burst = 5,
		.algorithm = algorithm,
	};
}

static struct str
text(const uint8_t record[CACHE_RECORD_BYTES])
{
	return str_make((const char *)record, CACHE_RECORD_BYTES);
}

static void
assert_survives(const struct cache_window *w)
{
	uint8_t record[CACHE_RECORD_BYTES];
	struct cache_window read;

	cache_record_write(record, w);
	assert_true(cache_record_read(text(record), &read));
	assert_true(read.end_ms == w->end_ms);
	assert_int_equal(read.count, w->count);
	assert_int_equal(read.locked, w->locked);
	assert_true(read.mark == w->mark);
	assert_memory_equal(read.parts, w->parts, sizeof(w->parts));
}

static void
a_window_survives(void **state)
{
	struct cache_window w = { 0 };

	(void)state;
	assert_survives(&w);
	for (int kind = CACHE_FIXED; kind <= CACHE_GCRA; kind++) {
		struct cache_op op = op_of((enum cache_algorithm)kind);

		w = (struct cache_window){ 0 };
		for (int i = 0; i < 7; i++) {
			(void)cache_window_count(&w, &op, NOW + i * 5000);
			assert_survives(&w);
		}
		(void)cache_window_lock(&w, &op, NOW);
		assert_survives(&w);
	}
}

/* By hand, since other machines read it. */
static void
the_bytes_are_these(void **state)
{
	struct cache_window w = {
		.end_ms = 0x0102030405060708, .count = 5, .mark = 0x1112
	};
	uint8_t record[CACHE_RECORD_BYTES];
	uint8_t expected[CACHE_RECORD_BYTES] = { 1, 1, 2, 3, 4, 5, 6, 7, 8, 0,
		0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x12, 0, 0, 0, 2 };

	(void)state;
	w.parts[0] = 2;
	w.parts[15] = 3;
	expected[CACHE_RECORD_BYTES - 1] = 3;
	cache_record_write(record, &w);
	assert_memory_equal(record, expected, sizeof(expected));
}

static void
assert_damaged(struct str bytes)
{
	struct cache_window w = { .count = 1, .end_ms = 1 };

	assert_false(cache_record_read(bytes, &w));
	assert_int_equal(w.count, 0);
	assert_int_equal(w.end_ms, 0);
}

static void
what_is_damaged_is_empty(void **state)
{
	/* The form, the signs of end and mark, the count, locked, a part. */
	static const size_t spoilt[] = { 0, 1, 9, 13, 14, 22 };
	struct cache_op op = op_of(CACHE_SLIDING);
	struct cache_window w = { 0 };
	uint8_t record[CACHE_RECORD_BYTES];

	(void)state;
	(void)cache_window_count(&w, &op, NOW);
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		cache_record_write(record, &w);
		record[spoilt[i]] |= 0x80;
		assert_damaged(text(record));
	}
	cache_record_write(record, &w);
	assert_damaged(str_make((const char *)record, sizeof(record) - 1));
	assert_damaged(STR(""));
	assert_damaged(STR_NULL);
}

/* Whatever a record says, nothing that counts in it comes to harm; a build
 * with -fsanitize says so. */
static void
any_bytes_are_safe_to_count_in(void **state)
{
	uint64_t seed = 7;
	uint8_t record[CACHE_RECORD_BYTES];
	struct cache_window w;
	unsigned taken = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct cache_op op =
		    op_of((enum cache_algorithm)(i % (CACHE_GCRA + 1)));

		memset(record, 0, sizeof(record));
		record[0] = 1;
		for (size_t at = 1; at < (i % 2 == 0 ? 22U : 86U); at++) {
			seed = seed * UINT64_C(6364136223846793005) + 1;
			record[at] = (uint8_t)(seed >> 56);
		}
		record[1] &= 0x7f;
		record[9] = 0;
		record[13] &= 1;
		record[14] &= 0x7f;
		if (!cache_record_read(text(record), &w))
			continue;
		taken++;
		cache_window_look(&w, &op, NOW);
		assert_in_range(op.count, 0, op.limit);
		(void)cache_window_count(&w, &op, NOW);
		assert_in_range(op.count, 1, op.limit);
	}
	assert_true(taken > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_survives),
		cmocka_unit_test(the_bytes_are_these),
		cmocka_unit_test(what_is_damaged_is_empty),
		cmocka_unit_test(any_bytes_are_safe_to_count_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
