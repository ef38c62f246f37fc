#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/access.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/words.h"
#include "tests/support/system.h"

static void
role_add(struct system_fixture *fix, const char *name)
{
	struct role_record role = { .name = str_of(name), .active = true };

	assert_int_equal(role_record_add(&fix->db, &role, NULL), ST_OK);
	assert_true(role.id > 0);
}

static int
setup(void **state)
{
	struct service_record service = { .name = STR("db"),
		.type = STR("fake"),
		.config = STR("{}"),
		.active = true };
	struct system_fixture *fix;

	(void)system_setup(state);
	fix = *state;
	assert_int_equal(service_record_add(&fix->db, &service, NULL), ST_OK);
	role_add(fix, "reader");
	return 0;
}

static enum status
grant(struct system_fixture *fix, const char *service, const char *component,
    unsigned verbs, bool *changed)
{
	struct grant_order order = { .role = STR("reader"),
		.service = str_of(service),
		.component = str_of(component),
		.verb_mask = verbs,
		.requestor_mask = REQUESTOR_API };

	return grant_record_put(&fix->db, &order, changed, NULL);
}

static struct role_record *
list(struct system_fixture *fix, size_t *n)
{
	struct role_record *roles;

	assert_int_equal(
	    role_records_list(&fix->db, &fix->arena, &roles, n, NULL), ST_OK);
	return roles;
}

static void
a_role_is_listed_with_its_rows(void **state)
{
	struct system_fixture *fix = *state;
	struct role_record *roles;
	bool changed;
	size_t n;

	role_add(fix, "another");
	role_add(fix, "zoo");
	assert_int_equal(grant(fix, "DB", "/_table/x/*", 3, &changed), ST_OK);
	assert_false(changed);
	assert_int_equal(grant(fix, "*", "*", 1, &changed), ST_OK);
	roles = list(fix, &n);
	assert_int_equal(n, 3);
	assert_true(str_eq(roles[1].name, STR("reader")));
	assert_true(roles[1].active);
	assert_int_equal(roles[0].n_rows, 0);
	assert_int_equal(roles[1].n_rows, 2);
	assert_int_equal(roles[2].n_rows, 0);
	assert_true(str_eq(roles[1].rows[0].service_name, STR("db")));
	assert_true(str_eq(roles[1].rows[0].component, STR("_table/x/*")));
	assert_int_equal(roles[1].rows[0].verb_mask, 3);
	assert_int_equal(roles[1].rows[0].requestor_mask, 1);
	assert_true(str_is_null(roles[1].rows[0].filters));
	assert_int_equal(roles[1].rows[1].service_id, 0);
	assert_true(str_is_null(roles[1].rows[1].service_name));
}

static void
row_filters_stay_until_others_are_granted(void **state)
{
	static const char some[] =
	    "[{\"name\":\"a\",\"operator\":\"=\",\"value\":1}]";
	struct system_fixture *fix = *state;
	struct grant_order order = { .role = STR("reader"),
		.service = STR("db"),
		.component = STR("*"),
		.verb_mask = 1,
		.requestor_mask = REQUESTOR_API,
		.filters = str_of(some),
		.filter_op = STR("OR") };
	const struct access_record *row;
	bool changed;
	size_t n;

	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_OK);
	assert_int_equal(grant(fix, "db", "*", 3, &changed), ST_OK);
	row = &list(fix, &n)[0].rows[0];
	assert_int_equal(row->verb_mask, 3);
	assert_true(str_eq(row->filters, str_of(some)));
	assert_true(str_eq(row->filter_op, STR("OR")));
	order.filters = STR("[]");
	order.filter_op = STR_NULL;
	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_OK);
	row = &list(fix, &n)[0].rows[0];
	assert_true(str_eq(row->filters, STR("[]")));
	assert_true(str_eq(row->filter_op, STR("and")));
	order.filters = STR("[1]");
	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_INVALID);
	order.filters = str_of(some);
	order.service = STR("*");
	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_INVALID);
}

static void
granting_again_sets_the_verbs(void **state)
{
	struct system_fixture *fix = *state;
	struct role_record *roles;
	bool changed;
	size_t n;

	assert_int_equal(grant(fix, "db", "_table/x", 31, &changed), ST_OK);
	assert_int_equal(grant(fix, "db", "_table/X/", 0, &changed), ST_OK);
	assert_true(changed);
	assert_int_equal(grant(fix, "*", "", 31, &changed), ST_OK);
	assert_int_equal(grant(fix, "*", "/", 1, &changed), ST_OK);
	assert_true(changed);
	roles = list(fix, &n);
	assert_int_equal(roles[0].n_rows, 2);
	assert_int_equal(roles[0].rows[0].verb_mask, 0);
	assert_int_equal(roles[0].rows[1].verb_mask, 1);
}

static void
components_that_match_nothing_are_refused(void **state)
{
	struct system_fixture *fix = *state;
	char text[COMPONENT_MAX + 2] = { 0 };
	bool changed;

	memset(text, 'x', COMPONENT_MAX + 1);
	assert_int_equal(grant(fix, "db", "a*b", 1, &changed), ST_INVALID);
	assert_int_equal(grant(fix, "db", "*/x", 1, &changed), ST_INVALID);
	assert_int_equal(grant(fix, "*", "_table/*", 1, &changed), ST_INVALID);
	assert_int_equal(grant(fix, "db", text, 1, &changed), ST_INVALID);
}

static void
unknown_roles_and_services_are_named(void **state)
{
	struct system_fixture *fix = *state;
	struct grant_order order = { .role = STR("nobody"),
		.service = STR("db"),
		.component = STR("*"),
		.verb_mask = 1,
		.requestor_mask = REQUESTOR_API };
	struct error no_role = { 0 }, no_service = { 0 };
	bool changed;

	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, &no_role), ST_MISSING);
	assert_non_null(strstr(no_role.text, "\"nobody\""));
	order.role = STR("reader");
	order.service = STR("nix");
	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, &no_service),
	    ST_MISSING);
	assert_non_null(strstr(no_service.text, "weir service list"));
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"), 0);
}

static void
a_name_is_given_once(void **state)
{
	struct system_fixture *fix = *state;
	struct role_record role = { .name = STR("reader") };
	struct role_record nameless = { .name = STR("") };
	struct error err = { 0 };

	assert_int_equal(role_record_add(&fix->db, &role, &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "weir role grant"));
	assert_int_equal(
	    role_record_add(&fix->db, &nameless, NULL), ST_INVALID);
}

static void
a_row_is_taken_away_by_what_it_was_granted_with(void **state)
{
	struct system_fixture *fix = *state;
	struct grant_order order = { .role = STR("reader"),
		.service = STR("db"),
		.component = STR("_table/x"),
		.verb_mask = 0,
		.requestor_mask = REQUESTOR_SCRIPT };
	struct error err = { 0 };
	bool changed;

	assert_int_equal(grant(fix, "db", "_table/x", 1, &changed), ST_OK);
	assert_int_equal(
	    grant_record_remove(&fix->db, &order, &err), ST_MISSING);
	assert_non_null(strstr(err.text, "weir role show reader"));
	order.requestor_mask = REQUESTOR_API;
	order.component = STR("/_TABLE/X/");
	assert_int_equal(grant_record_remove(&fix->db, &order, NULL), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"), 0);
}

static void
requestors_have_rows_of_their_own(void **state)
{
	struct system_fixture *fix = *state;
	struct grant_order order = { .role = STR("reader"),
		.service = STR("db"),
		.component = STR("*"),
		.verb_mask = 31,
		.requestor_mask = REQUESTOR_SCRIPT };
	struct role_record *roles;
	bool changed;
	size_t n;

	assert_int_equal(grant(fix, "db", "*", 1, &changed), ST_OK);
	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_OK);
	assert_false(changed);
	roles = list(fix, &n);
	assert_int_equal(roles[0].n_rows, 2);
	assert_int_equal(roles[0].rows[0].verb_mask, 1);
	assert_int_equal(roles[0].rows[1].requestor_mask, REQUESTOR_SCRIPT);
}

static void
a_change_keeps_what_it_does_not_name(void **state)
{
	struct system_fixture *fix = *state;
	struct role_change describe = { .description = STR("who reads") };
	struct role_change off = { .active = FLIP_OFF };
	struct role_change rename = { .name = STR("guest") };
	struct role_record *roles;
	size_t n;

	assert_int_equal(
	    role_record_set(&fix->db, STR("reader"), &describe, NULL), ST_OK);
	assert_int_equal(
	    role_record_set(&fix->db, STR("reader"), &off, NULL), ST_OK);
	assert_int_equal(
	    role_record_set(&fix->db, STR("reader"), &rename, NULL), ST_OK);
	roles = list(fix, &n);
	assert_true(str_eq(roles[0].name, STR("guest")));
	assert_true(str_eq(roles[0].description, STR("who reads")));
	assert_false(roles[0].active);
}

static void
a_change_to_another_name_in_use_is_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct role_change rename = { .name = STR("writer") };
	struct error err = { 0 };

	role_add(fix, "writer");
	assert_int_equal(
	    role_record_set(&fix->db, STR("reader"), &rename, &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "\"writer\""));
	assert_int_equal(
	    role_record_set(&fix->db, STR("nix"), &rename, NULL), ST_MISSING);
}

static void
a_role_that_an_app_acts_with_stays(void **state)
{
	struct system_fixture *fix = *state;
	struct app_change act = { .role = STR("reader") };
	struct app_change rest = { .no_role = true };
	struct error err = { 0 };
	bool changed;

	assert_int_equal(grant(fix, "db", "*", 1, &changed), ST_OK);
	assert_int_equal(
	    app_record_set(&fix->db, STR("admin"), &act, NULL), ST_OK);
	assert_int_equal(
	    role_record_remove(&fix->db, STR("reader"), &err), ST_INVALID);
	assert_non_null(strstr(err.text, "\"admin\""));
	assert_int_equal(
	    app_record_set(&fix->db, STR("admin"), &rest, NULL), ST_OK);
	assert_int_equal(
	    role_record_remove(&fix->db, STR("reader"), NULL), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"), 0);
	assert_int_equal(
	    role_record_remove(&fix->db, STR("reader"), NULL), ST_MISSING);
}

#define ROLES(test)                                                            \
	cmocka_unit_test_setup_teardown(test, setup, system_teardown)

static int64_t
row_id(struct system_fixture *fix, const char *component)
{
	return system_number(fix,
	    arena_printf(&fix->arena,
		"SELECT id FROM role_service_access WHERE component = '%s'",
		component)
		.p);
}

static void
a_row_is_changed_and_dropped_by_its_id(void **state)
{
	struct system_fixture *fix = *state;
	struct grant_order order = { .role = STR("reader"),
		.service = STR("*"),
		.component = STR("*"),
		.verb_mask = 8,
		.requestor_mask = REQUESTOR_API };
	bool changed;
	int64_t id;

	role_add(fix, "another");
	assert_int_equal(grant(fix, "db", "a", 1, &changed), ST_OK);
	assert_int_equal(grant(fix, "db", "b", 1, &changed), ST_OK);
	id = row_id(fix, "a");
	assert_int_equal(grant_record_set(&fix->db, id, &order, NULL), ST_OK);
	assert_int_equal(row_id(fix, "*"), id);
	assert_int_equal(
	    system_number(fix, "SELECT verb_mask FROM role_service_access"
			       " WHERE component = '*' AND service_id IS NULL"),
	    8);
	order.service = STR("db");
	order.component = STR("B");
	assert_int_equal(
	    grant_record_set(&fix->db, id, &order, NULL), ST_EXISTS);
	order.component = STR("a*b");
	assert_int_equal(
	    grant_record_set(&fix->db, id, &order, NULL), ST_INVALID);
	order.role = STR("another");
	order.component = STR("c");
	assert_int_equal(
	    grant_record_set(&fix->db, id, &order, NULL), ST_MISSING);
	assert_int_equal(
	    grant_record_drop(&fix->db, id, &order, NULL), ST_MISSING);
	order.role = STR("reader");
	assert_int_equal(grant_record_drop(&fix->db, id, &order, NULL), ST_OK);
	assert_int_equal(
	    grant_record_drop(&fix->db, id, &order, NULL), ST_MISSING);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"), 1);
}

/* Two roles, and the failure that is to come. */
static enum status
both_add(struct system_db *db, void *ctx, struct error *err)
{
	struct role_record one = { .name = STR("one") };
	struct role_record other = { .name = STR("other") };
	const enum status *outcome = ctx;
	enum status st = role_record_add(db, &one, err);

	if (st == ST_OK)
		st = role_record_add(db, &other, err);
	return st == ST_OK ? *outcome : st;
}

static void
a_write_within_another_is_a_part_of_it(void **state)
{
	struct system_fixture *fix = *state;
	enum status fails = ST_DENIED, works = ST_OK;
	int64_t before, after;
	size_t n;

	assert_int_equal(system_db_version(&fix->db, &before, NULL), ST_OK);
	assert_int_equal(
	    system_db_write(&fix->db, both_add, &fails, NULL), ST_DENIED);
	(void)list(fix, &n);
	assert_int_equal(n, 1);
	assert_int_equal(system_db_version(&fix->db, &after, NULL), ST_OK);
	assert_int_equal(after, before);
	assert_int_equal(
	    system_db_transact(&fix->db, both_add, &works, NULL), ST_OK);
	(void)list(fix, &n);
	assert_int_equal(n, 3);
	assert_int_equal(system_db_version(&fix->db, &after, NULL), ST_OK);
	assert_int_equal(after, before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROLES(a_role_is_listed_with_its_rows),
		ROLES(row_filters_stay_until_others_are_granted),
		ROLES(granting_again_sets_the_verbs),
		ROLES(components_that_match_nothing_are_refused),
		ROLES(unknown_roles_and_services_are_named),
		ROLES(a_name_is_given_once),
		ROLES(a_row_is_taken_away_by_what_it_was_granted_with),
		ROLES(requestors_have_rows_of_their_own),
		ROLES(a_change_keeps_what_it_does_not_name),
		ROLES(a_change_to_another_name_in_use_is_refused),
		ROLES(a_role_that_an_app_acts_with_stays),
		ROLES(a_row_is_changed_and_dropped_by_its_id),
		ROLES(a_write_within_another_is_a_part_of_it),
	};

	return SYSTEM_RUN("role_records", tests);
}
