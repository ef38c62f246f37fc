#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/utf8.h"

#define CODES 0x110000u

static bool
is_surrogate(uint32_t code)
{
	return code >= 0xD800 && code <= 0xDFFF;
}

static void
every_code_point_is_one_character(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < CODES; code++) {
		char out[UTF8_MAX];
		size_t n;

		if (is_surrogate(code))
			continue;
		n = utf8_encode(out, code);
		assert_int_equal(utf8_first(str_make(out, n)), n);
		assert_int_equal(utf8_first(str_make(out, n - 1)), 0);
	}
}

/* Of all texts of three bytes, as many begin with a character as there are
 * characters to begin with. */
static void
nothing_else_is_a_character(void **state)
{
	size_t valid[UTF8_MAX] = { 0 };

	(void)state;
	for (uint32_t v = 0; v < 1u << 24; v++) {
		char text[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };

		valid[utf8_first(str_make(text, 3))]++;
	}
	assert_int_equal(valid[1], 0x80 << 16);
	assert_int_equal(valid[2], (0x800 - 0x80) << 8);
	assert_int_equal(valid[3], 0x10000 - 0x800 - 0x800);
}

static void
an_empty_text_has_no_character(void **state)
{
	(void)state;
	assert_int_equal(utf8_first(STR("")), 0);
	assert_int_equal(utf8_first(STR_NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_one_character),
		cmocka_unit_test(nothing_else_is_a_character),
		cmocka_unit_test(an_empty_text_has_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
