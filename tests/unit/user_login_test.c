#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/user_login.h"
#include "middleware/registry/user_records.h"
#include "tests/support/system.h"
#include "tests/support/users.h"

static void
a_login_leaves_its_date(void **state)
{
	struct system_fixture *fix = *state;
	int64_t id = user_add(fix, "a@x.org");

	fix->db.wall_ms = 1767225600000;
	assert_int_equal(user_login_note(&fix->db, id, NULL), ST_OK);
	assert_true(str_eq(
	    user_get(fix, id).last_login_date, STR("2026-01-01 00:00:00")));
}

static void
a_hash_made_anew_replaces_only_the_one_it_was_made_of(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record r = user_get(fix, user_add(fix, "a@x.org"));

	assert_int_equal(user_login_rehash(&fix->db, &r, HASH_B, NULL), ST_OK);
	assert_true(str_eq(user_get(fix, r.id).password, STR(HASH_B)));
	assert_int_equal(user_login_rehash(&fix->db, &r, "$late", NULL), ST_OK);
	assert_true(str_eq(user_get(fix, r.id).password, STR(HASH_B)));
}

static void
a_decoy_is_the_same_for_the_same_name(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record b = { .email = STR("b@x.org"),
		.password = STR(HASH_B) };
	bool seen_a = false, seen_b = false;
	char name[] = "x@x.org";

	assert_true(str_is_null(user_login_decoy(
	    &fix->db, &fix->keys, &fix->arena, STR("x@x.org"))));
	(void)user_add(fix, "a@x.org");
	assert_int_equal(user_try_add(fix, &b, NULL), ST_OK);
	for (name[0] = 'a'; name[0] <= 'z'; name[0]++) {
		struct str one = user_login_decoy(
		    &fix->db, &fix->keys, &fix->arena, str_of(name));
		struct str two = user_login_decoy(
		    &fix->db, &fix->keys, &fix->arena, str_of(name));

		assert_true(str_eq(one, two));
		seen_a |= str_eq(one, STR(HASH_A));
		seen_b |= str_eq(one, STR(HASH_B));
	}
	assert_true(seen_a && seen_b);
}

static void
a_code_is_good_once_for_its_user_in_its_time(void **state)
{
	struct system_fixture *fix = *state;
	int64_t a = user_add(fix, "a@x.org"), b = user_add(fix, "b@x.org");
	char code[CONFIRM_CODE_BYTES + 1], later[CONFIRM_CODE_BYTES + 1];
	struct error err = { 0 };

	fix->db.wall_ms = 1000;
	assert_int_equal(
	    user_code_new(&fix->db, &fix->keys, a, 2000, code, NULL), ST_OK);
	assert_int_equal(strlen(code), CONFIRM_CODE_BYTES);
	assert_int_equal(user_get(fix, a).confirm_expires_ms, 2000);
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, b, str_of(code), &err),
	    ST_DENIED);
	assert_null(strstr(err.text, code));
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, a, STR(""), NULL), ST_DENIED);
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, a, str_of(code), NULL), ST_OK);
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, a, str_of(code), NULL),
	    ST_DENIED);
	assert_int_equal(
	    user_code_new(&fix->db, &fix->keys, a, 2000, code, NULL), ST_OK);
	assert_int_equal(
	    user_code_new(&fix->db, &fix->keys, a, 2000, later, NULL), ST_OK);
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, a, str_of(code), NULL),
	    ST_DENIED);
	fix->db.wall_ms = 2000;
	assert_int_equal(
	    user_code_take(&fix->db, &fix->keys, a, str_of(later), NULL),
	    ST_DENIED);
}

static void
a_code_survives_a_new_app_key(void **state)
{
	struct system_fixture *fix = *state;
	int64_t id = user_add(fix, "a@x.org");
	char code[CONFIRM_CODE_BYTES + 1];
	struct app_keys fresh;

	fix->settings.app_previous_keys = SYSTEM_APP_KEY;
	fix->settings.app_key = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	assert_int_equal(app_keys_read(&fix->settings, &fresh, NULL), ST_OK);
	assert_int_equal(user_code_new(&fix->db, &fix->keys, id,
			     fix->db.wall_ms + 1, code, NULL),
	    ST_OK);
	assert_int_equal(
	    user_code_take(&fix->db, &fresh, id, str_of(code), NULL), ST_OK);
}

#define FIXED(test)                                                            \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_login_leaves_its_date),
		FIXED(a_hash_made_anew_replaces_only_the_one_it_was_made_of),
		FIXED(a_decoy_is_the_same_for_the_same_name),
		FIXED(a_code_is_good_once_for_its_user_in_its_time),
		FIXED(a_code_survives_a_new_app_key),
	};

	return SYSTEM_RUN("user_login", tests);
}
