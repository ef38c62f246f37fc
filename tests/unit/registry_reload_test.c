#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/log.h"
#include "middleware/registry/registry.h"
#include "middleware/service.h"
#include "middleware/stores.h"
#include "tests/support/system.h"
#include "tests/support/types.h"

static int
setup(void **state)
{
	fake_reset();
	assert_int_equal(log_open("/dev/null", "off", LOG_ERROR, NULL), ST_OK);
	return system_setup(state);
}

/* Nobody keeps answers there. */
static struct stores_shared *
no_stores(void)
{
	static struct stores_shared shared;

	if (shared.table == NULL)
		shared.table = store_table_new();
	return &shared;
}

static struct registry *
registry_of(struct system_fixture *fix)
{
	const struct service_host host = { .settings = &fix->settings };
	struct registry *reg;

	assert_int_equal(registry_open(&host, false, &reg, NULL), ST_OK);
	assert_int_equal(registry_start(reg, no_stores(), NULL), ST_OK);
	return reg;
}

/* Settings in an arena of their own, as a reload makes them. */
static struct settings *
fresh_settings(struct system_fixture *fix, struct arena **owner, int64_t ttl)
{
	struct settings *settings;

	*owner = malloc(sizeof(**owner));
	assert_non_null(*owner);
	arena_init(*owner, 1024);
	settings = arena_alloc(*owner, sizeof(*settings));
	*settings = fix->settings;
	settings->cache_default_ttl = ttl;
	return settings;
}

static void
a_reload_brings_new_settings(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct snapshot *cached = NULL, *before, *after;
	const struct settings *settings;
	struct arena *owner;

	before = registry_pin(reg, &cached);
	settings = fresh_settings(fix, &owner, 17);
	assert_int_equal(registry_reload(reg, settings, owner, NULL), ST_OK);
	settings = fresh_settings(fix, &owner, 18);
	assert_int_equal(registry_reload(reg, settings, owner, NULL), ST_OK);
	after = registry_pin(reg, &cached);
	assert_int_equal(snapshot_settings(before)->cache_default_ttl, 300);
	assert_int_equal(snapshot_settings(after)->cache_default_ttl, 18);
	snapshot_unref(before);
	snapshot_unref(after);
	snapshot_unref(cached);
	registry_close(reg);
}

static void
a_reload_that_fails_changes_nothing(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct snapshot *cached = NULL, *s;
	struct settings *settings;
	struct error err = { 0 };
	struct arena *owner;

	settings =
	    (struct settings *)(uintptr_t)fresh_settings(fix, &owner, 17);
	settings->app_key = "";
	assert_int_equal(
	    registry_reload(reg, settings, owner, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "APP_KEY"));
	settings =
	    (struct settings *)(uintptr_t)fresh_settings(fix, &owner, 17);
	settings->db_database = "/nowhere/system.db";
	assert_int_not_equal(
	    registry_reload(reg, settings, owner, NULL), ST_OK);
	s = registry_pin(reg, &cached);
	assert_int_equal(snapshot_settings(s)->cache_default_ttl, 300);
	snapshot_unref(s);
	snapshot_unref(cached);
	registry_close(reg);
}

static void
what_is_not_set_up_is_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct settings settings = fix->settings;
	const struct service_host host = { .settings = &settings };
	struct error no_key = { 0 }, no_schema = { 0 };
	struct registry *reg;

	settings.app_key = "";
	assert_int_equal(
	    registry_open(&host, false, &reg, &no_key), ST_INVALID);
	assert_non_null(strstr(no_key.text, "weir setup"));
	assert_null(reg);
	settings = fix->settings;
	system_script(fix, "DELETE FROM schema_migration");
	assert_int_equal(
	    registry_open(&host, false, &reg, &no_schema), ST_INVALID);
	assert_non_null(strstr(no_schema.text, "weir setup"));
	registry_close(NULL);
}

#define REGISTRY(test)                                                         \
	cmocka_unit_test_setup_teardown(test, setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REGISTRY(a_reload_brings_new_settings),
		REGISTRY(a_reload_that_fails_changes_nothing),
		REGISTRY(what_is_not_set_up_is_refused),
	};

	return SYSTEM_RUN("registry_reload", tests);
}
