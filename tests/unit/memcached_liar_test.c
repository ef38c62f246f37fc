/* A server that lies about a value, and dribbles: neither time nor memory of
 * ours is its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/memcached.h"
#include "tests/support/memcached.h"
#include "tests/support/memcached_liar.h"

#define DEADLINE_MS 250
#define PATIENT_MS  20000
#define SLACK_MS    500 /* of a machine that is busy */

static const struct cache_space closed = { { "closed", 6 }, false };

static struct memcached_liar liar;
static struct memcached_world world;

static void
start(const char *answer)
{
	memcached_liar_start(&liar, answer);
	memcached_world_start(&world, 0, NULL);
	world.config.hosts = "127.0.0.1";
	world.config.port = liar.port;
	memcached_world_open(&world);
}

static int
tear_down(void **state)
{
	(void)state;
	memcached_world_stop(&world);
	memcached_liar_stop(&liar);
	return 0;
}

/* The status of a GET, and how long it took. */
static enum status
look(int64_t deadline_ms, int64_t *took_ms)
{
	struct cache_op op = {
		.kind = CACHE_GET, .space = &closed, .key = STR("key")
	};
	int64_t since = clock_boot_ms();
	enum status st = memcached_world_run(&world, &op, deadline_ms);

	*took_ms = clock_boot_ms() - since;
	return st;
}

static void
a_value_that_dribbles_ends_at_the_deadline(void **state)
{
	int64_t ms;

	(void)state;
	start("0 900000 1\r\n");
	assert_int_equal(look(DEADLINE_MS, &ms), ST_TIMEOUT);
	assert_in_range(ms, DEADLINE_MS / 2, DEADLINE_MS + SLACK_MS);
}

static void
a_greeting_that_dribbles_ends_at_the_deadline(void **state)
{
	int64_t ms;

	(void)state;
	start(NULL);
	assert_int_equal(look(DEADLINE_MS, &ms), ST_TIMEOUT);
	assert_in_range(ms, DEADLINE_MS / 2, DEADLINE_MS + SLACK_MS);
}

static void
a_value_that_nobody_can_have_stored_is_not_waited_for(void **state)
{
	int64_t ms;

	(void)state;
	start("0 2000000000 1\r\n");
	assert_int_equal(look(PATIENT_MS, &ms), ST_UNAVAILABLE);
	assert_in_range(ms, 0, PATIENT_MS / 4);
}

#ifndef __SANITIZE_THREAD__
/*
 * With the end of its line it is 0 or 1, for who counts so: libmemcached puts
 * two zeros before the value. There glibc's heap has the upper half of the
 * size of a block, which is 0 anyway; TSan's has nothing, and ends the test.
 */
static void
a_length_near_the_largest_number_does_no_harm(void **state)
{
	int64_t ms;

	(void)state;
	start("0 18446744073709551614 1\r\n");
	assert_int_not_equal(look(DEADLINE_MS, &ms), ST_OK);
	assert_in_range(ms, 0, DEADLINE_MS + SLACK_MS);
}

static void
a_length_that_is_the_largest_number_does_no_harm(void **state)
{
	int64_t ms;

	(void)state;
	start("0 18446744073709551615 1\r\n");
	assert_int_not_equal(look(DEADLINE_MS, &ms), ST_OK);
	assert_in_range(ms, 0, DEADLINE_MS + SLACK_MS);
}
#endif

#define TEST(f) cmocka_unit_test_setup_teardown(f, NULL, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_that_dribbles_ends_at_the_deadline),
		TEST(a_greeting_that_dribbles_ends_at_the_deadline),
		TEST(a_value_that_nobody_can_have_stored_is_not_waited_for),
#ifndef __SANITIZE_THREAD__
		TEST(a_length_near_the_largest_number_does_no_harm),
		TEST(a_length_that_is_the_largest_number_does_no_harm),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
