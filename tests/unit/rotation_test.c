#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/rotation.h"
#include "middleware/registry/service_records.h"
#include "middleware/service.h"
#include "tests/support/system.h"

#define KEY_TWO "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_ODD "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct app_keys
keys_of(const char *now, const char *before)
{
	const struct settings settings = { .app_key = now,
		.app_previous_keys = before };
	struct app_keys keys;

	assert_int_equal(app_keys_read(&settings, &keys, NULL), ST_OK);
	return keys;
}

static void
add(struct system_fixture *fix, const char *name, const char *type,
    const struct app_keys *keys)
{
	const struct config_owner owner = { str_of(name),
		service_type_find(STR("fake")) };
	struct service_record record = { .name = str_of(name),
		.type = str_of(type),
		.config = STR("{\"database\":\"x\",\"password\":\"hush\"}"),
		.active = true };

	assert_int_equal(
	    config_seal(&fix->arena, keys, &owner, &record.config, NULL),
	    ST_OK);
	assert_int_equal(service_record_add(&fix->db, &record, NULL), ST_OK);
}

/* Do these keys open the secrets of the i-th service? */
static bool
opens(struct system_fixture *fix, size_t i, const struct app_keys *keys)
{
	struct service_record *list;
	size_t n;

	assert_int_equal(
	    service_records_list(&fix->db, &fix->arena, &list, &n, NULL),
	    ST_OK);
	assert_true(i < n);
	const struct config_owner owner = { list[i].name,
		service_type_find(STR("fake")) };
	struct str config = list[i].config;

	if (config_unseal(&fix->arena, keys, &owner, &config, NULL) != ST_OK)
		return false;
	assert_true(
	    str_eq(config, STR("{\"database\":\"x\",\"password\":\"hush\"}")));
	return true;
}

static size_t
finish(struct system_fixture *fix, const struct app_keys *keys,
    struct buf *problems)
{
	size_t renewed = 99;

	assert_int_equal(rotation_finish(&fix->db, keys, &fix->arena, &renewed,
			     problems, NULL),
	    ST_OK);
	return renewed;
}

static void
all_secrets_come_under_the_new_key(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys both = keys_of(KEY_TWO, SYSTEM_APP_KEY);
	struct app_keys two = keys_of(KEY_TWO, "");
	struct buf problems = buf_in(&fix->arena);
	bool is_old = true;

	add(fix, "a", "fake", &fix->keys);
	add(fix, "b", "fake", &fix->keys);
	add(fix, "c", "fake", &both);
	assert_false(opens(fix, 0, &two));
	assert_int_equal(finish(fix, &both, &problems), 2);
	assert_int_equal(problems.n, 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(opens(fix, i, &two));
	assert_int_equal(key_proof_check(&fix->db, &two, &is_old, NULL), ST_OK);
	assert_false(is_old);
	assert_int_equal(finish(fix, &both, &problems), 0);
}

static void
what_no_key_opens_is_named_and_stays(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys odd = keys_of(KEY_ODD, "");
	struct app_keys both = keys_of(KEY_TWO, SYSTEM_APP_KEY);
	struct buf problems = buf_in(&fix->arena);

	add(fix, "a", "fake", &odd);
	add(fix, "b", "left_out", &fix->keys);
	add(fix, "c", "fake", &fix->keys);
	assert_int_equal(finish(fix, &both, &problems), 1);
	buf_put_char(&problems, '\0');
	assert_non_null(strstr(problems.p, "the password of service a"));
	assert_non_null(
	    strstr(problems.p, "service b: this weir was built without"));
	assert_true(opens(fix, 0, &odd));
	assert_true(opens(fix, 1, &fix->keys));
}

static void
a_failure_leaves_everything_under_the_old_key(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys both = keys_of(KEY_TWO, SYSTEM_APP_KEY);
	struct buf problems = buf_in(&fix->arena);
	struct error err = { 0 };
	size_t renewed = 99;
	bool is_old = true;

	add(fix, "a", "fake", &fix->keys);
	system_script(fix, "DELETE FROM registry_version");
	assert_int_not_equal(rotation_finish(&fix->db, &both, &fix->arena,
				 &renewed, &problems, &err),
	    ST_OK);
	assert_int_equal(renewed, 0);
	assert_int_equal(
	    key_proof_check(&fix->db, &fix->keys, &is_old, NULL), ST_OK);
	assert_false(is_old);
	assert_true(opens(fix, 0, &fix->keys));
}

/* How many keys of the database are those of that hash. */
static size_t
known(struct system_fixture *fix, const struct app_keys *keys)
{
	static const char text[] =
	    "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e0f7d";
	uint8_t hash[SECRET_HASH_BYTES];
	struct key_record *list;
	size_t n, found = 0;

	secret_hash(keys->pepper[0], str_of(text), hash);
	assert_int_equal(
	    key_records_list(&fix->db, &fix->arena, &list, &n, NULL), ST_OK);
	for (size_t i = 0; i < n; i++) {
		if (memcmp(list[i].hash, hash, sizeof(hash)) == 0)
			found++;
	}
	return found;
}

static void
well_known_keys_are_known_under_the_new_one(void **state)
{
	struct system_fixture *fix = *state;
	struct app_keys both = keys_of(KEY_TWO, SYSTEM_APP_KEY);
	struct buf problems = buf_in(&fix->arena);

	assert_int_equal(known(fix, &fix->keys), 1);
	assert_int_equal(finish(fix, &both, &problems), 0);
	assert_int_equal(known(fix, &fix->keys), 0);
	assert_int_equal(known(fix, &both), 1);
}

#define ROTATION(test)                                                         \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROTATION(all_secrets_come_under_the_new_key),
		ROTATION(what_no_key_opens_is_named_and_stays),
		ROTATION(a_failure_leaves_everything_under_the_old_key),
		ROTATION(well_known_keys_are_known_under_the_new_one),
	};

	return SYSTEM_RUN("rotation", tests);
}
