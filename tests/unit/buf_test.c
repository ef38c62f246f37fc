#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/buf.h"

static void
assert_written(const struct buf *b, const char *wanted, int n)
{
	assert_int_equal(b->n, n);
	assert_memory_equal(b->p, wanted, (size_t)n);
}

static void
assert_number(uint64_t v)
{
	struct buf b = { 0 };
	char wanted[32];
	int n = snprintf(wanted, sizeof(wanted), "%" PRIu64, v);

	buf_put_u64(&b, v);
	assert_written(&b, wanted, n);
	b.n = 0;
	n = snprintf(wanted, sizeof(wanted), "%" PRId64, (int64_t)v);
	buf_put_i64(&b, (int64_t)v);
	assert_written(&b, wanted, n);
	buf_free(&b);
}

static void
numbers_are_written_as_by_printf(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (uint64_t v = 0; v < 1200; v++)
		assert_number(v);
	for (int i = 0; i < 20; i++, power *= 10) {
		assert_number(power - 1);
		assert_number(power);
		assert_number(power + 1);
		assert_number(~power);
		assert_number(power / 9 * 8);
	}
	assert_number(UINT64_MAX);
	assert_number((uint64_t)INT64_MAX + 1);
}

static void
what_stands_there_stays(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		buf_put_lit(&b, "n=");
		buf_put_u64(&b, 1000 + i);
		buf_put_char(&b, ';');
	}
	assert_int_equal(b.n, 1000 * 7);
	assert_memory_equal(b.p + 7 * 421, "n=1421;n=1422;", 14);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_as_by_printf),
		cmocka_unit_test(what_stands_there_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
