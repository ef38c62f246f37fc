#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/key_proof.h"
#include "tests/support/system.h"

/* Keys whose first is none that the database has seen. */
static struct app_keys
other_keys(const struct system_fixture *fix)
{
	struct app_keys keys = fix->keys;

	memset(keys.pepper[0], 7, sizeof(keys.pepper[0]));
	return keys;
}

static void
a_database_belongs_to_the_key_it_was_made_under(void **state)
{
	struct system_fixture *fix = *state;
	bool is_old = true;

	assert_int_equal(
	    key_proof_check(&fix->db, &fix->keys, &is_old, NULL), ST_OK);
	assert_false(is_old);
}

static void
another_key_is_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys keys = other_keys(fix);
	struct error err = { 0 };
	bool is_old;

	assert_int_equal(
	    key_proof_check(&fix->db, &keys, &is_old, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "APP_PREVIOUS_KEYS"));
}

static void
an_earlier_key_proves_a_rotation(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys keys = other_keys(fix);
	bool is_old = false;

	memcpy(keys.pepper[keys.n++], fix->pepper, SECRET_KEY_BYTES);
	assert_int_equal(
	    key_proof_check(&fix->db, &keys, &is_old, NULL), ST_OK);
	assert_true(is_old);
	assert_int_equal(key_proof_put(&fix->db, &keys, NULL), ST_OK);
	assert_int_equal(
	    key_proof_check(&fix->db, &keys, &is_old, NULL), ST_OK);
	assert_false(is_old);
	assert_int_equal(
	    key_proof_check(&fix->db, &fix->keys, &is_old, NULL), ST_INVALID);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM app_key_proof"), 1);
}

static void
a_database_without_a_proof_takes_any_key(void **state)
{
	struct system_fixture *fix = *state;
	bool is_old = false;

	system_script(fix, "DELETE FROM app_key_proof");
	assert_int_equal(
	    key_proof_check(&fix->db, &fix->keys, &is_old, NULL), ST_OK);
	assert_true(is_old);
}

#define PROOF(test)                                                            \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROOF(a_database_belongs_to_the_key_it_was_made_under),
		PROOF(another_key_is_refused),
		PROOF(an_earlier_key_proves_a_rotation),
		PROOF(a_database_without_a_proof_takes_any_key),
	};

	return SYSTEM_RUN("key_proof", tests);
}
