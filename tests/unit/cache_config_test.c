/* What the config of a cache service makes of a store. */
#include "app/services/cache/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/config_fields.h"
#include "app/services/cache/config_own.h"
#include "app/services/cache/config_text.h"
#include "middleware/registry/snapshot.h"
#include "middleware/store.h"
#include "middleware/store_config.h"
#include "tests/support/folder.h"

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* As the settings say, with a password that is theirs. */
static struct store_config
settings_config(void)
{
	struct store_config config = { .cache = cache_config_none };

	config.cache.prefix = "weir";
	config.cache.max_value = 1000;
	config.cache.timeout_ms = 250;
	config.cache.bytes = 5000000;
	config.cache.hosts = "settings.example";
	config.cache.socket = "/settings";
	config.cache.password = "settings secret";
	config.cache.table = "settings_table";
	return config;
}

static struct store_config
own(const char *driver, const char *json)
{
	const struct cache_driver named = { .name = driver };
	struct store_config config = settings_config();
	struct cache_config_text text;

	assert_int_equal(
	    cache_config_text_read(&arena, str_of(json), &text, NULL), ST_OK);
	assert_int_equal(cache_config_own(&named, &text, &config, NULL), ST_OK);
	assert_int_equal(config.cache.max_value, 1000);
	assert_int_equal(config.cache.timeout_ms, 250);
	return config;
}

static void
nothing_said_of_redis_is_a_server_here(void **state)
{
	struct store_config config = own("redis", "{}");

	(void)state;
	assert_string_equal(config.cache.hosts, "127.0.0.1");
	assert_int_equal(config.cache.port, 6379);
	assert_string_equal(config.cache.socket, "");
	assert_string_equal(config.cache.username, "");
	assert_string_equal(config.cache.password, "");
	assert_string_equal(config.cache.prefix, "weir");
	assert_int_equal(config.cache.database, 0);
	assert_false(config.cache.tls);
	assert_true(config.cache.tls_verify);
	assert_false(config.cache.cluster);
	assert_string_equal(config.cache.sentinels, "");
	assert_int_equal(config.cache.sentinel_port, 26379);
	assert_string_equal(config.cache.sentinel_master, "mymaster");
}

static void
redis_is_reached_as_said(void **state)
{
	struct store_config config = own("redis",
	    "{\"host\":\"a:1,b\",\"port\":\"7000\",\"username\":\"u\","
	    "\"password\":\"p\",\"database_index\":3,\"prefix\":\"x\","
	    "\"tls\":\"true\",\"tls_verify\":false,\"tls_ca\":\"/ca\","
	    "\"sentinel_host\":\"s\",\"sentinel_port\":1,"
	    "\"sentinel_master\":\"m\",\"sentinel_username\":\"su\","
	    "\"sentinel_password\":\"sp\",\"options\":\"x\","
	    "\"cluster\":true,\"socket\":\"/s\",\"unknown\":1}");

	(void)state;
	assert_string_equal(config.cache.hosts, "a:1,b");
	assert_int_equal(config.cache.port, 7000);
	assert_string_equal(config.cache.username, "u");
	assert_string_equal(config.cache.password, "p");
	assert_int_equal(config.cache.database, 3);
	assert_string_equal(config.cache.prefix, "x");
	assert_true(config.cache.tls);
	assert_false(config.cache.tls_verify);
	assert_string_equal(config.cache.tls_ca, "/ca");
	assert_string_equal(config.cache.sentinels, "s");
	assert_int_equal(config.cache.sentinel_port, 1);
	assert_string_equal(config.cache.sentinel_master, "m");
	assert_string_equal(config.cache.sentinel_username, "su");
	assert_string_equal(config.cache.sentinel_password, "sp");
	assert_true(config.cache.cluster);
	assert_string_equal(config.cache.socket, "/s");
}

static void
memcached_is_reached_as_said(void **state)
{
	struct store_config config = own("memcached", "{}");

	(void)state;
	assert_string_equal(config.cache.hosts, "127.0.0.1");
	assert_int_equal(config.cache.port, 11211);
	assert_string_equal(config.cache.socket, "");
	assert_string_equal(config.cache.password, "");
	config = own("memcached",
	    "{\"host\":\"a:1:2,b:3:4\",\"port\":5,\"socket\":\"/s\","
	    "\"username\":\"u\",\"password\":\"p\"}");
	assert_string_equal(config.cache.hosts, "a:1:2,b:3:4");
	assert_int_equal(config.cache.port, 5);
	assert_string_equal(config.cache.socket, "/s");
	assert_string_equal(config.cache.username, "u");
	assert_string_equal(config.cache.password, "p");
}

static void
files_lie_where_said(void **state)
{
	struct store_config config = own("file", "{\"path\":\"/srv/c\"}");

	(void)state;
	assert_string_equal(config.cache.path, "/srv/c");
	assert_int_equal(config.cache.bytes, 5000000);
	config = own("file", "{\"path\":\"/p\",\"max_bytes\":2000000}");
	assert_int_equal(config.cache.bytes, 2000000);
}

static void
a_database_is_reached_as_said(void **state)
{
	struct store_config config =
	    own("database", "{\"database\":\"/srv/c.sqlite\"}");

	(void)state;
	assert_string_equal(config.db.driver, "sqlite");
	assert_string_equal(config.db.database, "/srv/c.sqlite");
	assert_true(config.db.create);
	assert_string_equal(config.cache.table, "settings_table");
	config = own("database",
	    "{\"connection\":\"mariadb\",\"database\":\"d\","
	    "\"host\":\"h\",\"port\":1,\"username\":\"u\",\"password\":\"p\","
	    "\"tls\":\"verify\",\"tls_ca\":\"/ca\",\"table\":\"t\"}");
	assert_string_equal(config.db.driver, "mysql");
	assert_string_equal(config.db.database, "d");
	assert_string_equal(config.db.host, "h");
	assert_int_equal(config.db.port, 1);
	assert_string_equal(config.db.username, "u");
	assert_string_equal(config.db.password, "p");
	assert_int_equal(config.db.tls, DB_TLS_VERIFY);
	assert_string_equal(config.db.tls_ca, "/ca");
	assert_false(config.db.create);
	assert_string_equal(config.cache.table, "t");
	config = own("database", "{\"connection\":\"mysql\",\"database\":\"d\","
				 "\"host\":\"h\",\"unix_socket\":\"/s\"}");
	assert_null(config.db.host);
	assert_string_equal(config.db.socket, "/s");
}

static void
what_does_not_fit_together_is_named(void **state)
{
	static const struct {
		const char *type;
		const struct config_field *fields;
		const char *config, *why;
	} cases[] = {
		{ "cache_file", config_fields_cache_file, "{}", "path must" },
		{ "cache_file", config_fields_cache_file, "{\"path\":\"c\"}",
		    "path must" },
		{ "cache_file", config_fields_cache_file,
		    "{\"store\":\"default\"}", "" },
		{ "cache_file", config_fields_cache_file, "{\"path\":\"/c\"}",
		    "" },
		{ "cache_database", config_fields_cache_database, "{}",
		    "database is missing" },
		{ "cache_database", config_fields_cache_database,
		    "{\"database\":\"c.sqlite\"}", "database must be the" },
		{ "cache_database", config_fields_cache_database,
		    "{\"connection\":\"mysql\",\"database\":\"c\"}", "" },
		{ "cache_redis", config_fields_cache_redis, "{}", "" },
		{ "cache_redis", config_fields_cache_redis,
		    "{\"cluster\":true,\"sentinel_host\":\"s\"}",
		    "cluster and sentinel_host" },
		{ "cache_redis", config_fields_cache_redis,
		    "{\"cluster\":true,\"socket\":\"/s\"}",
		    "cluster and socket" },
		{ "cache_redis", config_fields_cache_redis,
		    "{\"store\":\"redis\"}", "store must be" },
		{ "cache_local", config_fields_cache_local,
		    "{\"store\":\"nothing\"}", "store must be one of local" },
		{ "cache_local", config_fields_cache_local, "{}", "" },
		{ "cache_memcached", config_fields_cache_memcached, "{}", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct service_type type = { .name = cases[i].type,
			.config = cases[i].fields };
		struct error err = { .text = "" };
		enum status st =
		    cache_config_check(&type, str_of(cases[i].config), &err);

		assert_int_equal(
		    st, cases[i].why[0] == '\0' ? ST_OK : ST_INVALID);
		if (!str_starts(str_of(err.text), str_of(cases[i].why)))
			fail_msg("%s: %s", cases[i].config, err.text);
	}
}

/* A host whose local store lies in a folder of the test. */
struct open_fixture {
	char folder[FOLDER_PATH_BYTES];
	struct settings settings;
	struct service_host host;
	struct service_type type;
};

static struct cache_service
opened(const struct open_fixture *fix, const char *config, enum status wanted,
    struct error *err)
{
	const struct service record = {
		.name = STR("mem"), .type = &fix->type, .config = str_of(config)
	};
	struct cache_service service = { .store = NULL };

	arena_init(&service.arena, 512);
	assert_int_equal(
	    cache_config_open(&service, &record, &fix->host, err), wanted);
	return service;
}

static void
closed(struct cache_service *service)
{
	if (service->store != NULL)
		store_give(service->store);
	arena_close(&service->arena);
}

static void
services_share_the_store_of_the_settings(void **state)
{
	struct open_fixture fix = { .settings = { .cache_driver = "local",
					.cache_prefix = "weir",
					.cache_memory = 8 << 20,
					.cache_max_value = 1000,
					.redis_timeout = 250 },
		.type = { .name = "cache_local",
		    .config = config_fields_cache_local } };
	struct cache_service a, b, c, d;
	struct error err = { .text = "" };

	(void)state;
	folder_make(fix.folder);
	fix.settings.cache_path = fix.folder;
	fix.host = (struct service_host){ &fix.settings, store_table_new() };
	a = opened(&fix, "{}", ST_OK, &err);
	b = opened(
	    &fix, "{\"store\":\"default\",\"default_ttl\":\"0\"}", ST_OK, &err);
	c = opened(&fix,
	    "{\"store\":\"array\",\"timeout\":9,\"bare_values\":1}", ST_OK,
	    &err);
	assert_string_equal(a.store->driver->name, "local");
	assert_ptr_equal(a.store, b.store);
	assert_ptr_equal(a.store, c.store);
	assert_int_equal(a.default_ttl, 300);
	assert_int_equal(a.timeout_ms, 250);
	assert_int_equal(a.max_value, 1000);
	assert_int_equal(b.default_ttl, 0);
	assert_int_equal(c.timeout_ms, 9);
	assert_true(c.bare_values);
	d = opened(&fix, "{\"default_ttl\":-1}", ST_INVALID, &err);
	assert_string_equal(
	    err.text, "default_ttl must be an integer from 0 to 315360000");
	assert_null(d.store);
	closed(&a);
	closed(&b);
	closed(&c);
	closed(&d);
	store_table_free(fix.host.stores);
	folder_remove(fix.folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_of_redis_is_a_server_here),
		cmocka_unit_test(redis_is_reached_as_said),
		cmocka_unit_test(memcached_is_reached_as_said),
		cmocka_unit_test(files_lie_where_said),
		cmocka_unit_test(a_database_is_reached_as_said),
		cmocka_unit_test(what_does_not_fit_together_is_named),
		cmocka_unit_test(services_share_the_store_of_the_settings),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
