#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/app_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/role_records.h"
#include "tests/support/system.h"

#define KEY_A "aaaaaabbbbbbccccccddddddeeeeeeff"
#define KEY_B "aaaaaa1111112222223333334444445555"
#define KEY_C "cccccc1111112222223333334444445555"
#define KNOWN 3 /* keys that every installation has */

static int
setup(void **state)
{
	struct role_record reader = { .name = STR("reader"), .active = true };
	struct role_record writer = { .name = STR("writer"), .active = true };
	struct system_fixture *fix;

	(void)system_setup(state);
	fix = *state;
	assert_int_equal(role_record_add(&fix->db, &reader, NULL), ST_OK);
	assert_int_equal(role_record_add(&fix->db, &writer, NULL), ST_OK);
	return 0;
}

static enum status
add(struct system_fixture *fix, const char *app, const char *role,
    const char *key, struct error *err)
{
	struct key_order order = { .app = str_of(app),
		.role = str_of(role),
		.key = str_of(key),
		.expires_ms = 5000,
		.pepper = fix->pepper };

	return key_record_add(&fix->db, &order, err);
}

static struct key_record *
list(struct system_fixture *fix, size_t *n)
{
	struct key_record *keys;

	assert_int_equal(
	    key_records_list(&fix->db, &fix->arena, &keys, n, NULL), ST_OK);
	return keys;
}

/* The list is sorted: "zoo" stands behind the apps that are always there. */
static struct key_record *
last_key(struct system_fixture *fix)
{
	size_t n;
	struct key_record *keys = list(fix, &n);

	assert_true(n > KNOWN);
	return &keys[n - 1];
}

static void
a_key_makes_its_app(void **state)
{
	struct system_fixture *fix = *state;
	uint8_t hash[SECRET_HASH_BYTES];
	struct key_record *key;
	struct app_record *apps;
	size_t n;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	key = last_key(fix);
	secret_hash(fix->pepper, STR(KEY_A), hash);
	assert_memory_equal(key->hash, hash, sizeof(hash));
	assert_true(str_eq(key->app_name, STR("zoo")));
	assert_true(str_eq(key->role_name, STR("reader")));
	assert_true(str_eq(key->hint, STR("aaaaaa")));
	assert_int_equal(key->expires_ms, 5000);
	assert_int_equal(key->revoked_ms, 0);
	assert_int_equal(
	    app_records_list(&fix->db, &fix->arena, &apps, &n, NULL), ST_OK);
	assert_int_equal(n, KNOWN + 1);
	assert_int_equal(apps[n - 1].id, key->app_id);
	assert_true(apps[n - 1].active);
	assert_true(apps[n - 1].role_id > 0);
}

static void
the_key_itself_is_nowhere_in_the_database(void **state)
{
	struct system_fixture *fix = *state;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM app_key"
			       " WHERE hint LIKE '%aaaaaab%'"
			       " OR HEX(hash) LIKE '%616161616161%'"
			       " OR LENGTH(hash) <> 32"),
	    0);
}

static void
a_second_key_joins_the_app(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(add(fix, "zoo", NULL, KEY_B, NULL), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM app"), KNOWN + 1);
	assert_int_equal(add(fix, "zoo", "reader", KEY_B "x", NULL), ST_OK);
	assert_int_equal(add(fix, "zoo", "writer", KEY_B "y", &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "--role"));
}

static void
a_public_app_gets_no_role(void **state)
{
	struct system_fixture *fix = *state;

	assert_int_equal(add(fix, "admin", "writer", KEY_A, NULL), ST_EXISTS);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"
					    " WHERE role_id IS NOT NULL"),
	    0);
}

static void
a_new_app_needs_a_role_that_exists(void **state)
{
	struct system_fixture *fix = *state;
	struct error none = { 0 }, unknown = { 0 };

	assert_int_equal(add(fix, "zoo", NULL, KEY_A, &none), ST_INVALID);
	assert_non_null(strstr(none.text, "--role"));
	assert_int_equal(add(fix, "zoo", "nix", KEY_A, &unknown), ST_MISSING);
	assert_non_null(strstr(unknown.text, "weir role list"));
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"), KNOWN);
}

static void
a_key_is_long_visible_and_new(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };

	assert_int_equal(
	    add(fix, "zoo", "reader", "aaaaaabbbbbbccccccddddddeeeeeef", NULL),
	    ST_INVALID);
	assert_int_equal(add(fix, "zoo", "reader",
			     "aaaaaabbbbbb ccccccddddddeeeeeeff", NULL),
	    ST_INVALID);
	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(add(fix, "new", "reader", KEY_A, &err), ST_EXISTS);
	assert_null(strstr(err.text, "bbbb"));
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM app"), KNOWN + 1);
}

static void
an_app_loses_all_its_keys_at_once(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };
	int64_t n;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(add(fix, "zoo", NULL, KEY_B, NULL), ST_OK);
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("zoo"), &n, NULL), ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(last_key(fix)->revoked_ms, fix->db.wall_ms);
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("zoo"), &n, &err), ST_MISSING);
	assert_non_null(strstr(err.text, "weir key list"));
	assert_int_equal(add(fix, "zoo", NULL, KEY_B, NULL), ST_EXISTS);
}

static void
a_hint_revokes_one_key(void **state)
{
	struct system_fixture *fix = *state;
	int64_t n;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("aaaaaa"), &n, NULL), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("aaaaaa"), &n, NULL), ST_MISSING);
}

static void
a_hint_of_two_keys_revokes_none(void **state)
{
	struct system_fixture *fix = *state;
	int64_t n;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(add(fix, "zoo", NULL, KEY_B, NULL), ST_OK);
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("aaaaaa"), &n, NULL), ST_INVALID);
	assert_int_equal(last_key(fix)->revoked_ms, 0);
}

static enum status
rotate(struct system_fixture *fix, const char *name, const char *key,
    int64_t until_ms, int64_t *n)
{
	struct key_order order = {
		.app = str_of(name), .key = str_of(key), .pepper = fix->pepper
	};
	enum status st =
	    key_record_rotate(&fix->db, &fix->arena, &order, until_ms, n, NULL);

	if (st == ST_OK)
		assert_true(str_eq(order.app, STR("zoo")));
	return st;
}

static void
a_rotation_ends_the_earlier_keys_later(void **state)
{
	struct system_fixture *fix = *state;
	struct key_record *keys;
	int64_t n;
	size_t all;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(
	    key_record_expire(&fix->db, STR("zoo"), 0, &n, NULL), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rotate(fix, "zoo", KEY_B, 9000, &n), ST_OK);
	assert_int_equal(n, 1);
	keys = list(fix, &all);
	assert_int_equal(keys[all - 2].expires_ms, 9000);
	assert_int_equal(keys[all - 2].revoked_ms, 0);
	assert_int_equal(keys[all - 1].expires_ms, 0);
	assert_true(str_eq(keys[all - 1].role_name, STR("reader")));
}

static void
a_rotation_lets_no_key_live_longer(void **state)
{
	struct system_fixture *fix = *state;
	struct key_record *keys;
	int64_t n;
	size_t all;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(rotate(fix, "aaaaaa", KEY_C, 9000, &n), ST_OK);
	keys = list(fix, &all);
	assert_int_equal(keys[all - 2].expires_ms, 5000);
	assert_int_equal(rotate(fix, "nix", KEY_B, 9000, &n), ST_MISSING);
	assert_int_equal(rotate(fix, "zoo", KEY_A, 9000, &n), ST_EXISTS);
}

static struct app_record *
apps(struct system_fixture *fix, size_t *n)
{
	struct app_record *apps;

	assert_int_equal(
	    app_records_list(&fix->db, &fix->arena, &apps, n, NULL), ST_OK);
	return apps;
}

static void
an_app_can_be_changed_and_removed(void **state)
{
	struct system_fixture *fix = *state;
	struct app_change change = { .name = STR("zoo2"),
		.description = STR("animals"),
		.role = STR("writer"),
		.active = FLIP_OFF };
	struct app_record *app;
	size_t n;

	assert_int_equal(add(fix, "zoo", "reader", KEY_A, NULL), ST_OK);
	assert_int_equal(
	    app_record_set(&fix->db, STR("zoo"), &change, NULL), ST_OK);
	app = apps(fix, &n) + KNOWN;
	assert_int_equal(n, KNOWN + 1);
	assert_true(str_eq(app->name, STR("zoo2")));
	assert_true(str_eq(app->description, STR("animals")));
	assert_true(str_eq(app->role_name, STR("writer")));
	assert_int_equal(app->keys, 1);
	assert_false(app->active);
	assert_int_equal(app_record_remove(&fix->db, STR("zoo2"), NULL), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM app_key"), KNOWN);
	assert_int_equal(
	    app_record_remove(&fix->db, STR("zoo2"), NULL), ST_MISSING);
}

#define KEYS(test) cmocka_unit_test_setup_teardown(test, setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KEYS(a_key_makes_its_app),
		KEYS(the_key_itself_is_nowhere_in_the_database),
		KEYS(a_second_key_joins_the_app),
		KEYS(a_public_app_gets_no_role),
		KEYS(a_new_app_needs_a_role_that_exists),
		KEYS(a_key_is_long_visible_and_new),
		KEYS(an_app_loses_all_its_keys_at_once),
		KEYS(a_hint_revokes_one_key),
		KEYS(a_hint_of_two_keys_revokes_none),
		KEYS(a_rotation_ends_the_earlier_keys_later),
		KEYS(a_rotation_lets_no_key_live_longer),
		KEYS(an_app_can_be_changed_and_removed),
	};

	return SYSTEM_RUN("key_records", tests);
}
