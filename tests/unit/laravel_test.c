#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/aes.h"
#include "app/base/arena.h"
#include "app/import/laravel.h"

/* Bytes 0 to 31, and 32 zeros. */
#define KEY   "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* Made by OpenSSL and Python under KEY. */
static const char serialized[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6IkJrNHRETHlO"
    "T3phNENZN1wvXC80WnZEUT09IiwibWFjIjoiZmJhMmY2NDk3NGYyOGMwZTE2OTlhZDkw"
    "M2EzYTQ0YTMyMWIwYjQxZGU5NTdmYjU0OTkyMjExNDRjNTllZjM2NCIsInRhZyI6IiJ9";

static const char plain[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6IlwvMjNmRVRG"
    "eEx0V2ljenM3Y01IaDd3PT0iLCJtYWMiOiIzNmE5NjNhYjZkZDllZDU4ZWRhNzkyNDYw"
    "NmYwNzM2YWUxN2M1NzYxNmVjMzMxZmEwYmQ3YTZjMzkwZTRhOWE1IiwidGFnIjoiIn0=";

static const char empty[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6Im0zMks2OFFL"
    "Q0x5dENOUU0rdVlaWGc9PSIsIm1hYyI6IjM4MzA5YmNlNWY2MGNmYWM1MWRjYjJmYzA1"
    "MzJlNTY0ZmU5NzhmNjEyYWNiNDkyYTIzOTg0NjgyMTk1ZTcyOTgiLCJ0YWciOiIifQ==";

static const char number[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6InE3UjhQTUVn"
    "VldVNnBpQkcza3ljMFE9PSIsIm1hYyI6ImRmYWY1NjUzMTMzOGE2M2FjYmY3NGRiMDQw"
    "ZGRiMDk3NjUwMDQ4MDgyNjY0YmJiMTViMWY2NGFjMDEwZDhjNjgiLCJ0YWciOiIifQ==";

static const char nothing[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6IlNxczJvMHQw"
    "cVhYNnU3eEtxd0I0UHc9PSIsIm1hYyI6ImU2NGRmYjY2YjNhN2I3NmNiY2RjMzUyMGY5"
    "MjI2ZTE2NTNiNWQwNmFlOTI0NzEzYTAzZDk2ZjI3YjFkNzA4ODUiLCJ0YWciOiIifQ==";

static const char liar[] =
    "eyJpdiI6InlNbkt5OHpOenNcL1EwZExUMU5YVzF3PT0iLCJ2YWx1ZSI6Im5tMlhmZ0lo"
    "QW9nWEhYWDRnKzJHc3c9PSIsIm1hYyI6IjIxOWZlMjFlZTIwZGU2OTNlOGZlOGYzMDIz"
    "OTA1ODc2NTQ1MWYzMmY0YjFkZWJlNTZhOTBkYjgyMGJmOGFjMmYiLCJ0YWciOiIifQ==";

struct fixture {
	struct arena arena;
	struct laravel laravel;
};

static int
setup(void **state)
{
	static struct fixture fix;

	if (!aes_is_built_in())
		skip();
	assert_true(secret_init());
	arena_init(&fix.arena, 1024);
	assert_int_equal(laravel_key_read(&fix.laravel, STR(KEY), NULL), ST_OK);
	*state = &fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	laravel_wipe(&fix->laravel);
	arena_close(&fix->arena);
	return 0;
}

static enum laravel_text
open_text(struct fixture *fix, const char *text, struct str *clear)
{
	return laravel_open(&fix->laravel, &fix->arena, str_of(text), clear);
}

static void
what_was_encrypted_comes_out(void **state)
{
	static const struct {
		const char *text;
		const char *clear;
	} cases[] = {
		{ serialized, "se/cret" },
		{ plain, "se/cret" },
		{ empty, "" },
		{ number, "5" },
		{ nothing, NULL },
		{ liar, "s:9:\"x\";" },
	};
	struct fixture *fix = *state;
	size_t n = sizeof(cases) / sizeof(cases[0]);

	for (size_t i = 0; i < n; i++) {
		struct str clear;

		assert_int_equal(
		    open_text(fix, cases[i].text, &clear), LARAVEL_OPENED);
		assert_int_equal(str_is_null(clear), cases[i].clear == NULL);
		assert_true(str_eq(clear, str_of(cases[i].clear)));
	}
	assert_int_equal(fix->laravel.opened, n);
	assert_int_equal(fix->laravel.refused, 0);
}

static void
what_was_not_stays_as_it_is(void **state)
{
	static const char *const texts[] = { "", "hush", "eyJ", "eyJpdiI6MX0=",
		"eyJpdiI6IngiLCJ2YWx1ZSI6InkiLCJtYWMiOjF9MDAwMDAwMDAwMDAw",
		"eyJpdiI6ICJBQUVDQXdRRkJnY0lDUW9MREEwT0R3PT0iLCAidmFsdWU!" };
	struct fixture *fix = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str clear;

		assert_int_equal(
		    open_text(fix, texts[i], &clear), LARAVEL_CLEAR);
		assert_true(str_eq(clear, str_of(texts[i])));
	}
}

static void
another_key_opens_nothing(void **state)
{
	struct fixture *fix = *state;
	struct str clear;

	assert_int_equal(
	    laravel_key_read(&fix->laravel, STR(OTHER), NULL), ST_OK);
	assert_int_equal(open_text(fix, plain, &clear), LARAVEL_REFUSED);
	fix->laravel = (struct laravel){ 0 };
	assert_int_equal(open_text(fix, plain, &clear), LARAVEL_REFUSED);
	assert_int_equal(fix->laravel.refused, 1);
}

static void
a_byte_that_is_another_is_refused(void **state)
{
	struct fixture *fix = *state;
	char text[sizeof(plain)];
	struct str clear;

	for (size_t i = 12; i + 12 < sizeof(plain) - 1; i++) {
		memcpy(text, plain, sizeof(plain));
		text[i] = text[i] == 'A' ? 'B' : 'A';
		if (open_text(fix, text, &clear) == LARAVEL_OPENED)
			fail_msg("byte %zu", i);
	}
}

static void
a_key_is_what_a_file_of_laravel_has(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{ KEY, 32 },
		{ " APP_KEY=" KEY "\n", 32 },
		{ "APP_KEY=\"" KEY "\"", 32 },
		{ "'0123456789abcdef'", 16 },
		{ "0123456789abcdef0123456789abcdef", 32 },
		{ "", 0 },
		{ "base64:", 0 },
		{ "base64:!!!!", 0 },
		{ "base64:AAAA", 0 },
		{ "0123456789abcdef0", 0 },
	};
	struct laravel l;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum status st =
		    laravel_key_read(&l, str_of(cases[i].text), NULL);

		assert_int_equal(st, cases[i].n == 0 ? ST_INVALID : ST_OK);
		assert_int_equal(l.key_n, cases[i].n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_was_encrypted_comes_out, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_was_not_stays_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    another_key_opens_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_byte_that_is_another_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_key_is_what_a_file_of_laravel_has, setup, teardown),
	};

	return cmocka_run_group_tests_name("laravel", tests, NULL, NULL);
}
