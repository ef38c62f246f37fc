#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/instance.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot.h"
#include "middleware/service.h"
#include "tests/support/types.h"

#define APP_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static const struct settings settings = { .app_key = APP_KEY };

static int
setup(void **state)
{
	const struct service_host host = { .settings = &settings };
	struct settings_hold *hold;

	fake_reset();
	assert_int_equal(log_open("/dev/null", "off", LOG_ERROR, NULL), ST_OK);
	assert_int_equal(settings_hold_new(&host, NULL, &hold, NULL), ST_OK);
	*state = hold;
	return 0;
}

static int
teardown(void **state)
{
	settings_hold_unref(*state);
	assert_int_equal(fake_open(), 0);
	return 0;
}

static struct service
a_service(void)
{
	return (struct service){ .id = 7,
		.name = STR("db"),
		.label = STR("Shop"),
		.type_name = STR("fake"),
		.config = STR("{}"),
		.active = true,
		.cache_ttl = 60,
		.type = service_type_find(STR("fake")) };
}

static struct instance *
open_at(
    const struct service *record, struct settings_hold *hold, int64_t now_ms)
{
	struct instance *inst = instance_new(record, hold);
	struct instance *opened = instance_renew(inst, now_ms);

	assert_null(instance_handle(inst));
	assert_non_null(instance_error(inst));
	instance_unref(inst);
	return opened;
}

static void
an_instance_is_closed_with_its_last_hold(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);

	assert_non_null(instance_handle(inst));
	assert_null(instance_error(inst));
	(void)instance_ref(inst);
	instance_unref(inst);
	assert_int_equal(fake_open(), 1);
	instance_unref(inst);
	assert_int_equal(fake_open(), 0);
	instance_unref(NULL);
}

static void
it_fits_as_long_as_the_record_means_the_same(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);
	struct service other = a_service();

	other.label = STR("another label");
	assert_true(instance_fits(inst, &other));
	other.config = STR("{\"a\":1}");
	assert_false(instance_fits(inst, &other));
	other = a_service();
	other.cache_ttl = 61;
	assert_false(instance_fits(inst, &other));
	other = a_service();
	other.cache_enabled = true;
	assert_false(instance_fits(inst, &other));
	other = a_service();
	other.name = STR("db2");
	assert_false(instance_fits(inst, &other));
	other = a_service();
	other.id = 8;
	assert_false(instance_fits(inst, &other));
	instance_unref(inst);
}

static struct service
a_sealed_service(struct arena *arena, const struct app_keys *keys)
{
	struct service record = a_service();
	const struct config_owner owner = { record.name, record.type };

	record.config = STR("{\"database\":\"x\",\"password\":\"hush\"}");
	assert_int_equal(
	    config_seal(arena, keys, &owner, &record.config, NULL), ST_OK);
	return record;
}

static void
only_the_opening_sees_its_secrets(void **state)
{
	struct settings_hold *hold = *state;
	struct arena arena;
	struct service record;
	struct instance *inst;

	arena_init(&arena, 1024);
	record = a_sealed_service(&arena, &hold->keys);
	assert_null(memmem(record.config.p, record.config.n, "hush", 4));
	inst = open_at(&record, hold, 0);
	assert_string_equal(
	    fake_config(), "{\"database\":\"x\",\"password\":\"hush\"}");
	assert_true(instance_fits(inst, &record));
	fake_change();
	instance_unref(instance_renew(inst, 0));
	assert_non_null(strstr(fake_config(), "hush"));
	assert_int_equal(fake_opened(), 2);
	instance_unref(inst);
	arena_close(&arena);
}

static void
it_fits_when_its_secrets_are_only_sealed_anew(void **state)
{
	struct settings_hold *hold = *state;
	struct arena arena;
	struct service record, again;
	struct instance *inst;

	arena_init(&arena, 1024);
	record = a_sealed_service(&arena, &hold->keys);
	again = a_sealed_service(&arena, &hold->keys);
	assert_false(str_eq(record.config, again.config));
	inst = open_at(&record, hold, 0);
	assert_true(instance_fits(inst, &again));
	again.config = STR("{\"database\":\"x\",\"password\":\"sealed:\"}");
	assert_false(instance_fits(inst, &again));
	instance_unref(inst);
	arena_close(&arena);
}

static void
under_another_app_key_it_does_not_open(void **state)
{
	struct settings_hold *hold = *state;
	struct app_keys other = { .n = 1 };
	struct arena arena;
	struct service record;
	struct instance *inst, *fresh;

	arena_init(&arena, 1024);
	memset(other.credentials[0], 'x', SECRET_KEY_BYTES);
	record = a_sealed_service(&arena, &other);
	inst = instance_new(&record, hold);
	fresh = instance_renew(inst, 0);
	assert_non_null(fresh);
	assert_null(instance_handle(fresh));
	assert_non_null(strstr(
	    instance_error(fresh), "the password of service db cannot be"));
	assert_non_null(strstr(instance_error(fresh), "APP_KEY"));
	instance_unref(fresh);
	instance_unref(inst);
	arena_close(&arena);
}

static void
one_that_works_is_not_renewed(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);

	assert_null(instance_renew(inst, 1000000));
	instance_unref(inst);
}

static void
one_to_which_others_wrote_tells_it_once(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);

	assert_false(instance_outdated(inst));
	fake_outdate();
	assert_null(instance_renew(inst, 0));
	assert_true(instance_outdated(inst));
	assert_false(instance_outdated(inst));
	fake_outdate();
	fake_change();
	fake_fail("locked");
	assert_null(instance_renew(inst, 0));
	assert_true(instance_outdated(inst));
	fake_fail(NULL);
	instance_unref(inst);
}

static void
one_that_changed_is_opened_anew(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);
	struct instance *fresh;

	fake_change();
	fresh = instance_renew(inst, 0);
	assert_non_null(fresh);
	assert_int_equal(fake_opened(), 2);
	instance_unref(inst);
	instance_unref(fresh);
}

static void
one_that_changed_serves_on_until_it_can_be_opened(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);
	struct instance *fresh;

	fake_change();
	fake_fail("locked");
	assert_null(instance_renew(inst, 0));
	assert_non_null(instance_handle(inst));
	fake_fail(NULL);
	assert_null(instance_renew(inst, 999));
	fresh = instance_renew(inst, 1000);
	assert_non_null(fresh);
	instance_unref(inst);
	instance_unref(fresh);
}

static void
one_that_lost_what_it_stands_on_serves_nobody(void **state)
{
	struct service record = a_service();
	struct instance *inst = open_at(&record, *state, 0);
	struct instance *none, *fresh;

	fake_vanish();
	none = instance_renew(inst, 0);
	assert_non_null(none);
	assert_null(instance_handle(none));
	assert_non_null(instance_error(none));
	fresh = instance_renew(none, 0);
	assert_non_null(instance_handle(fresh));
	instance_unref(inst);
	instance_unref(none);
	instance_unref(fresh);
}

static void
tries_of_a_mistake_come_ever_more_seldom(void **state)
{
	static const int64_t waits[] = { 1000, 2000, 4000, 8000, 16000, 30000,
		30000 };
	struct service record = a_service();
	struct instance *inst, *fresh;
	int64_t now_ms = 0;

	fake_fail("no such file");
	inst = open_at(&record, *state, now_ms);
	assert_null(instance_handle(inst));
	assert_string_equal(instance_error(inst), "no such file");
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		fake_fail(NULL);
		assert_null(instance_renew(inst, now_ms + waits[i] - 1));
		fake_fail("no such file");
		now_ms += waits[i];
		assert_null(instance_renew(inst, now_ms));
	}
	fake_fail(NULL);
	fresh = instance_renew(inst, now_ms + 30000);
	assert_non_null(instance_handle(fresh));
	instance_unref(inst);
	instance_unref(fresh);
}

static void
what_is_away_is_tried_every_second(void **state)
{
	struct service record = a_service();
	struct instance *inst, *fresh;

	fake_away("nobody answers");
	inst = open_at(&record, *state, 0);
	for (int64_t now_ms = 2000; now_ms < 100000; now_ms += 2000)
		assert_null(instance_renew(inst, now_ms));
	fake_away(NULL);
	fresh = instance_renew(inst, 100000);
	assert_non_null(fresh);
	instance_unref(inst);
	instance_unref(fresh);
}

static void
a_new_reason_is_told_and_keeps_the_pace(void **state)
{
	struct service record = a_service();
	struct instance *inst, *fresh;

	fake_fail("no such file");
	inst = open_at(&record, *state, 0);
	fake_fail("not a database");
	fresh = instance_renew(inst, 1000);
	assert_string_equal(instance_error(fresh), "not a database");
	instance_unref(inst);
	assert_null(instance_renew(fresh, 2999));
	fake_fail(NULL);
	assert_null(instance_renew(fresh, 2999));
	inst = instance_renew(fresh, 3000);
	assert_non_null(inst);
	instance_unref(inst);
	instance_unref(fresh);
}

#define INSTANCE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSTANCE(an_instance_is_closed_with_its_last_hold),
		INSTANCE(it_fits_as_long_as_the_record_means_the_same),
		INSTANCE(only_the_opening_sees_its_secrets),
		INSTANCE(it_fits_when_its_secrets_are_only_sealed_anew),
		INSTANCE(under_another_app_key_it_does_not_open),
		INSTANCE(one_that_works_is_not_renewed),
		INSTANCE(one_to_which_others_wrote_tells_it_once),
		INSTANCE(one_that_changed_is_opened_anew),
		INSTANCE(one_that_changed_serves_on_until_it_can_be_opened),
		INSTANCE(one_that_lost_what_it_stands_on_serves_nobody),
		INSTANCE(what_is_away_is_tried_every_second),
		INSTANCE(tries_of_a_mistake_come_ever_more_seldom),
		INSTANCE(a_new_reason_is_told_and_keeps_the_pace),
	};

	return cmocka_run_group_tests_name("instance", tests, NULL, NULL);
}
