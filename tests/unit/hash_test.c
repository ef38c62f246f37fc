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

static void
a_wide_hash_tells_contents_apart(void **state)
{
	uint8_t plain[HASH_WIDE_BYTES];
	uint8_t other[HASH_WIDE_BYTES];
	char text[LONGEST] = { 0 };

	(void)state;
	hash_wide(str_make(text, LONGEST), plain);
	for (size_t i = 0; i < LONGEST; i++) {
		text[i] = 1;
		hash_wide(str_make(text, LONGEST), other);
		assert_memory_not_equal(plain, other, sizeof(plain));
		text[i] = 0;
		hash_wide(str_make(text, i), other);
		assert_memory_not_equal(plain, other, sizeof(plain));
	}
	hash_wide(str_make(text, LONGEST), other);
	assert_memory_equal(plain, other, sizeof(plain));
}

/* Every host and every version of weir names a content alike. */
static void
a_wide_hash_is_the_same_everywhere(void **state)
{
	static const uint8_t wanted[] = { 0xbe, 0x56, 0x58, 0x92, 0x64, 0x59,
		0x99, 0x58, 0xff, 0x3d, 0xb2, 0x21, 0xde, 0x5b, 0xd5, 0x5b };
	uint8_t hash[HASH_WIDE_BYTES];

	(void)state;
	hash_wide(STR("{\"id\":1}"), hash);
	assert_memory_equal(hash, wanted, sizeof(wanted));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_hash_alike_wherever_they_stand),
		cmocka_unit_test(each_byte_and_the_length_count),
		cmocka_unit_test(names_alike_spread_over_the_low_bits),
		cmocka_unit_test(a_wide_hash_tells_contents_apart),
		cmocka_unit_test(a_wide_hash_is_the_same_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
