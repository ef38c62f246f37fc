/* Which database DB_CACHE_CONNECTION leads to. */
#include "middleware/store_database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/env.h"
#include "drivers/db/db.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/service.h"
#include "tests/support/system.h"

static void
declare(struct system_fixture *fix, const char *text)
{
	assert_int_equal(env_parse(&fix->arena, str_of(text), NULL, NULL,
			     &fix->settings.declared, NULL),
	    ST_OK);
	fix->settings.env_path = "f.env";
}

/* Records a service, as `weir service add` does. */
static void
record(struct system_fixture *fix, const char *name, const char *type,
    const struct config_member *members, size_t n)
{
	const struct config_given given = { str_of(type), members, n };
	const struct config_owner owner = { str_of(name),
		service_type_find(str_of(type)) };
	struct service_record r = {
		.name = str_of(name),
		.label = STR("x"),
		.description = STR(""),
		.type = str_of(type),
		.active = true,
	};

	assert_int_equal(
	    service_config_make(&fix->arena, &given, &r.config, NULL), ST_OK);
	assert_int_equal(
	    config_seal(&fix->arena, &fix->keys, &owner, &r.config, NULL),
	    ST_OK);
	assert_int_equal(service_record_add(&fix->db, &r, NULL), ST_OK);
}

static struct db_config
find(struct system_fixture *fix, const char *name)
{
	struct db_config config;
	struct error err = { .text = "" };

	fix->settings.db_cache_connection = name;
	if (store_database_find(&fix->settings, &config, &err) != ST_OK)
		fail_msg("%s", err.text);
	return config;
}

static void
assert_refused(
    struct system_fixture *fix, const char *name, const char *because)
{
	struct db_config config;
	struct error err = { .text = "" };

	fix->settings.db_cache_connection = name;
	assert_int_equal(
	    store_database_find(&fix->settings, &config, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "DB_CACHE_CONNECTION"));
	assert_non_null(strstr(err.text, because));
}

static void
no_name_is_the_system_database(void **state)
{
	struct system_fixture *fix = *state;
	struct db_config config = find(fix, "");
	struct db_conn *conn;

	assert_string_equal(config.database, fix->path);
	assert_false(config.create);
	assert_int_equal(
	    fix->db.driver->connect(&config, INT64_MAX, &conn, NULL), ST_OK);
	fix->db.driver->disconnect(conn);
	db_config_free(&config);
}

static void
a_declared_service_is_found(void **state)
{
	struct system_fixture *fix = *state;
	struct db_config config;

	declare(fix, "SERVICE_SHOP_TYPE=sqlite\n"
		     "SERVICE_SHOP_DATABASE=/srv/shop.db\n");
	config = find(fix, "Shop");
	assert_string_equal(config.driver, "sqlite");
	assert_string_equal(config.database, "/srv/shop.db");
	db_config_free(&config);
}

static void
a_recorded_service_is_found_with_its_secret(void **state)
{
	const struct config_member members[] = {
		{ STR("database"), STR("shop") },
		{ STR("host"), STR("db.example") },
		{ STR("port"), STR("3307") },
		{ STR("username"), STR("weir") },
		{ STR("password"), STR("hush") },
		{ STR("tls"), STR("require") },
	};
	struct system_fixture *fix = *state;
	struct db_config config;

	if (service_type_find(STR("mysql")) == NULL)
		return; /* this weir knows files only */
	record(fix, "shop", "mysql", members, 6);
	config = find(fix, "shop");
	assert_string_equal(config.driver, "mysql");
	assert_string_equal(config.host, "db.example");
	assert_int_equal(config.port, 3307);
	assert_string_equal(config.password, "hush");
	assert_int_equal(config.tls, DB_TLS_REQUIRE);
	db_config_free(&config);
}

static void
what_is_no_database_is_refused(void **state)
{
	const struct config_member path[] = {
		{ STR("path"), STR("/srv/cache") },
	};
	const struct config_member read_only[] = {
		{ STR("database"), STR("/srv/shop.db") },
		{ STR("read_only"), STR("true") },
	};
	struct system_fixture *fix = *state;

	record(fix, "files", "cache_file", path, 1);
	record(fix, "archive", "sqlite", read_only, 2);
	assert_refused(fix, "files", "cache_file");
	assert_refused(fix, "archive", "read_only");
	assert_refused(fix, "nowhere", "no service \"nowhere\"");
}

static void
records_that_cannot_be_read_are_named(void **state)
{
	struct system_fixture *fix = *state;
	struct db_config config;
	struct error err = { .text = "" };
	enum status st;

	system_away(fix);
	fix->settings.db_cache_connection = "shop";
	st = store_database_find(&fix->settings, &config, &err);
	assert_int_not_equal(st, ST_OK);
	assert_int_not_equal(st, ST_INVALID);
	assert_non_null(strstr(err.text, "DB_CACHE_CONNECTION \"shop\""));
	system_back(fix);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_name_is_the_system_database),
		TEST(a_declared_service_is_found),
		TEST(a_recorded_service_is_found_with_its_secret),
		TEST(what_is_no_database_is_refused),
		TEST(records_that_cannot_be_read_are_named),
	};

	return SYSTEM_RUN("store_database", tests);
}
