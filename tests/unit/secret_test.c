#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/secret.h"

#define TEXT   STR("a secret")
#define SEALED (sizeof("a secret") - 1 + SECRET_SEAL_BYTES)

static const uint8_t key[SECRET_KEY_BYTES] = { 1 };

static int
setup(void **state)
{
	(void)state;
	return secret_init() ? 0 : -1;
}

static void
what_is_sealed_opens_again(void **state)
{
	uint8_t sealed[SEALED];
	char clear[8];

	(void)state;
	secret_seal(key, STR("here"), TEXT, sealed);
	assert_true(secret_unseal(
	    key, STR("here"), str_make((const char *)sealed, SEALED), clear));
	assert_memory_equal(clear, "a secret", sizeof(clear));
}

static void
it_opens_under_its_key_and_in_its_place_only(void **state)
{
	static const uint8_t other[SECRET_KEY_BYTES] = { 2 };
	uint8_t sealed[SEALED];
	struct str view = str_make((const char *)sealed, SEALED);
	char clear[8];

	(void)state;
	secret_seal(key, STR("here"), TEXT, sealed);
	assert_false(secret_unseal(other, STR("here"), view, clear));
	assert_false(secret_unseal(key, STR("there"), view, clear));
}

static void
a_damaged_one_does_not_open(void **state)
{
	uint8_t sealed[SEALED];
	char clear[8];

	(void)state;
	secret_seal(key, STR("here"), TEXT, sealed);
	for (size_t i = 0; i < SEALED; i++) {
		struct str view = str_make((const char *)sealed, SEALED);

		sealed[i] ^= 1;
		assert_false(secret_unseal(key, STR("here"), view, clear));
		sealed[i] ^= 1;
		view.n = i;
		assert_false(secret_unseal(key, STR("here"), view, clear));
	}
}

static void
the_same_text_is_never_sealed_alike(void **state)
{
	uint8_t first[SEALED], second[SEALED];

	(void)state;
	secret_seal(key, STR("here"), TEXT, first);
	secret_seal(key, STR("here"), TEXT, second);
	assert_memory_not_equal(first, second, SEALED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_opens_again),
		cmocka_unit_test(it_opens_under_its_key_and_in_its_place_only),
		cmocka_unit_test(a_damaged_one_does_not_open),
		cmocka_unit_test(the_same_text_is_never_sealed_alike),
	};

	return cmocka_run_group_tests_name("secret", tests, setup, NULL);
}
