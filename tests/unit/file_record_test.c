#include "drivers/cache/file_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"

#define NOW INT64_C(1700000000123)
#define TTL 60

static const uint8_t id[DIGEST_BYTES] = { 1, 2, 3 };

static struct cache_window
window_of(bool wide)
{
	struct cache_window w = { .end_ms = NOW + 1000, .count = 7 };

	if (!wide)
		return w;
	w.mark = NOW / 4000;
	w.parts[0] = 3;
	w.parts[CACHE_WINDOW_PARTS - 1] = 4;
	return w;
}

static void
what_is_made_is_read(void **state)
{
	(void)state;
	for (int wide = 0; wide <= 1; wide++) {
		uint8_t record[FILE_RECORD_MOST];
		struct cache_window in = window_of(wide);
		struct cache_window out;

		for (int locked = 0; locked <= wide; locked++) {
			in.locked = locked;
			file_record_make(record, wide, id, TTL, &in);
			assert_memory_equal(record, id, sizeof(id));
			assert_true(file_record_read(record, wide, NOW, &out));
			assert_int_equal(out.end_ms, in.end_ms);
			assert_int_equal(out.count, in.count);
			assert_int_equal(out.locked, locked);
			assert_int_equal(out.mark, in.mark);
			assert_memory_equal(
			    out.parts, in.parts, sizeof(in.parts));
		}
	}
}

static void
what_has_passed_is_free(void **state)
{
	(void)state;
	for (int wide = 0; wide <= 1; wide++) {
		uint8_t record[FILE_RECORD_MOST];
		struct cache_window w = window_of(wide);

		file_record_make(record, wide, id, TTL, &w);
		assert_false(file_record_read(record, wide, w.end_ms, &w));
		w.count = 0;
		w.end_ms = NOW + 1000;
		file_record_make(record, wide, id, TTL, &w);
		assert_false(file_record_read(record, wide, NOW, &w));
		memset(record, 0, sizeof(record));
		assert_false(file_record_read(record, wide, NOW, &w));
	}
}

static void
each_byte_of_a_wide_record_is_proved(void **state)
{
	uint8_t record[FILE_RECORD_MOST];
	struct cache_window w = window_of(true);

	(void)state;
	file_record_make(record, true, id, TTL, &w);
	for (size_t i = 0; i < sizeof(record); i++) {
		record[i] ^= 1;
		assert_false(file_record_read(record, true, NOW, &w));
		record[i] ^= 1;
	}
	assert_true(file_record_read(record, true, NOW, &w));
}

static void
a_narrow_record_keeps_its_format(void **state)
{
	const struct {
		uint8_t id[DIGEST_BYTES];
		int64_t end_ms;
		uint32_t count;
		uint32_t ttl;
	} old = { { 1, 2, 3 }, NOW + 1000, 7, TTL };
	uint8_t record[FILE_RECORD_MOST];
	struct cache_window w = window_of(false);

	(void)state;
	assert_int_equal(file_record_bytes(false), sizeof(old));
	file_record_make(record, false, id, TTL, &w);
	assert_memory_equal(record, &old, sizeof(old));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_is_read),
		cmocka_unit_test(what_has_passed_is_free),
		cmocka_unit_test(each_byte_of_a_wide_record_is_proved),
		cmocka_unit_test(a_narrow_record_keeps_its_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
