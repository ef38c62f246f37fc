/* Users of a Redis server who lack a right: a ping says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/redis_client.h"

/* What drivers/cache/redis.h asks for. */
static const char *const rights[] = { "ping", "info", "select", "set", "get",
	"getdel", "del", "unlink", "exists", "expire", "persist", "eval",
	"evalsha", "scan", "dbsize", "incr", "decr", "pttl", "time" };

#define RIGHTS (sizeof(rights) / sizeof(rights[0]))

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	fixture_open(f, place_kinds[0]);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

/* Makes the user anew, with all rights but one, to keys of that pattern. */
static void
grant_all_but(struct fixture *f, size_t missing, const char *keys)
{
	struct redis_client client;
	struct str words = arena_printf(
	    &f->arena, "ACL SETUSER weir reset on >secret %s -@all", keys);

	for (size_t i = 0; i < RIGHTS; i++)
		if (i != missing)
			words = arena_printf(
			    &f->arena, "%s +%s", words.p, rights[i]);
	redis_client_open(&client, f->place->servers[0].port);
	assert_string_equal(redis_client_ask(&client, "%s", words.p), "OK");
	redis_client_close(&client);
}

static enum status
ping_as_user(struct fixture *f, struct error *err)
{
	struct cache_config config = f->config;
	struct cache_conn *conn = NULL;
	struct cache *cache = NULL;
	enum status st;

	config.username = "weir";
	config.password = "secret";
	config.database = 1;
	*err = (struct error){ 0 };
	assert_int_equal(f->driver->open(&config, &cache, err), ST_OK);
	assert_int_equal(f->driver->connect(cache, &conn, err), ST_OK);
	st = f->driver->ping(conn, fixture_deadline(), err);
	f->driver->disconnect(conn);
	f->driver->close(cache);
	return st;
}

static bool
names(const char *text, const char *right)
{
	char upper[32] = "";
	char grant[32] = "+";

	strncat(grant, right, sizeof(grant) - 2);
	for (size_t i = 0; right[i] != '\0'; i++)
		upper[i] = (char)(right[i] - 'a' + 'A');
	return strstr(text, upper) != NULL || strstr(text, grant) != NULL;
}

static void
the_right_that_is_missing_is_named(void **state)
{
	struct fixture *f = *state;
	struct error err;

	for (size_t i = 0; i < RIGHTS; i++) {
		grant_all_but(f, i, "~weir:*");
		assert_int_equal(ping_as_user(f, &err), ST_UNAVAILABLE);
		if (!names(err.text, rights[i]))
			fail_msg("%s: \"%s\"", rights[i], err.text);
		assert_null(strstr(err.text, "secret"));
	}
}

static void
the_keys_that_are_missing_are_named(void **state)
{
	struct fixture *f = *state;
	struct error err;

	grant_all_but(f, RIGHTS, "~other:*");
	assert_int_equal(ping_as_user(f, &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "~weir:*"));
	grant_all_but(f, RIGHTS, "");
	assert_int_equal(ping_as_user(f, &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "~weir:*"));
}

static void
no_more_is_needed(void **state)
{
	struct fixture *f = *state;
	struct error err;

	grant_all_but(f, RIGHTS, "~weir:*");
	if (ping_as_user(f, &err) != ST_OK)
		fail_msg("%s", err.text);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_right_that_is_missing_is_named),
		TEST(the_keys_that_are_missing_are_named),
		TEST(no_more_is_needed),
	};

	return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
