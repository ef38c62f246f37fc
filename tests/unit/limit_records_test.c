#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"
#include "tests/support/system.h"

static int
setup(void **state)
{
	struct role_record role = { .name = STR("reader"), .active = true };
	struct service_record service = { .name = STR("db"),
		.type = STR("fake"),
		.config = STR("{}"),
		.active = true };
	struct system_fixture *fix;

	(void)system_setup(state);
	fix = *state;
	assert_int_equal(role_record_add(&fix->db, &role, NULL), ST_OK);
	assert_int_equal(service_record_add(&fix->db, &service, NULL), ST_OK);
	return 0;
}

static struct limit_record
a_limit(const char *name, enum limit_type type)
{
	return (struct limit_record){ .name = str_of(name),
		.type = type,
		.rate = 5,
		.period = 60,
		.active = true };
}

static enum status
add(struct system_fixture *fix, struct limit_record limit, struct error *err)
{
	return limit_record_add(&fix->db, &limit, err);
}

static struct limit_record *
list(struct system_fixture *fix, size_t *n)
{
	struct limit_record *limits;

	assert_int_equal(
	    limit_records_list(&fix->db, &fix->arena, &limits, n, NULL), ST_OK);
	return limits;
}

static void
a_limit_is_listed_with_the_names_it_is_about(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("slow", LIMIT_APP_SERVICE);
	struct limit_record *limits;
	char sql[160];
	size_t n;

	limit.app_name = STR("admin");
	limit.service_name = STR("DB");
	limit.verb_mask = 1;
	assert_int_equal(add(fix, limit, NULL), ST_OK);
	limits = list(fix, &n);
	assert_int_equal(n, 1);
	assert_true(str_eq(limits[0].name, STR("slow")));
	assert_int_equal(limits[0].type, LIMIT_APP_SERVICE);
	assert_int_equal(limits[0].rate, 5);
	assert_int_equal(limits[0].period, 60);
	assert_true(str_eq(limits[0].app_name, STR("admin")));
	assert_true(str_eq(limits[0].service_name, STR("db")));
	assert_true(str_is_null(limits[0].role_name));
	assert_int_equal(limits[0].role_id, 0);
	assert_true(limits[0].app_id > 0);
	assert_true(limits[0].service_id > 0);
	assert_int_equal(limits[0].verb_mask, 1);
	assert_true(limits[0].active);
	(void)snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM limits WHERE key_text ="
	    " 'instance.app:1.service:%lld.verb:GET.minute'",
	    (long long)limits[0].service_id);
	assert_int_equal(system_number(fix, sql), 1);
}

static void
each_type_takes_just_its_own_names(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record role = a_limit("r", LIMIT_ROLE);
	struct error err = { 0 };

	role.role_name = STR("reader");
	role.service_name = STR("db");
	assert_int_equal(add(fix, role, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "instance.role takes no service"));
	role.service_name = STR_NULL;
	assert_int_equal(add(fix, role, NULL), ST_OK);
	assert_int_equal(add(fix, a_limit("i", LIMIT_INSTANCE), NULL), ST_OK);
}

static void
without_a_name_it_is_about_each_of_them(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record *limits;
	size_t n;

	assert_int_equal(add(fix, a_limit("i", LIMIT_INSTANCE), NULL), ST_OK);
	assert_int_equal(
	    add(fix, a_limit("r", LIMIT_APP_SERVICE), NULL), ST_OK);
	limits = list(fix, &n);
	assert_int_equal(n, 2);
	assert_int_equal(limits[1].app_id, 0);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM limits WHERE key_text ="
			       " 'instance.each_app.each_service.minute'"),
	    1);
}

static void
rates_and_verbs_have_bounds(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("x", LIMIT_INSTANCE);

	limit.rate = 0;
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.rate = CACHE_COUNT_MAX + 1;
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.rate = CACHE_COUNT_MAX;
	limit.verb_mask = 3;
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.verb_mask = 2;
	assert_int_equal(add(fix, limit, NULL), ST_OK);
}

static void
a_second_limit_on_the_same_thing_is_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("a", LIMIT_INSTANCE);
	struct error name = { 0 }, thing = { 0 };

	assert_int_equal(add(fix, limit, NULL), ST_OK);
	limit.period = 3600;
	assert_int_equal(add(fix, limit, &name), ST_EXISTS);
	assert_non_null(strstr(name.text, "weir limit set a"));
	limit.name = STR("b");
	limit.period = 60;
	limit.rate = 7;
	assert_int_equal(add(fix, limit, &thing), ST_EXISTS);
	assert_non_null(strstr(thing.text, "weir limit list"));
	limit.verb_mask = 1;
	assert_int_equal(add(fix, limit, NULL), ST_OK);
}

static void
what_a_limit_is_about_must_exist(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("a", LIMIT_APP);
	struct error err = { 0 };

	limit.app_name = STR("nix");
	assert_int_equal(add(fix, limit, &err), ST_MISSING);
	assert_non_null(strstr(err.text, "\"nix\""));
}

static void
a_limit_can_be_removed_once(void **state)
{
	struct system_fixture *fix = *state;
	size_t n;

	assert_int_equal(add(fix, a_limit("a", LIMIT_INSTANCE), NULL), ST_OK);
	assert_int_equal(limit_record_remove(&fix->db, STR("a"), NULL), ST_OK);
	assert_int_equal(
	    limit_record_remove(&fix->db, STR("a"), NULL), ST_MISSING);
	(void)list(fix, &n);
	assert_int_equal(n, 0);
}

/* Makes it a limit of 9 on one verb of each app. */
static enum status
edit(void *ctx, struct limit_record *limit, struct error *err)
{
	bool *refuse = ctx;

	if (*refuse)
		return error_set(err, ST_INVALID, "no");
	limit->type = LIMIT_APP;
	limit->rate = 9;
	limit->verb_mask = 1;
	limit->active = false;
	return ST_OK;
}

static enum status
set(struct system_fixture *fix, const char *name, bool refuse)
{
	struct limit_record limit;

	return limit_record_set(
	    &fix->db, &fix->arena, str_of(name), edit, &refuse, &limit, NULL);
}

static void
a_limit_can_be_changed(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record *limits;
	size_t n;

	assert_int_equal(add(fix, a_limit("a", LIMIT_INSTANCE), NULL), ST_OK);
	assert_int_equal(set(fix, "a", true), ST_INVALID);
	assert_int_equal(set(fix, "nix", false), ST_MISSING);
	assert_int_equal(set(fix, "a", false), ST_OK);
	assert_int_equal(set(fix, "a", false), ST_OK);
	limits = list(fix, &n);
	assert_int_equal(n, 1);
	assert_int_equal(limits[0].type, LIMIT_APP);
	assert_int_equal(limits[0].rate, 9);
	assert_int_equal(limits[0].period, 60);
	assert_false(limits[0].active);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM limits WHERE key_text ="
			       " 'instance.each_app.verb:GET.minute'"),
	    1);
}

static void
a_change_to_what_another_limit_counts_is_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record app = a_limit("b", LIMIT_APP);

	app.verb_mask = 1;
	assert_int_equal(add(fix, a_limit("a", LIMIT_INSTANCE), NULL), ST_OK);
	assert_int_equal(add(fix, app, NULL), ST_OK);
	assert_int_equal(set(fix, "a", false), ST_EXISTS);
}

#define LIMITS(test)                                                           \
	cmocka_unit_test_setup_teardown(test, setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIMITS(a_limit_is_listed_with_the_names_it_is_about),
		LIMITS(each_type_takes_just_its_own_names),
		LIMITS(without_a_name_it_is_about_each_of_them),
		LIMITS(rates_and_verbs_have_bounds),
		LIMITS(a_second_limit_on_the_same_thing_is_refused),
		LIMITS(what_a_limit_is_about_must_exist),
		LIMITS(a_limit_can_be_removed_once),
		LIMITS(a_limit_can_be_changed),
		LIMITS(a_change_to_what_another_limit_counts_is_refused),
	};

	return SYSTEM_RUN("limit_records", tests);
}
