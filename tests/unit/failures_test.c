/* Counts of failures, in a store of more addresses than it has room for. */
#include "middleware/failures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/request.h"
#include "middleware/stores.h"
#include "tests/support/folder.h"

#define PATH_BYTES (FOLDER_PATH_BYTES + 8)
#define NAME_BYTES 24
#define TTL_S      3600
#define LIMIT      3
#define TOGETHER   8

/* Some times as many as it holds: each of its buckets is full then. */
#define MANY 400000

static char folder[FOLDER_PATH_BYTES];
static char cache_path[PATH_BYTES];
static struct settings settings;
static struct request req;
static struct stores_shared shared;
static struct stores stores;
static struct failures *failures;

/* How many lines of the log hold it. */
static int
told(const char *text)
{
	char path[PATH_BYTES];
	char line[512];
	FILE *log;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	log = fopen(path, "r");
	assert_non_null(log);
	while (fgets(line, sizeof(line), log) != NULL)
		n += strstr(line, text) != NULL;
	(void)fclose(log);
	return n;
}

static struct cache_op
op_of(struct str name)
{
	struct cache_op op = failures_op(&req, CACHE_COUNT, name, TTL_S);

	op.limit = LIMIT;
	return op;
}

static struct cache_op
count(const char *name)
{
	struct cache_op op = op_of(str_of(name));

	failures_count(failures, &req, &op, 1);
	return op;
}

static void
fill(void)
{
	static char names[TOGETHER][NAME_BYTES];
	struct cache_op ops[TOGETHER];

	for (int i = 0; i < MANY; i += TOGETHER) {
		for (int n = 0; n < TOGETHER; n++) {
			(void)snprintf(names[n], NAME_BYTES, "crowd:%d", i + n);
			ops[n] = op_of(str_of(names[n]));
		}
		assert_true(failures_run(failures, &req, ops, TOGETHER));
	}
}

static void
assert_full(const char *name)
{
	struct cache_op op = op_of(str_of(name));

	assert_true(failures_run(failures, &req, &op, 1));
	assert_int_equal(op.status, ST_FULL);
}

static void
they_are_counted_in_the_store(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= LIMIT; n++)
		assert_int_equal(count("a").count, n);
	assert_int_equal(count("a").status, ST_REFUSED);
	assert_int_equal(count("b").status, ST_OK);
	assert_int_equal(told("than there is room for"), 0);
}

static void
who_finds_no_room_is_counted_all_the_same(void **state)
{
	(void)state;
	(void)count("early");
	fill();
	assert_full("late");
	for (uint32_t n = 1; n <= LIMIT; n++) {
		struct cache_op op = count("late");

		assert_int_equal(op.status, ST_OK);
		assert_int_equal(op.count, n);
	}
	assert_int_equal(count("late").status, ST_REFUSED);
	assert_in_range(count("late").reset_ms, 1, TTL_S * 1000);
	assert_full("later");
	assert_int_equal(count("later").status, ST_OK);
	assert_int_equal(count("early").count, 2);
	assert_int_equal(told("than there is room for"), 1);
}

static int
set_up(void **state)
{
	char path[PATH_BYTES];
	struct error err = { 0 };

	(void)state;
	folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	if (!secret_init() || log_open(path, "off", LOG_INFO, &err) != ST_OK)
		return 1;
	(void)snprintf(cache_path, sizeof(cache_path), "%s/cache", folder);
	settings.cache_path = cache_path;
	shared = (struct stores_shared){ .table = store_table_new() };
	failures = failures_open(&settings, shared.table);
	stores_connect(&shared, &stores);
	req.stores = &stores;
	return 0;
}

static int
tear_down(void **state)
{
	struct error err = { 0 };

	(void)state;
	stores_disconnect(&stores);
	failures_close(failures);
	store_table_free(shared.table);
	if (log_open("stderr", "off", LOG_INFO, &err) != ST_OK)
		return 1;
	folder_remove(folder);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(they_are_counted_in_the_store),
		TEST(who_finds_no_room_is_counted_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
