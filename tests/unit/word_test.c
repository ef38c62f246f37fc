#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/word.h"

static const unsigned char fillers[] = { 'x', 0x20, 0x7f, 0xff };

static void
assert_word(uint64_t w, unsigned byte)
{
	assert_int_equal(word_has_below(w, 0x20), byte < 0x20);
	assert_int_equal(word_has_below(w, 0x80), byte < 0x80);
	assert_true(word_has(w, (uint8_t)byte));
	assert_false(word_has(w, 0x10));
}

/* The filler never decides: it is above each limit asked for. */
static void
one_byte_decides_wherever_it_stands(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256 * WORD_BYTES; i++) {
		char text[WORD_BYTES];

		memset(text, 0xff, sizeof(text));
		text[i % WORD_BYTES] = (char)(i / WORD_BYTES);
		if (i / WORD_BYTES != 0x10)
			assert_word(word_at(text), i / WORD_BYTES);
	}
}

static void
what_is_beside_it_is_not_taken_for_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fillers); i++) {
		uint64_t w = WORD_EVERY(fillers[i]);

		assert_false(word_has_below(w, 0x20));
		assert_false(word_has(w, (uint8_t)(fillers[i] ^ 1)));
		assert_false(word_has(w, (uint8_t)(fillers[i] ^ 0x80)));
	}
}

/* Under a sanitizer: and nothing else is read. */
static void
a_few_bytes_are_all_there(void **state)
{
	(void)state;
	for (size_t n = 1; n < WORD_BYTES; n++) {
		for (size_t i = 0; i < n; i++) {
			char *text = test_malloc(n);
			uint64_t w;

			memset(text, 'x', n);
			text[i] = '%';
			w = word_of_few(text, n);
			assert_true(word_has(w, '%'));
			text[i] = 'x';
			assert_true(word_of_few(text, n) == WORD_EVERY('x'));
			test_free(text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byte_decides_wherever_it_stands),
		cmocka_unit_test(what_is_beside_it_is_not_taken_for_it),
		cmocka_unit_test(a_few_bytes_are_all_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
