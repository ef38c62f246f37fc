#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/jsontext.h"

/* Longer than two words, so that a special byte stands in each part of one. */
#define LENGTH 20

static void
a_run_ends_where_an_escape_is_needed(void **state)
{
	static const char special[] = { '\0', '\x1f', '"', '\\', '\x80', '\xFF',
		'\xC2' };

	(void)state;
	for (size_t i = 0; i < LENGTH * sizeof(special); i++) {
		char text[LENGTH];

		memset(text, 'x', sizeof(text));
		text[i % LENGTH] = special[i / LENGTH];
		for (size_t n = 0; n <= LENGTH; n++)
			assert_int_equal(json_plain_length(str_make(text, n)),
			    i % LENGTH < n ? i % LENGTH : n);
	}
}

static void
what_looks_special_may_be_plain(void **state)
{
	struct str text = STR("!#[]\x7f /'{}~ \xC2\x80ü€😀 and more of it");

	(void)state;
	assert_int_equal(json_plain_length(text), text.n);
	assert_int_equal(json_plain_length(STR("")), 0);
}

static void
a_character_cut_off_ends_a_run(void **state)
{
	(void)state;
	assert_int_equal(json_plain_length(STR("abcdefgh\xE2\x82")), 8);
	assert_int_equal(json_plain_length(STR("\xF0\x9F\x98")), 0);
}

static void
text_without_escapes_is_not_copied(void **state)
{
	struct str raw = STR("plain ü");

	(void)state;
	assert_ptr_equal(json_unescape(NULL, raw).p, raw.p);
}

static void
escapes_become_what_they_mean(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 256);
	assert_true(
	    str_eq(json_unescape(&a, STR("\\u0000\\u00DF\\n")), STR("\0ß\n")));
	assert_true(
	    str_eq(json_unescape(&a, STR("x\\ud834\\uDD1Ey\\/")), STR("x𝄞y/")));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_ends_where_an_escape_is_needed),
		cmocka_unit_test(what_looks_special_may_be_plain),
		cmocka_unit_test(a_character_cut_off_ends_a_run),
		cmocka_unit_test(text_without_escapes_is_not_copied),
		cmocka_unit_test(escapes_become_what_they_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
