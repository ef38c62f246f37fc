#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache.h"
#include "middleware/registry/limit_check.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/user_records.h"
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
	struct user_record user = { .email = STR("ann@x.org"), .active = true };

	assert_int_equal(service_record_add(&fix->db, &service, NULL), ST_OK);
	assert_int_equal(
	    user_record_add(&fix->db, &fix->arena, &user, NULL), ST_OK);
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

/* dreamfactory.md 4.2: the key of each type, and what each must name. */
static const struct {
	enum limit_type type;
	const char *key;
	const char *needs[3];
} types[] = {
	{ LIMIT_INSTANCE, "instance.minute", { NULL } },
	{ LIMIT_USER, "instance.user:1.minute", { "user_id" } },
	{ LIMIT_EACH_USER, "instance.each_user.minute", { NULL } },
	{ LIMIT_ROLE, "instance.role:1.minute", { "role_id" } },
	{ LIMIT_SERVICE, "instance.service:S.minute", { "service_id" } },
	{ LIMIT_USER_SERVICE, "instance.user:1.service:S.minute",
	    { "user_id", "service_id" } },
	{ LIMIT_EACH_USER_SERVICE, "instance.each_user.service:S.minute",
	    { "service_id" } },
	{ LIMIT_ENDPOINT, "instance.service:S.endpoint:_table/*.minute",
	    { "service_id", "endpoint" } },
	{ LIMIT_USER_ENDPOINT,
	    "instance.user:1.service:S.endpoint:_table/*.minute",
	    { "user_id", "service_id", "endpoint" } },
	{ LIMIT_EACH_USER_ENDPOINT,
	    "instance.each_user.service:S.endpoint:_table/*.minute",
	    { "service_id", "endpoint" } },
	{ LIMIT_APP, "instance.app:1.minute", { NULL } },
	{ LIMIT_APP_SERVICE, "instance.app:1.service:S.minute", { NULL } },
};

static struct limit_record
a_full_limit(const char *name, enum limit_type type)
{
	struct limit_record limit = a_limit(name, type);

	limit.app_name = STR("admin");
	limit.user_email = STR("Ann@X.org");
	limit.role_name = STR("reader");
	limit.service_name = STR("db");
	limit.endpoint = STR("/_table/*/");
	limit_record_trim(&limit);
	return limit;
}

/* The id of the service is as it came. */
static void
assert_key(const struct limit_record *limit, const char *key)
{
	char want[128];
	const char *at = strchr(key, 'S');

	(void)snprintf(want, sizeof(want), "%s", key);
	if (at != NULL)
		(void)snprintf(want, sizeof(want), "%.*s%lld%s",
		    (int)(at - key), key, (long long)limit->service_id, at + 1);
	assert_string_equal(limit->key_text.p, want);
}

static void
every_type_is_stored_with_its_key(void **state)
{
	struct system_fixture *fix = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct limit_record limit = a_full_limit("a", types[i].type);
		struct limit_record *limits;
		size_t n;

		assert_int_equal(add(fix, limit, NULL), ST_OK);
		limits = list(fix, &n);
		assert_int_equal(n, 1);
		assert_int_equal(limits[0].type, types[i].type);
		assert_int_equal(
		    limits[0].user_id, limit.user_email.n > 0 ? 1 : 0);
		assert_key(&limits[0], types[i].key);
		assert_int_equal(
		    limit_record_remove(&fix->db, STR("a"), NULL), ST_OK);
	}
}

static void
forget(struct limit_record *limit, const char *member)
{
	if (strcmp(member, "user_id") == 0)
		limit->user_email = STR_NULL;
	if (strcmp(member, "role_id") == 0)
		limit->role_name = STR_NULL;
	if (strcmp(member, "service_id") == 0)
		limit->service_name = STR_NULL;
	if (strcmp(member, "endpoint") == 0)
		limit->endpoint = STR("//");
}

static void
what_a_type_is_about_must_be_named(void **state)
{
	struct system_fixture *fix = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (size_t k = 0; k < 3 && types[i].needs[k] != NULL; k++) {
			struct limit_record limit =
			    a_full_limit("few", types[i].type);
			struct error err = { 0 };

			forget(&limit, types[i].needs[k]);
			assert_int_equal(add(fix, limit, &err), ST_INVALID);
			assert_ptr_equal(
			    strstr(err.text, types[i].needs[k]), err.text);
			assert_non_null(strstr(err.text,
			    " must be specified with this limit type. "
			    "Limit: few"));
		}
	}
}

static void
without_an_app_it_is_about_each_of_them(void **state)
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
	assert_string_equal(
	    limits[1].key_text.p, "instance.each_app.each_service.minute");
}

static void
how_it_counts_is_stored(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("g", LIMIT_INSTANCE);
	struct limit_record *limits;
	struct error err = { 0 };
	size_t n;

	limit.burst = 2;
	assert_int_equal(add(fix, limit, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "gcra"));
	limit.algorithm = CACHE_GCRA;
	limit.burst = 6; /* of 5 */
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.burst = 2;
	limit.lockout = true;
	limit.dry_run = true;
	limit.description = STR("why");
	assert_int_equal(add(fix, limit, NULL), ST_OK);
	limits = list(fix, &n);
	assert_int_equal(limits[0].algorithm, CACHE_GCRA);
	assert_int_equal(limits[0].burst, 2);
	assert_true(limits[0].lockout);
	assert_true(limits[0].dry_run);
	assert_string_equal(limits[0].description.p, "why");
}

/* Of more the whole microseconds between two lose too much. */
static void
gcra_is_no_faster_than_it_is_exact(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("g", LIMIT_INSTANCE);
	struct error err = { 0 };

	limit.period = 2;
	limit.rate = 20001;
	limit.algorithm = CACHE_GCRA;
	assert_int_equal(add(fix, limit, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "rate: "));
	assert_non_null(strstr(err.text, "gcra counts up to 10000 a second"));
	assert_non_null(strstr(err.text, "at most 20000"));
	limit.rate = 20000;
	assert_int_equal(add(fix, limit, NULL), ST_OK);
	limit = a_limit("s", LIMIT_INSTANCE);
	limit.rate = 16000000;
	limit.algorithm = CACHE_SLIDING;
	assert_int_equal(add(fix, limit, NULL), ST_OK);
}

static void
a_user_takes_its_limits_along(void **state)
{
	struct system_fixture *fix = *state;
	size_t n;

	assert_int_equal(add(fix, a_full_limit("a", LIMIT_USER), NULL), ST_OK);
	assert_int_equal(user_record_remove(&fix->db, 1, NULL), ST_OK);
	(void)list(fix, &n);
	assert_int_equal(n, 0);
}

static void
rates_have_bounds(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record limit = a_limit("x", LIMIT_INSTANCE);

	limit.rate = 0;
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.rate = CACHE_COUNT_MAX + 1;
	assert_int_equal(add(fix, limit, NULL), ST_INVALID);
	limit.rate = CACHE_COUNT_MAX;
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
	assert_non_null(strstr(name.text, "\"a\" already"));
	limit.name = STR("b");
	limit.period = 60;
	limit.rate = 7;
	assert_int_equal(add(fix, limit, &thing), ST_EXISTS);
	assert_string_equal(thing.text,
	    "A limit already exists with those parameters. No records added.");
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
		LIMITS(every_type_is_stored_with_its_key),
		LIMITS(what_a_type_is_about_must_be_named),
		LIMITS(without_an_app_it_is_about_each_of_them),
		LIMITS(how_it_counts_is_stored),
		LIMITS(gcra_is_no_faster_than_it_is_exact),
		LIMITS(a_user_takes_its_limits_along),
		LIMITS(rates_have_bounds),
		LIMITS(a_second_limit_on_the_same_thing_is_refused),
		LIMITS(what_a_limit_is_about_must_exist),
		LIMITS(a_limit_can_be_removed_once),
		LIMITS(a_limit_can_be_changed),
		LIMITS(a_change_to_what_another_limit_counts_is_refused),
	};

	return SYSTEM_RUN("limit_records", tests);
}
