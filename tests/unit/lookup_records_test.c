#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "middleware/registry/lookup_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/rotation.h"
#include "middleware/registry/user_records.h"
#include "tests/support/system.h"

#define OTHER_KEY "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static const struct lookup_scope everybody = { 0 };

static enum status
add(struct system_fixture *fix, const char *name, const char *value,
    const struct lookup_scope *scope, struct error *err)
{
	struct lookup_record r = {
		.name = str_of(name), .value = str_of(value), .scope = *scope
	};

	return lookup_record_add(&fix->db, &fix->keys, &fix->arena, &r, err);
}

static struct lookup_record *
list(struct system_fixture *fix, size_t *n)
{
	struct lookup_record *records;

	assert_int_equal(
	    lookup_records_list(&fix->db, &fix->arena, &records, n, NULL),
	    ST_OK);
	return records;
}

static struct str
clear_of(struct system_fixture *fix, const struct app_keys *keys,
    const struct lookup_record *r)
{
	struct str clear = STR_NULL;

	(void)lookup_record_value(&fix->arena, keys, r, &clear);
	return clear;
}

static void
a_lookup_comes_back_as_it_was_added(void **state)
{
	struct system_fixture *fix = *state;
	struct lookup_record *got;
	size_t n;

	assert_int_equal(add(fix, "region", "north", &everybody, NULL), ST_OK);
	got = list(fix, &n);
	assert_int_equal(n, 1);
	assert_true(got->id > 0);
	assert_true(str_eq(got->name, STR("region")));
	assert_true(str_eq(got->value, STR("north")));
	assert_false(got->is_private);
	assert_true(str_is_null(got->description));
	assert_true(str_is_null(got->role_name));
	assert_true(str_eq(clear_of(fix, &fix->keys, got), STR("north")));
}

static void
a_private_one_is_sealed_for_its_place(void **state)
{
	struct system_fixture *fix = *state;
	struct lookup_record r = {
		.name = STR("pass"), .value = STR("hush"), .is_private = true
	};
	struct lookup_record *got, elsewhere;
	struct str clear;
	size_t n;

	assert_int_equal(
	    lookup_record_add(&fix->db, &fix->keys, &fix->arena, &r, NULL),
	    ST_OK);
	got = list(fix, &n);
	assert_true(str_starts(got->value, STR("sealed:")));
	assert_null(memmem(got->value.p, got->value.n, "hush", 4));
	assert_true(str_eq(clear_of(fix, &fix->keys, got), STR("hush")));
	elsewhere = *got;
	elsewhere.name = STR("other");
	assert_false(
	    lookup_record_value(&fix->arena, &fix->keys, &elsewhere, &clear));
	elsewhere = *got;
	elsewhere.scope.role_id = 1;
	assert_false(
	    lookup_record_value(&fix->arena, &fix->keys, &elsewhere, &clear));
}

/* One user, one role, and one app beside those that are always there. */
static void
scopes_make(struct system_fixture *fix, struct lookup_scope scopes[3])
{
	struct role_record role = { .name = STR("reader"), .active = true };
	struct user_record user = { .email = STR("a@x.org") };

	assert_int_equal(role_record_add(&fix->db, &role, NULL), ST_OK);
	assert_int_equal(
	    user_record_add(&fix->db, &fix->arena, &user, NULL), ST_OK);
	scopes[0] = (struct lookup_scope){ .app_id = system_number(fix,
					       "SELECT id FROM app WHERE name ="
					       " 'admin'") };
	scopes[1] = (struct lookup_scope){ .role_id = role.id };
	scopes[2] = (struct lookup_scope){ .user_id = user.id };
}

static void
each_scope_has_its_own(void **state)
{
	struct system_fixture *fix = *state;
	struct lookup_scope scopes[3];
	struct lookup_record *got;
	struct error err = { 0 };
	size_t n;

	scopes_make(fix, scopes);
	assert_int_equal(add(fix, "region", "s", &everybody, NULL), ST_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    add(fix, "region", "x", &scopes[i], NULL), ST_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    add(fix, "region", "y", &scopes[i], &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "weir lookup set"));
	assert_int_equal(add(fix, "region", "y", &everybody, NULL), ST_EXISTS);
	assert_int_equal(add(fix, "Region", "y", &everybody, NULL), ST_OK);
	got = list(fix, &n);
	assert_int_equal(n, 5);
	assert_true(str_eq(got[2].app_name, STR("admin")));
	assert_true(str_eq(got[3].role_name, STR("reader")));
	assert_true(str_eq(got[4].user_email, STR("a@x.org")));
	assert_int_equal(
	    lookup_record_remove(&fix->db, STR("region"), &scopes[1], NULL),
	    ST_OK);
	assert_int_equal(
	    lookup_record_remove(&fix->db, STR("region"), &scopes[1], &err),
	    ST_MISSING);
	(void)list(fix, &n);
	assert_int_equal(n, 4);
	assert_int_equal(
	    role_record_remove(&fix->db, STR("reader"), NULL), ST_OK);
}

static enum status
set(struct system_fixture *fix, const char *name,
    const struct lookup_change *change, struct error *err)
{
	struct lookup_record r = { .name = str_of(name) };

	return lookup_record_set(
	    &fix->db, &fix->keys, &fix->arena, change, &r, err);
}

static void
what_is_given_changes_and_the_rest_stays(void **state)
{
	struct system_fixture *fix = *state;
	const struct lookup_change seal = { .is_private = FLIP_ON };
	const struct lookup_change named = { .name = STR("b") };
	const struct lookup_change open = { .is_private = FLIP_OFF };
	const struct lookup_change anew = { .is_private = FLIP_OFF,
		.value = STR("new"),
		.description = STR("d") };
	struct error err = { 0 };
	size_t n;

	assert_int_equal(add(fix, "a", "hush", &everybody, NULL), ST_OK);
	assert_int_equal(set(fix, "a", &seal, NULL), ST_OK);
	assert_true(list(fix, &n)->is_private);
	assert_true(
	    str_eq(clear_of(fix, &fix->keys, list(fix, &n)), STR("hush")));
	assert_int_equal(set(fix, "a", &named, NULL), ST_OK);
	assert_true(str_eq(list(fix, &n)->name, STR("b")));
	assert_true(
	    str_eq(clear_of(fix, &fix->keys, list(fix, &n)), STR("hush")));
	assert_int_equal(set(fix, "b", &open, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "new value"));
	assert_int_equal(set(fix, "b", &anew, NULL), ST_OK);
	assert_true(str_eq(list(fix, &n)->value, STR("new")));
	assert_true(str_eq(list(fix, &n)->description, STR("d")));
	assert_int_equal(set(fix, "a", &anew, NULL), ST_MISSING);
	assert_int_equal(add(fix, "a", "x", &everybody, NULL), ST_OK);
	assert_int_equal(set(fix, "a", &named, NULL), ST_EXISTS);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM audit WHERE"
			       " before_text LIKE '%sealed%' OR after_text"
			       " LIKE '%sealed%'"),
	    0);
}

static void
names_and_values_are_bounded(void **state)
{
	static const char *const names[] = { "", "a b", "a{", "a(b)", "user.id",
		"role.x", "app.", "session.id", "df.name" };
	struct system_fixture *fix = *state;
	char longest[LOOKUP_VALUE_MAX + 2];
	struct lookup_record nul = { .name = STR("a"), .value = STR("a\0b") };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(
		    add(fix, names[i], "x", &everybody, NULL), ST_INVALID);
	memset(longest, 'x', sizeof(longest));
	longest[LOOKUP_VALUE_MAX + 1] = '\0';
	assert_int_equal(add(fix, "a", longest, &everybody, NULL), ST_INVALID);
	longest[LOOKUP_VALUE_MAX] = '\0';
	assert_int_equal(add(fix, "a", longest, &everybody, NULL), ST_OK);
	assert_int_equal(
	    lookup_record_add(&fix->db, &fix->keys, &fix->arena, &nul, NULL),
	    ST_INVALID);
	longest[LOOKUP_NAME_MAX] = '\0';
	assert_int_equal(add(fix, longest, "", &everybody, NULL), ST_OK);
}

static void
a_user_has_only_so_many(void **state)
{
	struct system_fixture *fix = *state;
	struct lookup_scope scopes[3];
	struct error err = { 0 };
	char name[24];

	scopes_make(fix, scopes);
	for (int i = 0; i < LOOKUPS_OF_USER_MAX; i++) {
		(void)snprintf(name, sizeof(name), "name%d", i);
		assert_int_equal(add(fix, name, "x", &scopes[2], NULL), ST_OK);
	}
	assert_int_equal(add(fix, "more", "x", &scopes[2], &err), ST_INVALID);
	assert_non_null(strstr(err.text, "100 lookups"));
	assert_int_equal(add(fix, "more", "x", &scopes[1], NULL), ST_OK);
	assert_int_equal(
	    lookup_record_remove(&fix->db, STR("name7"), &scopes[2], NULL),
	    ST_OK);
	assert_int_equal(add(fix, "more", "x", &scopes[2], NULL), ST_OK);
}

/* A new APP_KEY with the earlier one beside it, and then alone. */
static void
private_ones_come_under_a_new_app_key(void **state)
{
	struct system_fixture *fix = *state;
	struct lookup_record r = {
		.name = STR("pass"), .value = STR("hush"), .is_private = true
	};
	struct buf problems = buf_in(&fix->arena);
	struct app_keys both, fresh;
	size_t renewed = 0, n;

	assert_int_equal(
	    lookup_record_add(&fix->db, &fix->keys, &fix->arena, &r, NULL),
	    ST_OK);
	fix->settings.app_key = OTHER_KEY;
	fix->settings.app_previous_keys = "";
	assert_int_equal(app_keys_read(&fix->settings, &fresh, NULL), ST_OK);
	fix->settings.app_previous_keys = SYSTEM_APP_KEY;
	assert_int_equal(app_keys_read(&fix->settings, &both, NULL), ST_OK);
	assert_true(str_eq(clear_of(fix, &both, list(fix, &n)), STR("hush")));
	assert_true(str_is_null(clear_of(fix, &fresh, list(fix, &n))));
	assert_int_equal(rotation_finish(&fix->db, &both, &fix->arena, &renewed,
			     &problems, NULL),
	    ST_OK);
	assert_int_equal(renewed, 1);
	assert_true(str_eq(clear_of(fix, &fresh, list(fix, &n)), STR("hush")));
	assert_int_equal(rotation_finish(&fix->db, &both, &fix->arena, &renewed,
			     &problems, NULL),
	    ST_OK);
	assert_int_equal(renewed, 0);
}

#define FIXED(test)                                                            \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_lookup_comes_back_as_it_was_added),
		FIXED(a_private_one_is_sealed_for_its_place),
		FIXED(each_scope_has_its_own),
		FIXED(what_is_given_changes_and_the_rest_stays),
		FIXED(names_and_values_are_bounded),
		FIXED(a_user_has_only_so_many),
		FIXED(private_ones_come_under_a_new_app_key),
	};

	return SYSTEM_RUN("lookup_records", tests);
}
