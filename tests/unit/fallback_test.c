#include "middleware/fallback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "tests/support/folder.h"

#define MANY (FALLBACK_SLOTS / 2) /* counters that have room */

static const struct cache_space space = { { "one", 3 }, false };
static const struct cache_space other = { { "other", 5 }, false };
static struct fallback *fallback;
static struct cache_op first, second;
static struct cache_op *both[] = { &first, &second };
static char folder[FOLDER_PATH_BYTES];

static int
set_up(void **state)
{
	char path[FOLDER_PATH_BYTES + 8];
	struct error err = { 0 };

	(void)state;
	folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	if (!secret_init() || log_open(path, "off", LOG_INFO, &err) != ST_OK)
		return 1;
	fallback = fallback_new();
	first = (struct cache_op){ .kind = CACHE_COUNT,
		.space = &space,
		.key = STR("first"),
		.ttl = 60,
		.limit = 2 };
	second = (struct cache_op){ .kind = CACHE_COUNT,
		.space = &space,
		.key = STR("second"),
		.ttl = 1,
		.limit = 1 };
	return 0;
}

static int
tear_down(void **state)
{
	struct error err = { 0 };

	(void)state;
	fallback_free(fallback);
	if (log_open("stderr", "off", LOG_INFO, &err) != ST_OK)
		return 1;
	folder_remove(folder);
	return 0;
}

static void
a_refused_call_counts_nowhere(void **state)
{
	(void)state;
	fallback_count(fallback, both, 2, 1000);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(second.status, ST_OK);
	fallback_count(fallback, both, 2, 1001);
	assert_int_equal(second.status, ST_REFUSED);
	assert_int_equal(second.reset_ms, 999);
	fallback_count(fallback, both, 1, 1002);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 2);
}

static void
a_window_ends(void **state)
{
	(void)state;
	fallback_count(fallback, both + 1, 1, 1000);
	fallback_count(fallback, both + 1, 1, 1999);
	assert_int_equal(second.status, ST_REFUSED);
	fallback_count(fallback, both + 1, 1, 2000);
	assert_int_equal(second.status, ST_OK);
	assert_int_equal(second.count, 1);
}

/* One call may name a counter twice. */
static void
a_counter_named_twice_counts_twice(void **state)
{
	struct cache_op again;
	struct cache_op *twice[] = { &first, &again };

	(void)state;
	fallback_count(fallback, both, 1, 1000);
	again = first;
	fallback_count(fallback, twice, 2, 1001);
	assert_int_equal(first.status, ST_REFUSED);
	fallback_count(fallback, both, 1, 1002);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 2);
}

static void
a_look_begins_nothing(void **state)
{
	(void)state;
	fallback_look(fallback, &first, 1000);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 0);
	assert_int_equal(first.reset_ms, 0);
	fallback_count(fallback, both, 1, 5000);
	assert_int_equal(first.reset_ms, 60000);
	fallback_look(fallback, &first, 5001);
	assert_int_equal(first.count, 1);
	assert_int_equal(first.reset_ms, 59999);
}

static void
spaces_do_not_share_counters(void **state)
{
	(void)state;
	fallback_count(fallback, both + 1, 1, 1000);
	second.space = &other;
	fallback_count(fallback, both + 1, 1, 1001);
	assert_int_equal(second.status, ST_OK);
}

/* How many lines of the log hold it. */
static int
told(const char *text)
{
	char path[FOLDER_PATH_BYTES + 8];
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

/* Counts once by the counter of that number. */
static void
count_of(unsigned number, int64_t now_ms)
{
	char key[16];

	(void)snprintf(key, sizeof(key), "key %u", number);
	first.key = str_of(key);
	fallback_count(fallback, both, 1, now_ms);
}

static void
many_counters_are_exact(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		count_of(i, 1000);
	for (unsigned i = 0; i < MANY; i++) {
		count_of(i, 1000);
		assert_int_equal(first.status, ST_OK);
		assert_int_equal(first.count, 2);
	}
	for (unsigned i = 0; i < MANY; i++) {
		count_of(i, 1000);
		assert_int_equal(first.status, ST_REFUSED);
	}
	assert_int_equal(told("has room for"), 0);
}

/* One that is used up refuses no call that it does not count. */
static void
a_full_table_counts_no_others(void **state)
{
	unsigned uncounted = 0;

	(void)state;
	first.ttl = 3600;
	for (unsigned i = 0; i < 2 * FALLBACK_SLOTS; i++) {
		count_of(i, 1000);
		count_of(i, 1000);
		assert_int_equal(first.status, ST_OK);
		assert_int_equal(first.count, first.reset_ms == 0 ? 0 : 2);
		count_of(i, 1000);
		assert_int_equal(
		    first.status, first.reset_ms == 0 ? ST_OK : ST_REFUSED);
		uncounted += first.reset_ms == 0;
	}
	assert_in_range(uncounted, FALLBACK_SLOTS, 2 * FALLBACK_SLOTS - MANY);
	fallback_look(fallback, &first, 1000);
	assert_int_equal(first.status, ST_OK);
	assert_int_equal(first.count, 0);
	assert_int_equal(told("has room for 65536 counters"), 1);
	for (unsigned i = 0; i < 2 * FALLBACK_SLOTS; i++)
		count_of(i, 61000);
	assert_int_equal(told("has room for 65536 counters"), 2);
}

/* Full once, it has room again when the windows have ended. */
static void
what_has_ended_makes_room(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * FALLBACK_SLOTS; i++)
		count_of(i, 1000);
	for (unsigned i = 0; i < MANY; i++) {
		count_of(i, 61000);
		assert_int_equal(first.count, 1);
	}
}

/* A limit may change its algorithm, and other limits lie beside it. */
static void
algorithms_do_not_share_counters(void **state)
{
	static const enum cache_algorithm all[] = { CACHE_FIXED, CACHE_SLIDING,
		CACHE_GCRA };

	(void)state;
	first.burst = 1;
	for (size_t i = 0; i < 2 * sizeof(all) / sizeof(all[0]); i++) {
		first.algorithm = all[i / 2];
		first.lockout = i % 2 != 0;
		fallback_count(fallback, both, 1, 1000);
		assert_int_equal(first.status, ST_OK);
		assert_int_equal(first.count, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_refused_call_counts_nowhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_window_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_counter_named_twice_counts_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_look_begins_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    spaces_do_not_share_counters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    algorithms_do_not_share_counters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    many_counters_are_exact, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_table_counts_no_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_has_ended_makes_room, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}
