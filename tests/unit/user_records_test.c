#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/app_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/user_login.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"
#include "tests/support/system.h"
#include "tests/support/users.h"

static void
a_user_comes_back_as_it_was_added(void **state)
{
	struct system_fixture *fix = *state;
	const struct actor actor = { 7, STR("boss@example.com"), STR("::1") };
	struct user_record r = { .email = STR(" Jane.Doe@Example.COM "),
		.username = STR("JaneD"),
		.first_name = STR("Jane"),
		.last_name = STR("Doe"),
		.password = STR(HASH_A),
		.phone = STR("+1 555"),
		.security_question = STR("Pet?"),
		.security_answer = STR(HASH_B),
		.is_sys_admin = true,
		.active = true };
	struct user_record got;

	fix->db.actor = &actor;
	assert_int_equal(user_try_add(fix, &r, NULL), ST_OK);
	got = user_get(fix, r.id);
	assert_true(str_eq(got.email, STR("jane.doe@example.com")));
	assert_true(str_eq(got.username, STR("janed")));
	assert_true(str_eq(got.name, STR("Jane Doe")));
	assert_true(str_eq(got.first_name, STR("Jane")));
	assert_true(str_eq(got.last_name, STR("Doe")));
	assert_true(str_eq(got.password, STR(HASH_A)));
	assert_true(str_eq(got.phone, STR("+1 555")));
	assert_true(str_eq(got.security_question, STR("Pet?")));
	assert_true(str_eq(got.security_answer, STR(HASH_B)));
	assert_true(got.is_sys_admin && got.active);
	assert_true(str_is_null(got.last_login_date));
	assert_int_equal(got.created_date.n, DATE_BYTES - 1);
	assert_int_equal(got.default_app_id, 0);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM user WHERE"
					    " created_by_id = 7 AND"
					    " last_modified_by_id = 7"),
	    1);
}

static void
a_user_without_a_name_is_called_something(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record first = { .email = STR("a@x.org"),
		.first_name = STR("Ann") };
	struct user_record none = { .email = STR("ben@x.org"),
		.name = STR("  ") };

	assert_int_equal(user_try_add(fix, &first, NULL), ST_OK);
	assert_int_equal(user_try_add(fix, &none, NULL), ST_OK);
	assert_true(str_eq(user_get(fix, first.id).name, STR("Ann")));
	assert_true(str_eq(user_get(fix, none.id).name, STR("ben")));
	assert_true(str_is_null(user_get(fix, none.id).password));
	assert_false(user_get(fix, none.id).active);
}

static void
users_are_found_in_any_case(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record got = { 0 }, r = { .email = STR("a@x.org"),
		.username = STR("Ann") };
	struct error err = { 0 };

	assert_int_equal(user_try_add(fix, &r, NULL), ST_OK);
	assert_int_equal(user_record_find(&fix->db, &fix->arena, USER_EMAIL,
			     STR("A@X.org"), &got, NULL),
	    ST_OK);
	assert_int_equal(got.id, r.id);
	got.id = 0;
	assert_int_equal(user_record_find(&fix->db, &fix->arena, USER_USERNAME,
			     STR("ANN"), &got, NULL),
	    ST_OK);
	assert_int_equal(got.id, r.id);
	assert_int_equal(user_record_find(&fix->db, &fix->arena, USER_USERNAME,
			     STR("a@x.org"), &got, NULL),
	    ST_MISSING);
	assert_int_equal(user_record_find(&fix->db, &fix->arena, USER_EMAIL,
			     STR("b@x.org"), &got, &err),
	    ST_MISSING);
	assert_non_null(strstr(err.text, "b@x.org"));
	assert_int_equal(
	    user_record_get(&fix->db, &fix->arena, 99, &got, NULL), ST_MISSING);
}

static void
an_email_and_a_username_are_of_one_user(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record r = { .email = STR("a@x.org"),
		.username = STR("ann") };
	struct user_record email = { .email = STR("A@X.ORG") };
	struct user_record name = { .email = STR("b@x.org"),
		.username = STR("Ann") };
	struct error of_email = { 0 }, of_name = { 0 };

	assert_int_equal(user_try_add(fix, &r, NULL), ST_OK);
	assert_int_equal(user_try_add(fix, &email, &of_email), ST_EXISTS);
	assert_non_null(strstr(of_email.text, "e-mail \"a@x.org\""));
	assert_int_equal(user_try_add(fix, &name, &of_name), ST_EXISTS);
	assert_non_null(strstr(of_name.text, "username \"ann\""));
	(void)user_add(fix, "c@x.org");
	(void)user_add(fix, "d@x.org");
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM user"), 3);
}

static void
texts_that_cannot_be_are_refused(void **state)
{
	static const char *const emails[] = { "", "a", "@", "a@", "@x", "a@b@c",
		"a b@x.org", "a@x.org\nb" };
	struct system_fixture *fix = *state;
	char longest[300];

	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++) {
		struct user_record r = { .email = str_of(emails[i]) };

		assert_int_equal(user_try_add(fix, &r, NULL), ST_INVALID);
	}
	const struct user_record bad[] = {
		{ .email = STR("a@x.org"), .name = str_make(longest, 256) },
		{ .email = STR("a@x.org"), .phone = str_make(longest, 33) },
		{ .email = STR("a@x.org"), .username = STR("a\tb") },
		{ .email = STR("a@x.org"), .first_name = STR("\xff") },
		{ .email = STR("a@x.org"), .password = STR("in clear") },
		{ .email = STR("a@x.org"), .security_answer = STR("Rex") },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct user_record r = bad[i];
		struct error err = { 0 };

		assert_int_equal(user_try_add(fix, &r, &err), ST_INVALID);
		assert_null(strstr(err.text, "in clear"));
		assert_null(strstr(err.text, "Rex"));
	}
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM user"), 0);
}

static enum status
edit(void *ctx, struct user_record *r, struct error *err)
{
	const struct user_record *wanted = ctx;

	(void)err; /* nothing fails here */
	r->email = wanted->email;
	r->phone = wanted->phone;
	r->active = wanted->active;
	return ST_OK;
}

static void
a_change_keeps_the_rest(void **state)
{
	struct system_fixture *fix = *state;
	int64_t id = user_add(fix, "a@x.org");
	struct user_record wanted = { .email = STR("B@x.org"),
		.phone = STR("123") };
	const struct user_order order = {
		.id = id, .edit = edit, .ctx = &wanted
	};
	struct user_record out = { 0 };

	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL), ST_OK);
	assert_true(str_eq(out.email, STR("b@x.org")));
	assert_true(str_eq(user_get(fix, id).email, STR("b@x.org")));
	assert_true(str_eq(user_get(fix, id).phone, STR("123")));
	assert_true(str_eq(user_get(fix, id).password, STR(HASH_A)));
	assert_false(user_get(fix, id).active);
	wanted.phone = STR("");
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL), ST_OK);
	assert_true(str_is_null(user_get(fix, id).phone));
}

static void
a_change_that_fails_changes_nothing(void **state)
{
	struct system_fixture *fix = *state;
	int64_t id = user_add(fix, "a@x.org");
	struct user_record taken = { .email = STR("b@x.org") };
	struct user_record wrong = { .email = STR("b") };
	struct user_order order = { .id = id, .edit = edit, .ctx = &taken };
	struct user_record out;
	struct error err = { 0 };

	(void)user_add(fix, "b@x.org");
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, &err),
	    ST_EXISTS);
	assert_non_null(strstr(err.text, "b@x.org"));
	order.ctx = &wrong;
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL),
	    ST_INVALID);
	order.id = 99;
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL),
	    ST_MISSING);
	assert_true(str_eq(user_get(fix, id).email, STR("a@x.org")));
	assert_true(user_get(fix, id).active);
}

static void
admins_and_users_are_listed_apart(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record boss = { .email = STR("boss@x.org"),
		.is_sys_admin = true };
	struct user_record *list;
	size_t n;

	(void)user_add(fix, "b@x.org");
	(void)user_add(fix, "a@x.org");
	assert_int_equal(user_try_add(fix, &boss, NULL), ST_OK);
	assert_int_equal(
	    user_records_list(&fix->db, &fix->arena, false, &list, &n, NULL),
	    ST_OK);
	assert_int_equal(n, 2);
	assert_true(str_eq(list[0].email, STR("a@x.org")));
	assert_int_equal(
	    user_records_list(&fix->db, &fix->arena, true, &list, &n, NULL),
	    ST_OK);
	assert_int_equal(n, 1);
	assert_true(str_eq(list[0].email, STR("boss@x.org")));
}

/* Two roles, and two apps beside those that are always there. */
static void
roles_make(struct system_fixture *fix)
{
	static const char *const names[] = { "reader", "writer" };
	static const char *const apps[] = { "desk", "shop" };

	for (size_t i = 0; i < 2; i++) {
		struct role_record role = { .name = str_of(names[i]),
			.active = true };
		struct key_order key = { .app = str_of(apps[i]),
			.role = str_of(names[i]),
			.key = i == 0 ? STR("11111111112222222222333333333344")
				      : STR("11111111112222222222333333333355"),
			.pepper = fix->pepper };

		assert_int_equal(role_record_add(&fix->db, &role, NULL), ST_OK);
		assert_int_equal(key_record_add(&fix->db, &key, NULL), ST_OK);
	}
}

static enum status
give(struct system_fixture *fix, int64_t user, const char *app,
    const char *role, struct error *err)
{
	struct user_role r = { .user_id = user,
		.app_name = str_of(app),
		.role_name = str_of(role) };

	return user_role_put(&fix->db, &r, err);
}

static void
a_user_has_one_role_in_each_app(void **state)
{
	struct system_fixture *fix = *state;
	int64_t a = user_add(fix, "a@x.org"), b = user_add(fix, "b@x.org");
	struct user_role gone = { .user_id = a, .app_name = STR("shop") };
	struct user_role *list;
	struct error err = { 0 };
	size_t n;

	roles_make(fix);
	assert_int_equal(give(fix, a, "shop", "reader", NULL), ST_OK);
	assert_int_equal(give(fix, a, "desk", "writer", NULL), ST_OK);
	assert_int_equal(give(fix, b, "desk", "writer", NULL), ST_OK);
	assert_int_equal(give(fix, a, "shop", "writer", NULL), ST_OK);
	assert_int_equal(give(fix, a, "nix", "writer", &err), ST_MISSING);
	assert_non_null(strstr(err.text, "nix"));
	assert_int_equal(give(fix, a, "shop", "nix", NULL), ST_MISSING);
	assert_int_equal(
	    user_roles_list(&fix->db, &fix->arena, a, &list, &n, NULL), ST_OK);
	assert_int_equal(n, 2);
	assert_true(str_eq(list[0].app_name, STR("shop")));
	assert_true(str_eq(list[0].role_name, STR("writer")));
	assert_true(list[0].app_id > 0 && list[0].role_id > 0);
	assert_true(str_eq(list[1].app_name, STR("desk")));
	assert_int_equal(
	    user_roles_list(&fix->db, &fix->arena, 0, &list, &n, NULL), ST_OK);
	assert_int_equal(n, 3);
	assert_int_equal(user_role_remove(&fix->db, &gone, NULL), ST_OK);
	assert_int_equal(user_role_remove(&fix->db, &gone, NULL), ST_MISSING);
	assert_int_equal(
	    user_roles_list(&fix->db, &fix->arena, a, &list, &n, NULL), ST_OK);
	assert_int_equal(n, 1);
}

static void
who_registers_has_the_role_in_every_app(void **state)
{
	static const char roles[] = "SELECT COUNT(*) FROM user_to_app_to_role";
	struct system_fixture *fix = *state;
	struct user_record r = { .email = STR("a@x.org"), .active = true };
	struct user_record other = { .email = STR("b@x.org") };
	int64_t role, apps;

	roles_make(fix);
	role = system_number(fix, "SELECT id FROM role WHERE name = 'reader'");
	apps = system_number(fix, "SELECT COUNT(*) FROM app");
	assert_int_equal(
	    user_record_register(&fix->db, &fix->arena, &r, role, NULL), ST_OK);
	assert_int_equal(system_number(fix, roles), apps);
	assert_int_equal(
	    user_record_register(&fix->db, &fix->arena, &r, role, NULL),
	    ST_EXISTS);
	assert_int_equal(
	    user_record_register(&fix->db, &fix->arena, &other, 9999, NULL),
	    ST_OK);
	assert_int_equal(system_number(fix, roles), apps);
}

static void
a_user_that_goes_takes_roles_and_lookups_along(void **state)
{
	struct system_fixture *fix = *state;
	int64_t id = user_add(fix, "a@x.org");

	roles_make(fix);
	assert_int_equal(give(fix, id, "shop", "reader", NULL), ST_OK);
	system_script(fix,
	    "INSERT INTO lookup (name, value, user_id, created_date,"
	    " last_modified_date) SELECT 'n', 'v', id, '', '' FROM user");
	assert_int_equal(user_record_remove(&fix->db, id, NULL), ST_OK);
	assert_int_equal(
	    system_number(fix,
		"SELECT (SELECT COUNT(*) FROM user) + (SELECT COUNT(*) FROM"
		" lookup) + (SELECT COUNT(*) FROM user_to_app_to_role)"),
	    0);
	assert_int_equal(user_record_remove(&fix->db, id, NULL), ST_MISSING);
}

/* No snapshot holds users: a login must not make every process read all
 * services, roles and apps again. */
static void
users_do_not_step_the_version(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record wanted = { .email = STR("b@x.org") };
	int64_t before, after, id;
	struct user_record out;

	roles_make(fix);
	assert_int_equal(system_db_version(&fix->db, &before, NULL), ST_OK);
	id = user_add(fix, "a@x.org");
	const struct user_order order = {
		.id = id, .edit = edit, .ctx = &wanted
	};
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL), ST_OK);
	assert_int_equal(give(fix, id, "shop", "reader", NULL), ST_OK);
	assert_int_equal(user_login_note(&fix->db, id, NULL), ST_OK);
	assert_int_equal(user_record_remove(&fix->db, id, NULL), ST_OK);
	assert_int_equal(system_db_version(&fix->db, &after, NULL), ST_OK);
	assert_int_equal(before, after);
}

#define FIXED(test)                                                            \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_user_comes_back_as_it_was_added),
		FIXED(a_user_without_a_name_is_called_something),
		FIXED(users_are_found_in_any_case),
		FIXED(an_email_and_a_username_are_of_one_user),
		FIXED(texts_that_cannot_be_are_refused),
		FIXED(a_change_keeps_the_rest),
		FIXED(a_change_that_fails_changes_nothing),
		FIXED(admins_and_users_are_listed_apart),
		FIXED(a_user_has_one_role_in_each_app),
		FIXED(who_registers_has_the_role_in_every_app),
		FIXED(a_user_that_goes_takes_roles_and_lookups_along),
		FIXED(users_do_not_step_the_version),
	};

	return SYSTEM_RUN("user_records", tests);
}
