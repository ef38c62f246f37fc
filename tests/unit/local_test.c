/* The driver as a whole, where it is more than the contract says. */
#include "drivers/cache/local.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "tests/support/folder.h"

#define MEMORY  (4 << 20)
#define HANG_MS 60000

struct user {
	char path[FOLDER_PATH_BYTES];
	struct cache_config config;
	struct cache *cache;
	struct cache_conn *conn;
	struct arena arena;
};

static int
set_up(void **state)
{
	static struct user u;

	assert_true(secret_init());
	folder_make(u.path);
	u.config = cache_config_none;
	u.config.path = u.path;
	u.config.bytes = MEMORY;
	u.config.max_value = 1000;
	arena_init(&u.arena, 4096);
	assert_int_equal(local_driver.open(&u.config, &u.cache, NULL), ST_OK);
	assert_int_equal(local_driver.connect(u.cache, &u.conn, NULL), ST_OK);
	*state = &u;
	return 0;
}

static int
tear_down(void **state)
{
	struct user *u = *state;

	local_driver.disconnect(u->conn);
	local_driver.close(u->cache);
	arena_close(&u->arena);
	folder_remove(u->path);
	return 0;
}

static enum status
run(struct user *u, enum cache_kind kind)
{
	const struct cache_space space = { STR("space"), false };
	struct cache_op op = { .kind = kind,
		.space = &space,
		.key = STR("key"),
		.value = STR("value"),
		.arena = &u->arena,
		.limit = 9,
		.ttl = 60 };
	struct cache_op *const list[] = { &op };
	enum status st =
	    local_driver.exec(u->conn, list, 1, clock_boot_ms() + HANG_MS);

	assert_true(st == ST_OK || op.status == st);
	return op.status;
}

static void
incarnation_of(struct user *u, uint8_t out[INCARNATION_BYTES])
{
	const struct cache_space space = { STR("space"), false };
	struct cache_op op = { .kind = CACHE_GET,
		.space = &space,
		.key = STR("key"),
		.arena = &u->arena };
	struct cache_op *const list[] = { &op };

	(void)local_driver.exec(u->conn, list, 1, clock_boot_ms() + HANG_MS);
	memcpy(out, op.incarnation, INCARNATION_BYTES);
}

static void
the_driver_is_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(cache_driver_find(STR("local")), &local_driver);
	assert_null(cache_driver_find(STR("loca")));
	assert_null(cache_driver_find(STR("")));
}

static void
a_memory_too_small_is_invalid(void **state)
{
	struct user *u = *state;
	struct cache_config small = u->config;
	struct cache *cache = NULL;
	struct error err = { 0 };

	small.bytes = 1000;
	assert_int_equal(local_driver.open(&small, &cache, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "CACHE_MEMORY"));
	assert_null(cache);
}

static void
removed_files_are_made_again_by_the_upkeep(void **state)
{
	struct user *u = *state;

	assert_int_equal(run(u, CACHE_SET), ST_OK);
	folder_remove(u->path);
	assert_int_equal(run(u, CACHE_GET), ST_OK);
	local_driver.upkeep(u->conn);
	assert_int_equal(run(u, CACHE_GET), ST_MISSING);
	assert_int_equal(run(u, CACHE_SET), ST_OK);
	assert_int_equal(run(u, CACHE_GET), ST_OK);
}

static void
connections_move_on_together(void **state)
{
	struct user *u = *state;
	struct cache_conn *first = u->conn;
	uint8_t one[INCARNATION_BYTES];
	uint8_t two[INCARNATION_BYTES];

	assert_int_equal(local_driver.connect(u->cache, &u->conn, NULL), ST_OK);
	assert_int_equal(run(u, CACHE_GET), ST_MISSING);
	folder_remove(u->path);
	local_driver.upkeep(first);
	assert_int_equal(run(u, CACHE_SET), ST_OK);
	incarnation_of(u, two);
	local_driver.disconnect(u->conn);
	u->conn = first;
	assert_int_equal(run(u, CACHE_GET), ST_OK);
	incarnation_of(u, one);
	assert_memory_equal(one, two, sizeof(one));
}

static void
a_store_that_cannot_be_opened_is_unavailable_until_it_can(void **state)
{
	struct user *u = *state;
	int64_t deadline = clock_boot_ms() + HANG_MS;
	FILE *file;

	folder_remove(u->path);
	file = fopen(u->path, "w");
	assert_non_null(file);
	(void)fclose(file);
	local_driver.upkeep(u->conn);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run(u, CACHE_GET), ST_UNAVAILABLE);
		assert_int_equal(run(u, CACHE_SET), ST_UNAVAILABLE);
		assert_int_equal(run(u, CACHE_COUNT), ST_UNAVAILABLE);
	}
	assert_int_equal(remove(u->path), 0);
	while (run(u, CACHE_SET) != ST_OK && clock_boot_ms() < deadline)
		;
	assert_int_equal(run(u, CACHE_GET), ST_OK);
}

static void
stats_tell_size_and_use(void **state)
{
	struct user *u = *state;
	struct cache_stats stats;

	assert_int_equal(run(u, CACHE_SET), ST_OK);
	assert_int_equal(local_driver.stats(
			     u->conn, &stats, clock_boot_ms() + HANG_MS, NULL),
	    ST_OK);
	assert_int_equal(stats.items, 1);
	assert_int_equal(stats.bytes_limit, MEMORY);
	assert_in_range(stats.bytes, 1, 100000);
	assert_int_equal(stats.evictions, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_driver_is_found_by_name),
		TEST(a_memory_too_small_is_invalid),
		TEST(removed_files_are_made_again_by_the_upkeep),
		TEST(connections_move_on_together),
		TEST(a_store_that_cannot_be_opened_is_unavailable_until_it_can),
		TEST(stats_tell_size_and_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
