#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/audit_records.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/service_set.h"
#include "middleware/registry/user_login.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"
#include "tests/support/system.h"

#define HASH_A "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define HASH_B "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"
#define KEY    "0123456789abcdef0123456789abcdef"

/* "create role {...}" of what was written last, at `back` from the end. */
static const char *
said(struct system_fixture *fix, size_t back)
{
	struct audit_record *list;
	struct buf text = buf_in(&fix->arena);
	size_t n;

	assert_int_equal(audit_records_list(&fix->db, &fix->arena, STR_NULL,
			     100, &list, &n, NULL),
	    ST_OK);
	assert_true(n > back);
	buf_printf(&text, "%.*s %.*s %.*s -> %.*s", STR_ARG(list[back].action),
	    STR_ARG(list[back].resource), STR_ARG(list[back].before),
	    STR_ARG(list[back].after));
	buf_put_char(&text, '\0');
	return text.p;
}

static int64_t
count(struct system_fixture *fix)
{
	return system_number(fix, "SELECT COUNT(*) FROM audit");
}

static void
role_make(struct system_fixture *fix, const char *name)
{
	struct role_record r = { .name = str_of(name), .active = true };

	assert_int_equal(role_record_add(&fix->db, &r, NULL), ST_OK);
}

static void
a_record_is_told_from_its_making_to_its_end(void **state)
{
	struct system_fixture *fix = *state;
	const struct role_change quiet = { .active = FLIP_OFF };

	role_make(fix, "reader \"1\"");
	assert_string_equal(said(fix, 0), "create role  -> {\"name\":"
					  "\"reader \\\"1\\\"\",\"is_active\":"
					  "true}");
	assert_int_equal(
	    role_record_set(&fix->db, STR("reader \"1\""), &quiet, NULL),
	    ST_OK);
	assert_string_equal(said(fix, 0),
	    "update role {\"is_active\":true} -> {\"is_active\":false}");
	assert_int_equal(
	    role_record_remove(&fix->db, STR("reader \"1\""), NULL), ST_OK);
	assert_string_equal(said(fix, 0),
	    "delete role {\"name\":\"reader \\\"1\\\"\",\"is_active\":false} "
	    "-> ");
	assert_int_equal(count(fix), 3);
}

static void
it_is_known_who_did_it_and_when(void **state)
{
	struct system_fixture *fix = *state;
	const struct actor jane = { 7, STR("jane@x.org"), STR("192.0.2.1") };
	struct audit_record *list;
	size_t n;

	fix->db.actor = &jane;
	fix->db.wall_ms = 1767225600000;
	role_make(fix, "a");
	fix->db.actor = NULL;
	role_make(fix, "b");
	assert_int_equal(audit_records_list(&fix->db, &fix->arena, STR("role"),
			     100, &list, &n, NULL),
	    ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].actor_id, 7);
	assert_true(str_eq(list[1].actor, STR("jane@x.org")));
	assert_true(str_eq(list[1].source, STR("192.0.2.1")));
	assert_true(str_eq(list[1].at, STR("2026-01-01 00:00:00")));
	assert_true(list[1].record_id > 0);
	assert_int_equal(list[0].actor_id, 0);
	assert_true(str_eq(list[0].actor, STR("weir")));
	assert_int_equal(audit_records_list(&fix->db, &fix->arena, STR("role"),
			     1, &list, &n, NULL),
	    ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(audit_records_list(&fix->db, &fix->arena, STR("app"),
			     100, &list, &n, NULL),
	    ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(system_number(fix, "SELECT created_by_id FROM role"
					    " WHERE name = 'a'"),
	    7);
}

static void
what_fails_or_changes_nothing_is_not_told(void **state)
{
	struct system_fixture *fix = *state;
	const struct role_change same = { .active = FLIP_ON };
	const struct role_change taken = { .name = STR("b") };
	struct role_record twin = { .name = STR("a") };

	role_make(fix, "a");
	role_make(fix, "b");
	assert_int_equal(count(fix), 2);
	assert_int_equal(role_record_add(&fix->db, &twin, NULL), ST_EXISTS);
	assert_int_equal(
	    role_record_set(&fix->db, STR("a"), &taken, NULL), ST_EXISTS);
	assert_int_equal(
	    role_record_set(&fix->db, STR("a"), &same, NULL), ST_OK);
	assert_int_equal(
	    role_record_remove(&fix->db, STR("c"), NULL), ST_MISSING);
	assert_int_equal(count(fix), 2);
	assert_null(fix->db.audit);
}

static enum status
service_edit(void *ctx, struct service_record *r, struct error *err)
{
	(void)err; /* nothing fails here */
	r->config = str_of(ctx);
	return ST_OK;
}

static void
sealed_secrets_are_masked_and_their_change_is_told(void **state)
{
	struct system_fixture *fix = *state;
	struct service_record r = { .name = STR("db"),
		.type = STR("fake"),
		.config = STR("{\"database\":\"x\",\"password\":"
			      "\"sealed:0011\"}"),
		.active = true };
	struct service_order order = { STR("db"), service_edit,
		"{\"database\":\"x\",\"password\":\"sealed:2233\"}" };

	assert_int_equal(service_record_add(&fix->db, &r, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0),
	    "\"config\":{\"database\":\"x\",\"password\":\"**********\"},"
	    "\"cache_enabled\":false"));
	assert_int_equal(
	    service_record_set(&fix->db, &fix->arena, &order, &r, NULL), ST_OK);
	assert_string_equal(said(fix, 0),
	    "update service {\"config\":{\"database\":\"x\",\"password\":"
	    "\"**********\"}} -> {\"config\":{\"database\":\"x\",\"password\":"
	    "\"**********\"}}");
	assert_int_equal(
	    service_record_remove(&fix->db, STR("DB"), NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "delete service {\"name\":"));
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM audit WHERE before_text"
			       " LIKE '%sealed%' OR after_text LIKE"
			       " '%sealed%'"),
	    0);
}

static enum status
password_edit(void *ctx, struct user_record *r, struct error *err)
{
	(void)err; /* nothing fails here */
	r->password = str_of(ctx);
	return ST_OK;
}

static void
hashes_of_users_are_masked_and_logins_are_not_told(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record r = {
		.email = STR("a@x.org"), .password = STR(HASH_A), .active = true
	};
	struct user_order order = { .edit = password_edit, .ctx = HASH_B };
	char code[CONFIRM_CODE_BYTES + 1];

	assert_int_equal(
	    user_record_add(&fix->db, &fix->arena, &r, NULL), ST_OK);
	assert_string_equal(said(fix, 0),
	    "create user  -> {\"email\":\"a@x.org\",\"name\":\"a\","
	    "\"password\":\"**********\",\"is_sys_admin\":false,"
	    "\"is_active\":true}");
	order.id = r.id;
	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &r, NULL), ST_OK);
	assert_string_equal(said(fix, 0),
	    "update user {\"password\":\"**********\"} -> "
	    "{\"password\":\"**********\"}");
	assert_int_equal(user_login_note(&fix->db, r.id, NULL), ST_OK);
	assert_int_equal(user_login_rehash(&fix->db, &r, HASH_A, NULL), ST_OK);
	assert_int_equal(
	    user_code_new(&fix->db, &fix->keys, r.id, 1, code, NULL), ST_OK);
	assert_int_equal(count(fix), 2);
	assert_int_equal(user_record_remove(&fix->db, r.id, NULL), ST_OK);
	assert_int_equal(count(fix), 3);
}

static void
keys_are_told_without_their_hash(void **state)
{
	struct system_fixture *fix = *state;
	struct key_order order = { .app = STR("shop"),
		.role = STR("a"),
		.key = STR(KEY),
		.pepper = fix->pepper };
	int64_t n;

	role_make(fix, "a");
	assert_int_equal(key_record_add(&fix->db, &order, NULL), ST_OK);
	assert_non_null(
	    strstr(said(fix, 1), "create app  -> {\"name\":\"shop"));
	assert_non_null(strstr(said(fix, 0),
	    "create app_key  -> {\"hint\":\"012345\",\"app_id\":"));
	assert_non_null(strstr(said(fix, 0), "\"hash\":\"**********\""));
	assert_int_equal(
	    key_record_expire(&fix->db, STR("shop"), 77, &n, NULL), ST_OK);
	assert_string_equal(
	    said(fix, 0), "update app_key {\"expires\":0} -> {\"expires\":77}");
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("012345"), &n, NULL), ST_OK);
	assert_non_null(
	    strstr(said(fix, 0), "update app_key {\"revoked\":0} -> "));
	assert_int_equal(app_record_remove(&fix->db, STR("shop"), NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "delete app {\"name\":\"shop\""));
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM audit WHERE after_text"
			       " LIKE '%" KEY "%'"),
	    0);
}

static enum status
rate_edit(void *ctx, struct limit_record *r, struct error *err)
{
	(void)ctx; /* none */
	(void)err; /* nothing fails here */
	r->rate = 9;
	return ST_OK;
}

static void
grants_limits_and_roles_of_users_are_told(void **state)
{
	struct system_fixture *fix = *state;
	const struct grant_order grant = { .role = STR("a"),
		.service = STR("*"),
		.component = STR("*"),
		.verb_mask = 1,
		.requestor_mask = 1 };
	struct limit_record limit = {
		.name = STR("l"), .rate = 5, .period = 60, .active = true
	};
	struct user_record user = { .email = STR("a@x.org") };
	struct user_role role = { .app_name = STR("admin"),
		.role_name = STR("a") };
	bool changed;

	role_make(fix, "a");
	assert_int_equal(
	    grant_record_put(&fix->db, &grant, &changed, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "create role_service_access "));
	assert_int_equal(grant_record_remove(&fix->db, &grant, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "delete role_service_access "));
	assert_int_equal(limit_record_add(&fix->db, &limit, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "create limit "));
	assert_int_equal(limit_record_set(&fix->db, &fix->arena, STR("l"),
			     rate_edit, NULL, &limit, NULL),
	    ST_OK);
	assert_string_equal(
	    said(fix, 0), "update limit {\"rate\":5} -> {\"rate\":9}");
	assert_int_equal(limit_record_remove(&fix->db, STR("l"), NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "delete limit "));
	assert_int_equal(
	    user_record_add(&fix->db, &fix->arena, &user, NULL), ST_OK);
	role.user_id = user.id;
	assert_int_equal(user_role_put(&fix->db, &role, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "create user_to_app_to_role "));
	assert_int_equal(user_role_put(&fix->db, &role, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "create user_to_app_to_role "));
	assert_int_equal(user_role_remove(&fix->db, &role, NULL), ST_OK);
	assert_non_null(strstr(said(fix, 0), "delete user_to_app_to_role "));
}

static void
what_is_old_is_pruned(void **state)
{
	struct system_fixture *fix = *state;
	int64_t n = 0;

	fix->db.wall_ms = 1000000;
	role_make(fix, "a");
	fix->db.wall_ms = 9000000;
	role_make(fix, "b");
	assert_int_equal(
	    audit_records_prune(&fix->db, 9000000, &n, NULL), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(count(fix), 1);
	assert_non_null(strstr(said(fix, 0), "\"name\":\"b\""));
}

#define FIXED(test)                                                            \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_record_is_told_from_its_making_to_its_end),
		FIXED(it_is_known_who_did_it_and_when),
		FIXED(what_fails_or_changes_nothing_is_not_told),
		FIXED(sealed_secrets_are_masked_and_their_change_is_told),
		FIXED(hashes_of_users_are_masked_and_logins_are_not_told),
		FIXED(keys_are_told_without_their_hash),
		FIXED(grants_limits_and_roles_of_users_are_told),
		FIXED(what_is_old_is_pruned),
	};

	return SYSTEM_RUN("audit", tests);
}
