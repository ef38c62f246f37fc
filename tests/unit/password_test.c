#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/password.h"
#include "app/base/secret.h"
#include "app/base/settings.h"

#define KIB 1024u

/* As cheap as argon2id lets it be. */
static const struct password_cost cheap = { 1, 8 * KIB };

static struct str
hash_of(const char *password, char out[PASSWORD_HASH_BYTES])
{
	assert_int_equal(
	    password_hash(str_of(password), &cheap, out, NULL), ST_OK);
	return str_of(out);
}

static void
a_hash_knows_its_password(void **state)
{
	char text[PASSWORD_HASH_BYTES], other[PASSWORD_HASH_BYTES];
	struct str hash = hash_of("correct horse", text);

	(void)state; /* none */
	assert_true(str_starts(hash, STR("$argon2id$v=19$m=8,t=1,p=1$")));
	assert_true(password_is_hash(hash));
	assert_true(password_verify(hash, STR("correct horse")));
	assert_false(password_verify(hash, STR("correct horsf")));
	assert_false(password_verify(hash, STR("correct hors")));
	assert_false(password_verify(hash, STR("")));
	assert_false(password_verify(hash, STR_NULL));
	assert_false(password_verify(hash, STR("correct horse\0x")));
	assert_string_not_equal(text, hash_of("correct horse", other).p);
}

/* Known answers of crypt_blowfish. */
static void
hashes_from_elsewhere_verify(void **state)
{
	static const char *const known[][2] = {
		{ "$2y$05$CCCCCCCCCCCCCCCCCCCCC."
		  "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		    "U*U" },
		{ "$2a$05$CCCCCCCCCCCCCCCCCCCCC."
		  "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		    "U*U" },
		{ "$2b$05$"
		  "XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
		    "U*U*U" },
	};

	(void)state; /* none */
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str hash = str_of(known[i][0]);

		assert_true(password_is_hash(hash));
		assert_false(password_verify(hash, STR("secret-2")));
		assert_true(password_verify(hash, str_of(known[i][1])));
		assert_true(password_is_outdated(hash, &cheap));
	}
}

static void
what_is_no_hash_verifies_nothing(void **state)
{
	static const char *const none[] = { "", "secret", "*", "*0", "!",
		"$2y$", "$2y$10$", "$2x$04$",
		"$1$abcdefgh$aaaaaaaaaaaaaaaaaaaaaa", "$argon2id$",
		"$argon2id$v=19$m=8,t=1,p=1$", "$argon2id$m=8$t=1",
		/* would take hours, or all memory */
		"$2y$31$abcdefghijklmnopqrstuuIlxGrqiQs/Rvo9FG0RdHF2zuRkkVGUC",
		("$argon2id$v=19$m=8,t=4000000000,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		("$argon2id$v=19$m=4000000000,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") };

	(void)state; /* none */
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(password_verify(str_of(none[i]), STR("secret")));
		assert_false(password_verify(str_of(none[i]), str_of(none[i])));
		assert_true(password_is_outdated(str_of(none[i]), &cheap));
	}
}

static void
a_hash_of_another_cost_is_outdated(void **state)
{
	const struct password_cost dearer = { 2, 8 * KIB };
	const struct password_cost larger = { 1, 16 * KIB };
	char text[PASSWORD_HASH_BYTES];
	struct str hash = hash_of("correct horse", text);

	(void)state; /* none */
	assert_false(password_is_outdated(hash, &cheap));
	assert_true(password_is_outdated(hash, &dearer));
	assert_true(password_is_outdated(hash, &larger));
}

static void
a_password_that_is_set_has_a_length(void **state)
{
	char text[PASSWORD_MAX + 2];
	struct error err = { 0 };

	(void)state; /* none */
	memset(text, 'x', sizeof(text));
	assert_int_equal(password_check(STR("sevenup"), &err), ST_INVALID);
	assert_non_null(strstr(err.text, "8 to 1024"));
	assert_null(strstr(err.text, "sevenup"));
	assert_int_equal(password_check(STR("eight-up"), NULL), ST_OK);
	assert_int_equal(
	    password_check(str_make(text, PASSWORD_MAX), NULL), ST_OK);
	assert_int_equal(
	    password_check(str_make(text, PASSWORD_MAX + 1), NULL), ST_INVALID);
	assert_int_equal(password_check(STR("nul\0inside"), NULL), ST_INVALID);
	assert_int_equal(password_check(STR_NULL, NULL), ST_INVALID);
	assert_false(
	    password_verify(str_of("$2y$04$abcdefghijklmnopqrstuuIlxGrqiQs/"
				   "Rvo9FG0RdHF2zuRkkVGUC"),
		str_make(text, sizeof(text))));
}

/* Processor time of this thread. */
static int64_t
busy_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One that fails early costs microseconds: a hundredth of this. */
static void
nobody_takes_as_long_as_somebody(void **state)
{
	const struct settings settings = { .argon_time = 2,
		.argon_memory = 16384 };
	const struct password_cost cost = password_cost(&settings);
	char hash[PASSWORD_HASH_BYTES];
	int64_t began, somebody, nobody;

	(void)state; /* none */
	assert_int_equal(cost.passes, 2);
	assert_int_equal(cost.memory, 16 * KIB * KIB);
	assert_int_equal(
	    password_hash(STR("correct horse"), &cost, hash, NULL), ST_OK);
	began = busy_us();
	assert_false(password_verify(str_of(hash), STR("wrong horse")));
	somebody = busy_us() - began;
	began = busy_us();
	password_verify_nobody(&cost, STR("wrong horse"));
	nobody = busy_us() - began;
	assert_true(nobody > somebody / 4);
	assert_true(somebody > nobody / 4);
}

static int
setup(void **state)
{
	(void)state; /* none */
	return secret_init() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_knows_its_password),
		cmocka_unit_test(hashes_from_elsewhere_verify),
		cmocka_unit_test(what_is_no_hash_verifies_nothing),
		cmocka_unit_test(a_hash_of_another_cost_is_outdated),
		cmocka_unit_test(a_password_that_is_set_has_a_length),
		cmocka_unit_test(nobody_takes_as_long_as_somebody),
	};

	return cmocka_run_group_tests_name("password", tests, setup, NULL);
}
