#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/config_seal.h"
#include "middleware/service.h"

#define KEY_ONE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_TWO "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct fixture {
	struct arena arena;
	struct app_keys one, two, two_after_one;
	struct config_owner db;
};

static void
keys_make(struct app_keys *keys, const char *now, const char *before)
{
	const struct settings settings = { .app_key = now,
		.app_previous_keys = before };

	assert_int_equal(app_keys_read(&settings, keys, NULL), ST_OK);
}

static int
setup(void **state)
{
	static struct fixture fix;

	assert_true(secret_init());
	arena_init(&fix.arena, 4096);
	keys_make(&fix.one, KEY_ONE, "");
	keys_make(&fix.two, KEY_TWO, "");
	keys_make(&fix.two_after_one, KEY_TWO, KEY_ONE);
	fix.db =
	    (struct config_owner){ STR("db"), service_type_find(STR("fake")) };
	*state = &fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	arena_close(&fix->arena);
	return 0;
}

static struct str
sealed(struct fixture *fix, const struct app_keys *keys, const char *json)
{
	struct str config = str_of(json);

	assert_int_equal(
	    config_seal(&fix->arena, keys, &fix->db, &config, NULL), ST_OK);
	return config;
}

static bool
contains(struct str s, const char *part)
{
	return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static void
a_password_is_sealed_and_the_rest_is_not(void **state)
{
	static const char json[] =
	    "{\"database\":\"/x \\\"y\\\"\",\"port\":5,\"read_only\":true,"
	    "\"password\":\"hush \\\"\\u00e9\\\"\"}";
	struct fixture *fix = *state;
	struct str config = sealed(fix, &fix->one, json);

	assert_true(contains(config, "/x \\\"y\\\""));
	assert_true(contains(config, "\"port\":5"));
	assert_true(contains(config, "\"password\":\"sealed:"));
	assert_false(contains(config, "hush"));
	assert_int_equal(
	    config_unseal(&fix->arena, &fix->one, &fix->db, &config, NULL),
	    ST_OK);
	assert_true(contains(config, "\"password\":\"hush \\\"\u00e9\\\"\""));
}

static void
an_empty_password_stays_empty(void **state)
{
	struct fixture *fix = *state;
	struct str config = sealed(fix, &fix->one, "{\"password\":\"\"}");

	assert_true(str_eq(config, STR("{\"password\":\"\"}")));
	assert_int_equal(
	    config_unseal(&fix->arena, &fix->one, &fix->db, &config, NULL),
	    ST_OK);
	assert_true(str_eq(config, STR("{\"password\":\"\"}")));
}

static void
a_password_that_looks_sealed_is_sealed(void **state)
{
	struct fixture *fix = *state;
	struct str config =
	    sealed(fix, &fix->one, "{\"password\":\"sealed:00\"}");

	assert_false(contains(config, "sealed:00\""));
	assert_int_equal(
	    config_unseal(&fix->arena, &fix->one, &fix->db, &config, NULL),
	    ST_OK);
	assert_true(str_eq(config, STR("{\"password\":\"sealed:00\"}")));
}

static void
an_earlier_app_key_still_opens(void **state)
{
	struct fixture *fix = *state;
	struct str config = sealed(fix, &fix->one, "{\"password\":\"hush\"}");

	assert_int_equal(config_unseal(&fix->arena, &fix->two_after_one,
			     &fix->db, &config, NULL),
	    ST_OK);
	assert_true(str_eq(config, STR("{\"password\":\"hush\"}")));
}

static void
what_is_sealed_anew_needs_the_new_app_key_only(void **state)
{
	struct fixture *fix = *state;
	struct str config =
	    sealed(fix, &fix->two_after_one, "{\"password\":\"hush\"}");

	assert_int_equal(
	    config_unseal(&fix->arena, &fix->two, &fix->db, &config, NULL),
	    ST_OK);
}

static void
another_app_key_and_another_service_do_not_open(void **state)
{
	const struct config_owner other = { STR("other"),
		service_type_find(STR("fake")) };
	struct fixture *fix = *state;
	struct str config = sealed(fix, &fix->one, "{\"password\":\"hush\"}");
	struct error err = { 0 };

	assert_int_equal(
	    config_unseal(&fix->arena, &fix->two, &fix->db, &config, &err),
	    ST_INVALID);
	assert_non_null(strstr(err.text, "password of service db"));
	assert_non_null(strstr(err.text, "APP_PREVIOUS_KEYS"));
	assert_int_equal(
	    config_unseal(&fix->arena, &fix->one, &other, &config, NULL),
	    ST_INVALID);
}

#define SEALED_BY_NOBODY                                                       \
	"{\"password\":\"sealed:00112233445566778899aabbccddeeff"              \
	"00112233445566778899aabbccddeeff00112233445566778899\"}"

static void
what_was_never_sealed_or_is_damaged_does_not_open(void **state)
{
	static const char *const configs[] = { "{\"password\":\"hush\"}",
		"{\"password\":\"sealed:\"}", "{\"password\":\"sealed:zz\"}",
		SEALED_BY_NOBODY };
	struct fixture *fix = *state;

	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		struct str config = str_of(configs[i]);

		assert_int_equal(config_unseal(&fix->arena, &fix->one, &fix->db,
				     &config, NULL),
		    ST_INVALID);
	}
}

#define SEAL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SEAL(a_password_is_sealed_and_the_rest_is_not),
		SEAL(an_empty_password_stays_empty),
		SEAL(a_password_that_looks_sealed_is_sealed),
		SEAL(an_earlier_app_key_still_opens),
		SEAL(what_is_sealed_anew_needs_the_new_app_key_only),
		SEAL(another_app_key_and_another_service_do_not_open),
		SEAL(what_was_never_sealed_or_is_damaged_does_not_open),
	};

	return cmocka_run_group_tests_name("config_seal", tests, NULL, NULL);
}
