#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/log.h"
#include "middleware/registry/access.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/key_memo.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/platform.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot_build.h"
#include "middleware/service.h"
#include "tests/support/system.h"
#include "tests/support/types.h"

#define KEY "aaaaaabbbbbbccccccddddddeeeeeeff"

static void
service_add(struct system_fixture *fix, const char *name, const char *type)
{
	struct service_record record = { .name = str_of(name),
		.type = str_of(type),
		.config = STR("{}"),
		.active = true };

	assert_int_equal(service_record_add(&fix->db, &record, NULL), ST_OK);
}

static void
role_add(struct system_fixture *fix, const char *name)
{
	struct role_record record = { .name = str_of(name), .active = true };

	assert_int_equal(role_record_add(&fix->db, &record, NULL), ST_OK);
}

static void
grant(struct system_fixture *fix, const char *role, const char *component,
    unsigned verbs)
{
	struct grant_order order = { .role = str_of(role),
		.service = STR("db"),
		.component = str_of(component),
		.verb_mask = verbs,
		.requestor_mask = REQUESTOR_API };
	bool changed;

	assert_int_equal(
	    grant_record_put(&fix->db, &order, &changed, NULL), ST_OK);
}

static void
key_add(struct system_fixture *fix, const char *key, int64_t expires_ms)
{
	struct key_order order = { .app = STR("shop"),
		.role = STR("reader"),
		.key = str_of(key),
		.expires_ms = expires_ms,
		.pepper = fix->pepper };

	assert_int_equal(key_record_add(&fix->db, &order, NULL), ST_OK);
}

static int
setup(void **state)
{
	fake_reset();
	assert_int_equal(log_open("/dev/null", "off", LOG_ERROR, NULL), ST_OK);
	(void)system_setup(state);
	service_add(*state, "db", "fake");
	role_add(*state, "reader");
	grant(*state, "reader", "/_Table/X/*", 1);
	key_add(*state, KEY, 0);
	return 0;
}

static int
teardown(void **state)
{
	assert_int_equal(fake_open(), 0);
	return system_teardown(state);
}

static struct snapshot *
snapshot_of(struct system_fixture *fix, const struct snapshot *previous)
{
	const struct service_host host = { .settings = &fix->settings };
	struct settings_hold *hold;
	struct platform *platform;
	struct snapshot *s, *renewed;

	assert_int_equal(settings_hold_new(&host, NULL, &hold, NULL), ST_OK);
	assert_int_equal(
	    platform_read(&fix->db, &hold->declared, &platform, NULL), ST_OK);
	s = snapshot_build(platform, hold, previous);
	renewed = snapshot_renew(s, 0);
	if (renewed != NULL) {
		snapshot_unref(s);
		s = renewed;
	}
	platform_unref(platform);
	settings_hold_unref(hold);
	return s;
}

static const struct app_key *
key_find(const struct snapshot *s, const char *key)
{
	return snapshot_key(s, str_of(key));
}

static void
a_key_outlives_a_rotation_of_the_master_key(void **state)
{
	struct system_fixture *fix = *state;
	const char *earlier = fix->settings.app_key;
	char fresh[64], list[160];
	struct snapshot *s;

	secret_new_key(fresh);
	fix->settings.app_key = fresh;
	s = snapshot_of(fix, NULL);
	assert_null(key_find(s, KEY));
	snapshot_unref(s);
	(void)snprintf(list, sizeof(list), "%s,%s", fresh, earlier);
	fix->settings.app_previous_keys = list;
	s = snapshot_of(fix, NULL);
	assert_non_null(key_find(s, KEY));
	snapshot_unref(s);
}

static void
a_key_leads_to_what_its_role_may_do(void **state)
{
	struct snapshot *s = snapshot_of(*state, NULL);
	const struct service *db = snapshot_service(s, STR("db"));
	const struct app_key *key = key_find(s, KEY);

	assert_non_null(db);
	assert_non_null(db->instance);
	assert_int_equal(db->cache_ttl, 300);
	assert_non_null(key);
	assert_int_equal(key->expires_ms, 0);
	assert_true(str_eq(key->app->name, STR("shop")));
	assert_true(str_eq(key->app->role->name, STR("reader")));
	assert_true(
	    str_eq(key->app->role->rows[0].component, STR("_table/x/*")));
	assert_int_equal(access_verbs(key->app->role, db->id, STR("_table/x/1"),
			     REQUESTOR_API),
	    1);
	snapshot_unref(s);
}

static void
a_revoked_key_is_not_found(void **state)
{
	struct system_fixture *fix = *state;
	struct snapshot *s;
	int64_t n;

	assert_int_equal(
	    key_record_revoke(&fix->db, STR("shop"), &n, NULL), ST_OK);
	s = snapshot_of(fix, NULL);
	assert_null(key_find(s, KEY));
	snapshot_unref(s);
}

/* Asked twice each: the second time it is remembered. */
static void
a_memo_forgets_with_its_snapshot(void **state)
{
	struct system_fixture *fix = *state;
	struct snapshot *s = snapshot_of(fix, NULL);
	struct snapshot *later;
	struct key_memo *memo = key_memo_new();
	int64_t n;

	key_memo_turn(memo, s);
	for (int i = 0; i < 2; i++) {
		assert_non_null(key_find(s, KEY));
		assert_ptr_equal(
		    key_memo_find(memo, STR(KEY)), key_find(s, KEY));
		assert_null(key_memo_find(memo, STR(KEY "0")));
		assert_null(key_memo_find(memo, STR("")));
	}
	assert_int_equal(
	    key_record_revoke(&fix->db, STR("shop"), &n, NULL), ST_OK);
	later = snapshot_of(fix, NULL);
	key_memo_turn(memo, later);
	assert_null(key_memo_find(memo, STR(KEY)));
	snapshot_unref(s);
	snapshot_unref(later);
	key_memo_free(memo);
}

static void
an_expiry_comes_with_the_key(void **state)
{
	struct snapshot *s;

	key_add(*state, KEY "2", 4711);
	s = snapshot_of(*state, NULL);
	assert_int_equal(key_find(s, KEY "2")->expires_ms, 4711);
	assert_null(key_find(s, KEY "3"));
	snapshot_unref(s);
}

static void
public_keys_name_apps_that_open_nothing(void **state)
{
	struct snapshot *s = snapshot_of(*state, NULL);
	const struct app_key *key = key_find(s,
	    "b5cb82af7b5d4130f36149f90aa2746782e59a872ac70454ac188743cb55b0"
	    "ba");

	assert_non_null(key);
	assert_true(str_eq(key->app->name, STR("file_manager")));
	assert_true(key->app->active);
	assert_null(key->app->role);
	snapshot_unref(s);
}

static void
services_are_sorted_and_those_inactive_stay_closed(void **state)
{
	struct system_fixture *fix = *state;
	const struct service *services;
	struct snapshot *s;
	size_t n;

	service_add(fix, "Abc", "fake");
	service_add(fix, "zzz", "unknown");
	system_script(
	    fix, "UPDATE service SET is_active = 0 WHERE name = 'db'");
	s = snapshot_of(fix, NULL);
	services = snapshot_services(s, &n);
	assert_int_equal(n, 3);
	assert_true(str_eq(services[0].name, STR("abc")));
	assert_non_null(services[0].instance);
	assert_false(services[1].active);
	assert_null(services[1].instance);
	assert_null(services[2].type);
	assert_non_null(services[2].open_error);
	assert_null(snapshot_service(s, STR("nix")));
	snapshot_unref(s);
}

static size_t
hits_of(const struct snapshot *s, int64_t role_id, struct limit_hit *hits)
{
	struct limit_asked asked = { .role_id = role_id, .verb = 1 };

	return limit_index_find(
	    snapshot_limits(s), &asked, hits, LIMIT_HITS_MAX);
}

static void
limits_count_only_against_what_is_active(void **state)
{
	struct system_fixture *fix = *state;
	struct limit_record all = { .name = STR("all"),
		.type = LIMIT_INSTANCE,
		.rate = 5,
		.period = 60,
		.active = true };
	struct limit_record role = { .name = STR("role"),
		.type = LIMIT_ROLE,
		.rate = 5,
		.period = 60,
		.role_name = STR("reader"),
		.active = true };
	struct limit_hit hits[LIMIT_HITS_MAX];
	struct snapshot *s;

	assert_int_equal(limit_record_add(&fix->db, &all, NULL), ST_OK);
	assert_int_equal(limit_record_add(&fix->db, &role, NULL), ST_OK);
	s = snapshot_of(fix, NULL);
	assert_int_equal(hits_of(s, role.role_id, hits), 2);
	assert_true(str_eq(hits[0].limit->key, STR("limit:1:5:60")));
	assert_int_equal(hits[1].limit->role_id, role.role_id);
	snapshot_unref(s);
	system_script(fix, "UPDATE role SET is_active = 0");
	s = snapshot_of(fix, NULL);
	assert_int_equal(hits_of(s, role.role_id, hits), 1);
	snapshot_unref(s);
	system_script(fix, "UPDATE limits SET is_active = 0, rate = 9");
	s = snapshot_of(fix, NULL);
	assert_int_equal(hits_of(s, role.role_id, hits), 0);
	snapshot_unref(s);
}

static void
whatever_changes_a_count_starts_a_new_counter(void **state)
{
	static const struct {
		const char *sql, *key;
	} cases[] = {
		{ "UPDATE limits SET rate = 6", "limit:1:6:60" },
		{ "UPDATE limits SET algorithm = 'sliding'",
		    "limit:1:6:60:sliding" },
		{ "UPDATE limits SET algorithm = 'gcra'", "limit:1:6:60:gcra" },
		{ "UPDATE limits SET burst = 2", "limit:1:6:60:gcra:2" },
		{ "UPDATE limits SET lockout = 1",
		    "limit:1:6:60:gcra:2:lockout" },
	};
	struct system_fixture *fix = *state;
	struct limit_record all = { .name = STR("all"),
		.type = LIMIT_INSTANCE,
		.rate = 5,
		.period = 60,
		.active = true };

	assert_int_equal(limit_record_add(&fix->db, &all, NULL), ST_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limit_hit hits[LIMIT_HITS_MAX];
		struct snapshot *s;

		system_script(fix, cases[i].sql);
		s = snapshot_of(fix, NULL);
		assert_int_equal(hits_of(s, 0, hits), 1);
		assert_true(str_eq(hits[0].limit->key, str_of(cases[i].key)));
		snapshot_unref(s);
	}
}

static void
a_service_keeps_its_instance_while_its_record_does(void **state)
{
	struct system_fixture *fix = *state;
	struct snapshot *first = snapshot_of(fix, NULL), *second, *third;

	service_add(fix, "other", "fake");
	second = snapshot_of(fix, first);
	assert_ptr_equal(snapshot_service(first, STR("db"))->instance,
	    snapshot_service(second, STR("db"))->instance);
	assert_int_equal(fake_opened(), 2);
	snapshot_unref(first);
	system_script(fix, "UPDATE service SET config = '{\"a\":1}'"
			   " WHERE name = 'db'");
	third = snapshot_of(fix, second);
	assert_int_equal(fake_opened(), 3);
	assert_int_equal(fake_open(), 3);
	snapshot_unref(second);
	assert_int_equal(fake_open(), 2);
	snapshot_unref(third);
}

static void
a_service_that_cannot_be_opened_says_why_and_comes_back(void **state)
{
	struct snapshot *s, *renewed;

	fake_fail("no such file");
	s = snapshot_of(*state, NULL);
	assert_null(snapshot_service(s, STR("db"))->instance);
	assert_string_equal(
	    snapshot_service(s, STR("db"))->open_error, "no such file");
	fake_fail(NULL);
	assert_null(snapshot_renew(s, 999));
	renewed = snapshot_renew(s, 1000);
	assert_non_null(renewed);
	assert_non_null(snapshot_service(renewed, STR("db"))->instance);
	assert_null(snapshot_service(renewed, STR("db"))->open_error);
	snapshot_unref(renewed);
	snapshot_unref(s);
}

/* The fingerprint of a role in a snapshot of the database as it is now. */
static void
fingerprint(
    struct system_fixture *fix, const char *key, uint8_t out[DIGEST_BYTES])
{
	struct snapshot *s = snapshot_of(fix, NULL);

	memcpy(out, key_find(s, key)->app->role->fingerprint, DIGEST_BYTES);
	snapshot_unref(s);
}

static void
equal_rows_make_equal_fingerprints(void **state)
{
	struct system_fixture *fix = *state;
	struct key_order order = { .app = STR("twin"),
		.role = STR("twin"),
		.key = STR(KEY "t"),
		.pepper = fix->pepper };
	uint8_t first[DIGEST_BYTES], second[DIGEST_BYTES];

	role_add(fix, "twin");
	assert_int_equal(key_record_add(&fix->db, &order, NULL), ST_OK);
	fingerprint(fix, KEY, first);
	fingerprint(fix, KEY "t", second);
	assert_memory_not_equal(first, second, DIGEST_BYTES);
	grant(fix, "reader", "_table/y", 3);
	grant(fix, "twin", "_TABLE/y/", 3);
	grant(fix, "twin", "_table/x/*", 1);
	fingerprint(fix, KEY, first);
	fingerprint(fix, KEY "t", second);
	assert_memory_equal(first, second, DIGEST_BYTES);
}

static void
with_filters_the_order_of_rows_counts(void **state)
{
	struct system_fixture *fix = *state;
	uint8_t first[DIGEST_BYTES], second[DIGEST_BYTES];

	grant(fix, "reader", "_table/y", 1);
	system_script(fix, "UPDATE role_service_access SET filters = '[1]',"
			   " component = '*' WHERE id = 1;"
			   "UPDATE role_service_access SET filters = '[2]',"
			   " component = '*' WHERE id = 2");
	fingerprint(fix, KEY, first);
	system_script(fix, "UPDATE role_service_access SET filters = '[2]'"
			   " WHERE id = 1;"
			   "UPDATE role_service_access SET filters = '[1]'"
			   " WHERE id = 2");
	fingerprint(fix, KEY, second);
	assert_memory_not_equal(first, second, DIGEST_BYTES);
}

static void
service_fingerprint(
    struct system_fixture *fix, const char *name, uint8_t out[DIGEST_BYTES])
{
	struct snapshot *s = snapshot_of(fix, NULL);

	memcpy(
	    out, snapshot_service(s, str_of(name))->fingerprint, DIGEST_BYTES);
	snapshot_unref(s);
}

static void
name_and_config_make_the_fingerprint_of_a_service(void **state)
{
	struct system_fixture *fix = *state;
	uint8_t first[DIGEST_BYTES], second[DIGEST_BYTES];

	service_add(fix, "twin", "fake");
	service_fingerprint(fix, "db", first);
	service_fingerprint(fix, "twin", second);
	assert_memory_not_equal(first, second, DIGEST_BYTES);
	system_script(
	    fix, "UPDATE service SET label = 'other' WHERE name = 'db'");
	service_fingerprint(fix, "db", second);
	assert_memory_equal(first, second, DIGEST_BYTES);
	system_script(fix,
	    "UPDATE service SET config = '{\"other\":1}' WHERE name = 'db'");
	service_fingerprint(fix, "db", second);
	assert_memory_not_equal(first, second, DIGEST_BYTES);
}

#define SNAPSHOT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SNAPSHOT(a_key_outlives_a_rotation_of_the_master_key),
		SNAPSHOT(a_key_leads_to_what_its_role_may_do),
		SNAPSHOT(a_revoked_key_is_not_found),
		SNAPSHOT(a_memo_forgets_with_its_snapshot),
		SNAPSHOT(an_expiry_comes_with_the_key),
		SNAPSHOT(public_keys_name_apps_that_open_nothing),
		SNAPSHOT(services_are_sorted_and_those_inactive_stay_closed),
		SNAPSHOT(limits_count_only_against_what_is_active),
		SNAPSHOT(whatever_changes_a_count_starts_a_new_counter),
		SNAPSHOT(a_service_keeps_its_instance_while_its_record_does),
		SNAPSHOT(
		    a_service_that_cannot_be_opened_says_why_and_comes_back),
		SNAPSHOT(equal_rows_make_equal_fingerprints),
		SNAPSHOT(name_and_config_make_the_fingerprint_of_a_service),
		SNAPSHOT(with_filters_the_order_of_rows_counts),
	};

	return SYSTEM_RUN("snapshot", tests);
}
