/* One server: how it was started, what it forgot, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libmemcached/memcached.h>

#include "app/base/clock.h"
#include "drivers/cache/memcached.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_count.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_window.h"
#include "tests/support/memcached.h"

#define PATIENT_MS 5000

static const struct cache_space open_space = { { "open", 4 }, true };
static const struct cache_space closed = { { "closed", 6 }, false };

static struct memcached_world world;

static void
start(const char *const *more)
{
	memcached_world_start(&world, 1, more);
	memcached_world_open(&world);
}

static int
tear_down(void **state)
{
	(void)state;
	memcached_world_stop(&world);
	return 0;
}

static enum status
put(const struct cache_space *space, struct str key, struct str value)
{
	struct cache_op op = {
		.kind = CACHE_SET, .space = space, .key = key, .value = value
	};

	return memcached_world_run(&world, &op, PATIENT_MS);
}

static enum status
look(const struct cache_space *space, struct str key)
{
	struct cache_op op = { .kind = CACHE_GET, .space = space, .key = key };

	return memcached_world_run(&world, &op, PATIENT_MS);
}

static void
assert_ping(enum status st, const char *says)
{
	struct error err = { 0 };

	assert_int_equal(memcached_driver.ping(
			     world.conn, clock_boot_ms() + PATIENT_MS, &err),
	    st);
	if (says != NULL && strstr(err.text, says) == NULL)
		fail_msg("\"%s\" does not say %s", err.text, says);
}

static void
a_good_server_is_good(void **state)
{
	(void)state;
	start(NULL);
	assert_ping(ST_OK, NULL);
}

static void
small_items_are_told(void **state)
{
	static const char *const more[] = { "-I512k", NULL };
	struct str large = { NULL, 600000 };

	(void)state;
	start(more);
	assert_ping(ST_TOO_BIG, "-I 1002048");
	large.p = arena_zalloc(&world.arena, large.n);
	assert_int_equal(put(&closed, STR("key"), STR("old")), ST_OK);
	assert_int_equal(put(&closed, STR("key"), large), ST_TOO_BIG);
	assert_int_equal(look(&closed, STR("key")), ST_MISSING);
}

static void
a_server_without_cas_is_told(void **state)
{
	static const char *const more[] = { "-C", "-I2m", NULL };

	(void)state;
	start(more);
	assert_ping(ST_INVALID, "without -C");
}

static void
a_login_that_nobody_asked_for_is_told(void **state)
{
	(void)state;
	memcached_world_start(&world, 1, NULL);
	world.config.username = "somebody";
	world.config.password = "secret";
	memcached_world_open(&world);
	assert_ping(ST_UNAVAILABLE, "takes no log-in");
	assert_int_equal(look(&closed, STR("key")), ST_UNAVAILABLE);
}

static void
a_missing_login_is_told(void **state)
{
	/* As one with -S, it knows no text. */
	static const char *const more[] = { "-Bbinary", NULL };

	(void)state;
	start(more);
	assert_ping(ST_TIMEOUT, "MEMCACHED_USERNAME");
	assert_int_equal(look(&closed, STR("key")), ST_UNAVAILABLE);
}

static void
assert_refused(const struct cache_config *config, const char *says)
{
	struct error err = { 0 };
	struct cache *cache;

	assert_int_equal(
	    memcached_driver.open(config, &cache, &err), ST_INVALID);
	assert_non_null(strstr(err.text, says));
}

static void
senseless_settings_are_refused(void **state)
{
	struct cache_config config;

	(void)state;
	start(NULL);
	config = world.config;
	config.hosts = "a b";
	assert_refused(&config, "MEMCACHED_HOST");
	config = world.config;
	config.password = "secret";
	assert_refused(&config, "MEMCACHED_USERNAME");
	config.username = "somebody";
	config.socket = "/run/memcached/socket";
	assert_refused(&config, "MEMCACHED_SOCKET");
}

static void
a_name_that_is_unknown_is_told(void **state)
{
	(void)state;
	memcached_world_start(&world, 1, NULL);
	world.config.hosts = "no-such-host.invalid";
	memcached_world_open(&world);
	assert_int_equal(look(&closed, STR("key")), ST_UNAVAILABLE);
	assert_ping(ST_UNAVAILABLE, "no-such-host.invalid");
}

/* Behind the driver's back. */
static void
forget(const char *name)
{
	memcached_st *other = memcached_create(NULL);

	assert_int_equal(memcached_server_add(other, "127.0.0.1",
			     (in_port_t)world.servers[0].port),
	    MEMCACHED_SUCCESS);
	assert_int_equal(
	    memcached_delete(other, name, strlen(name), 0), MEMCACHED_SUCCESS);
	memcached_free(other);
}

/* memcached may evict anything. */
static void
a_lost_generation_loses_its_values(void **state)
{
	(void)state;
	start(NULL);
	assert_int_equal(put(&open_space, STR("key"), STR("old")), ST_OK);
	assert_int_equal(look(&open_space, STR("key")), ST_OK);
	forget("weir:open:g");
	assert_int_equal(look(&open_space, STR("key")), ST_MISSING);
	assert_int_equal(put(&open_space, STR("key"), STR("new")), ST_OK);
	assert_int_equal(look(&open_space, STR("key")), ST_OK);
	forget("weir:open:g");
	assert_int_equal(put(&open_space, STR("key"), STR("newer")), ST_OK);
	assert_int_equal(look(&open_space, STR("key")), ST_OK);
}

#define FULL_MOST 100000

/* With items as small as a generation, until none of any size fit. */
static void
fill(unsigned *next)
{
	static const char value[64] = "";
	char key[16];

	for (size_t size = 8; size < sizeof(value); size += 4) {
		enum status st = ST_OK;

		while (st == ST_OK) {
			int n = snprintf(key, sizeof(key), "%06u", (*next)++);

			assert_in_range(*next, 1, FULL_MOST);
			st = put(&closed, str_make(key, (size_t)n),
			    str_make(value, size));
		}
		assert_int_equal(st, ST_FULL);
	}
}

/* A server that evicts nothing, and has no room for a generation. */
static void
a_space_that_cannot_begin_is_empty(void **state)
{
	static const char *const more[] = { "-M", "-m2", NULL };
	struct cache_op op = {
		.kind = CACHE_DEL, .space = &open_space, .key = STR("key")
	};
	unsigned next = 0;

	(void)state;
	start(more);
	assert_int_equal(put(&open_space, STR("key"), STR("old")), ST_OK);
	fill(&next);
	forget("weir:open:g");
	fill(&next);
	assert_int_equal(look(&open_space, STR("key")), ST_MISSING);
	assert_int_equal(
	    memcached_world_run(&world, &op, PATIENT_MS), ST_MISSING);
	assert_int_equal(put(&open_space, STR("key"), STR("new")), ST_FULL);
}

static void
a_forged_counter_begins_anew(void **state)
{
	struct cache_op op = { .kind = CACHE_COUNT,
		.space = &closed,
		.key = STR("key"),
		.limit = 2,
		.ttl = 60 };
	memcached_st *other;

	(void)state;
	start(NULL);
	other = memcached_create(NULL);
	(void)memcached_server_add(
	    other, "127.0.0.1", (in_port_t)world.servers[0].port);
	assert_int_equal(
	    memcached_set(other, "weir:closed:c:key", 17, "nonsense", 8, 0, 0),
	    MEMCACHED_SUCCESS);
	memcached_free(other);
	assert_int_equal(memcached_world_run(&world, &op, PATIENT_MS), ST_OK);
	assert_int_equal(op.count, 1);
	assert_int_equal(memcached_world_run(&world, &op, PATIENT_MS), ST_OK);
	assert_int_equal(
	    memcached_world_run(&world, &op, PATIENT_MS), ST_REFUSED);
}

/* The word of the counter, behind the driver's back; *cas changes with each
 * write. */
static uint64_t
counter_look(uint64_t *cas)
{
	struct memcached_lookup l = { .link = &world.conn->links[0],
		.arena = &world.arena };
	uint64_t word = 0;

	memcached_name_counter(
	    &world.cache->prefix, &closed, STR("key"), &l.name);
	assert_int_equal(memcached_lookup_run(world.conn, &l), ST_OK);
	assert_true(memcached_window_parse(l.raw, &word));
	*cas = l.cas;
	return word;
}

static void
counter_write(uint64_t word)
{
	char digits[MEMCACHED_WINDOW_TEXT];
	struct str text = memcached_window_text(word, digits);
	memcached_st *other = memcached_create(NULL);

	(void)memcached_server_add(
	    other, "127.0.0.1", (in_port_t)world.servers[0].port);
	assert_int_equal(memcached_set(other, "weir:closed:c:key", 17, text.p,
			     text.n, 0, MEMCACHED_FORM_NUMBER),
	    MEMCACHED_SUCCESS);
	memcached_free(other);
}

static void
a_count_is_taken_back_from_its_own_window_only(void **state)
{
	struct cache_op op = { .kind = CACHE_COUNT,
		.space = &closed,
		.key = STR("key"),
		.limit = 3,
		.ttl = 60 };
	struct memcached_count c = { 0 };
	uint64_t word, before, after;

	(void)state;
	start(NULL);
	memcached_conn_begin(world.conn, clock_boot_ms() + PATIENT_MS);
	for (int i = 0; i < 2; i++) {
		memcached_count_begin(world.conn, &op, &c);
		(void)memcached_lookup_run(world.conn, &c.lookup);
		memcached_count_run(world.conn, &c);
		assert_int_equal(op.status, ST_OK);
	}
	memcached_count_undo(world.conn, &c);
	assert_int_equal(op.count, 1);
	word = counter_look(&before);
	assert_int_equal(memcached_window_count(word), 1);
	assert_int_equal(memcached_window_end(word), c.end_ms);
	/* Its window ends, and that of others begins. */
	word = memcached_window_word(c.end_ms + 1000, 2);
	counter_write(word);
	assert_int_equal(counter_look(&before), word);
	memcached_count_undo(world.conn, &c);
	assert_int_equal(counter_look(&after), word);
	assert_int_equal(before, after);
}

static void
stats_are_of_the_server(void **state)
{
	struct cache_stats stats;

	(void)state;
	start(NULL);
	assert_int_equal(put(&closed, STR("key"), STR("value")), ST_OK);
	assert_int_equal(look(&closed, STR("key")), ST_OK);
	assert_int_equal(look(&closed, STR("none")), ST_MISSING);
	assert_int_equal(memcached_driver.stats(world.conn, &stats,
			     clock_boot_ms() + PATIENT_MS, NULL),
	    ST_OK);
	assert_int_equal(stats.items, 1);
	assert_in_range(stats.hits, 1, 2);
	assert_in_range(stats.misses, 1, 8);
	assert_in_range(stats.bytes, 20, 1000);
	assert_int_equal(stats.bytes_limit, 64 << 20);
	assert_int_equal(stats.evictions, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, NULL, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_server_is_good),
		TEST(small_items_are_told),
		TEST(a_server_without_cas_is_told),
		TEST(a_login_that_nobody_asked_for_is_told),
		TEST(a_missing_login_is_told),
		TEST(senseless_settings_are_refused),
		TEST(a_name_that_is_unknown_is_told),
		TEST(a_lost_generation_loses_its_values),
		TEST(a_space_that_cannot_begin_is_empty),
		TEST(a_forged_counter_begins_anew),
		TEST(a_count_is_taken_back_from_its_own_window_only),
		TEST(stats_are_of_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
