#include "middleware/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ID     "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

static void
a_trace_is_read(void **state)
{
	struct trace t;

	(void)state;
	assert_true(trace_read(STR("00-" ID "-" PARENT "-01"), &t));
	assert_true(str_eq(t.id, STR(ID)));
	assert_true(str_eq(t.parent, STR(PARENT)));
	assert_true(str_eq(t.flags, STR("01")));
	assert_true(trace_read(STR(" 00-" ID "-" PARENT "-ff "), &t));
}

static void
a_later_version_may_go_on(void **state)
{
	struct trace t;

	(void)state;
	assert_true(trace_read(STR("cc-" ID "-" PARENT "-01"), &t));
	assert_true(trace_read(STR("cc-" ID "-" PARENT "-01-what"), &t));
	assert_true(str_eq(t.flags, STR("01")));
	assert_false(trace_read(STR("cc-" ID "-" PARENT "-01.what"), &t));
}

static void
what_is_none_is_of_no_trace(void **state)
{
	static const char *const bad[] = {
		"",
		"00",
		"00-" ID,
		"00-" ID "-" PARENT,
		"00-" ID "-" PARENT "-",
		"00-" ID "-" PARENT "-0",
		"00-" ID "-" PARENT "-0g",
		"00-" ID "-" PARENT "-01-",
		"00-" ID "-" PARENT "-01-what",
		"00-" ID "-" PARENT "-0100",
		"ff-" ID "-" PARENT "-01",
		"0-" ID "-" PARENT "-01",
		"00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01",
		"00-00000000000000000000000000000000-" PARENT "-01",
		"00-" ID "-0000000000000000-01",
		"00-" ID "0-" PARENT "-01",
		"00_" ID "-" PARENT "-01",
		"00-" PARENT "-" ID "-01",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct trace t;

		assert_false(trace_read(str_of(bad[i]), &t));
		assert_true(str_is_null(t.id));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_is_read),
		cmocka_unit_test(a_later_version_may_go_on),
		cmocka_unit_test(what_is_none_is_of_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
