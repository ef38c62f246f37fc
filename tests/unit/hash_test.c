#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/hash.h"

#define LONGEST 70u
#define BUCKETS 4096u

static void
equal_bytes_hash_alike_wherever_they_stand(void **state)
{
	char text[2 * LONGEST + 1];

	(void)state;
	for (size_t n = 0; n <= LONGEST; n++) {
		for (size_t i = 0; i < n; i++)
			text[i] = text[n + 1 + i] = (char)('a' + i % 23);
		assert_int_equal(hash_str(str_make(text, n)),
		    hash_str(str_make(text + n + 1, n)));
	}
}

static void
each_byte_and_the_length_count(void **state)
{
	char text[LONGEST + 1] = { 0 };

	(void)state;
	for (size_t n = 0; n <= LONGEST; n++) {
		uint64_t plain = hash_str(str_make(text, n));

		assert_int_not_equal(plain, hash_str(str_make(text, n + 1)));
		for (size_t i = 0; i < n; i++) {
			text[i] = 1;
			assert_int_not_equal(
			    plain, hash_str(str_make(text, n)));
			text[i] = 0;
		}
	}
}

/* As many names as buckets leave e^-1 of them empty, as chance would. */
static void
names_alike_spread_over_the_low_bits(void **state)
{
	unsigned char filled[BUCKETS] = { 0 };
	unsigned empty = 0;
	unsigned fullest = 0;

	(void)state;
	for (unsigned i = 0; i < BUCKETS; i++) {
		char name[32];
		int n = snprintf(name, sizeof(name), "customer_%u", i);
		struct str s = str_make(name, (size_t)n);

		filled[hash_str(s) % BUCKETS]++;
	}
	for (unsigned i = 0; i < BUCKETS; i++) {
		empty += filled[i] == 0;
		fullest = filled[i] > fullest ? filled[i] : fullest;
	}
	assert_in_range(empty, BUCKETS * 33 / 100, BUCKETS * 41 / 100);
	assert_in_range(fullest, 3, 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_hash_alike_wherever_they_stand),
		cmocka_unit_test(each_byte_and_the_length_count),
		cmocka_unit_test(names_alike_spread_over_the_low_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
