/* Servers that cannot be used: each is named with what to do about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/redis.h"
#include "tests/support/redis_liar.h"

#define GET ((struct cache_op){ .kind = CACHE_GET, .key = STR("key") })

static void
configure(struct cache_config *config)
{
	config->username = "me";
	config->password = "a secret";
	config->database = 7;
}

static void
the_greeting_says_who_we_are(void **state)
{
	static const char *const words[] = { "AUTH me a secret", "PING",
		"SELECT 7", "INFO server", "INFO replication",
		"CLIENT SETNAME weir" };
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, configure);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	liar_accept(&l);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(liar_hear(&l), words[i]);
	for (int i = 0; i < 2; i++)
		assert_int_equal(strncmp(liar_hear(&l), "SCRIPT LOAD ", 12), 0);
	/* That the scripts and the name are refused does not matter. */
	liar_say(&l, "+OK\r\n" LIAR_PONG "+OK\r\n" LIAR_SERVER LIAR_MASTER
		     "-NOPERM\r\n-ERR\r\n-ERR\r\n");
	assert_string_equal(liar_hear(&l), "GET weir:space:key");
	liar_close(&l);
}

#define REPLICA                                                                \
	"$52\r\nrole:slave\r\nmaster_host:10.0.0.9\r\nmaster_port:"            \
	"6380\r\n\r\n"
#define SENTINEL "$36\r\nredis_mode:sentinel\r\nrun_id:abcdef\r\n\r\n"
#define CLUSTER  "$35\r\nredis_mode:cluster\r\nrun_id:abcdef\r\n\r\n"
#define SECOND   "$35\r\nrole:master\r\nmaster_replid:second\r\n\r\n"
#define AUTH_OK  "+OK\r\n"
#define READY    "+OK\r\n" LIAR_PONG "+OK\r\n"

static const struct {
	const char *said;
	const char *error; /* a part of it */
} refusals[] = {
	{ "-WRONGPASS invalid\r\n",
	    "password is wrong (REDIS_USERNAME, REDIS_PASSWORD)" },
	{ "-ERR AUTH <password> called without any password configured\r\n",
	    "(REDIS_USERNAME, REDIS_PASSWORD)" },
	{ "-ERR unknown command 'AUTH', with args 'me' 'a secret'\r\n",
	    "answers AUTH with \"ERR unknown command\"" },
	{ "-ERR max number of clients reached\r\n", "max number of clients" },
	{ "-DENIED Redis is running in protected mode\r\n", "protected mode" },
	{ AUTH_OK "-LOADING Redis is loading\r\n", "still loads its data" },
	{ AUTH_OK "-NOAUTH Authentication required.\r\n", "REDIS_PASSWORD" },
	{ AUTH_OK LIAR_PONG "-ERR DB index is out of range\r\n",
	    "(REDIS_DATABASE)" },
	{ READY "-NOPERM this user has no permissions\r\n",
	    "answers INFO with \"NOPERM" },
	{ READY SENTINEL, "REDIS_SENTINEL_HOST" },
	{ READY CLUSTER, "REDIS_CLUSTER" },
	{ READY "$0\r\n\r\n", "INFO does not say" },
	{ READY "+OK\r\n", "INFO does not say" },
	{ READY ":1\r\n", "INFO does not say" },
	{ READY LIAR_SERVER REPLICA, "its master is 10.0.0.9 port 6380" },
	{ "HTTP/1.0 400\r\n", "does not speak as Redis does" },
};

/* A ping is refused by the open circuit, with the reason. */
static void
what_is_wrong_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct error err = { 0 };
		struct flight f;
		struct liar l;

		liar_open(&l, configure);
		liar_submit(&l, &f, GET, LIAR_HANG_MS);
		liar_accept(&l);
		liar_say(&l, refusals[i].said);
		assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
		assert_int_equal(redis_driver.ping(l.conn,
				     clock_boot_ms() + LIAR_HANG_MS, &err),
		    ST_UNAVAILABLE);
		if (strstr(err.text, refusals[i].error) == NULL)
			fail_msg("%zu: \"%s\"", i, err.text);
		assert_non_null(strstr(err.text, "127.0.0.1:"));
		assert_null(strstr(err.text, "secret"));
		liar_close(&l);
	}
}

static void
unnamed(struct cache_config *config)
{
	config->hosts = "no-such-host.invalid";
}

static void
a_name_without_an_address_is_said(void **state)
{
	struct error err = { 0 };
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, unnamed);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
	assert_int_equal(
	    redis_driver.ping(l.conn, clock_boot_ms() + LIAR_HANG_MS, &err),
	    ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "the name has no address"));
	liar_close(&l);
}

/* What is asked once a second of a link in use. */
static void
a_replica_is_noticed_in_passing(void **state)
{
	struct flight f;
	struct liar l;
	const char *words;
	uint8_t first[INCARNATION_BYTES];

	(void)state;
	liar_open(&l, NULL);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	liar_greet(&l);
	words = liar_hear(&l);
	assert_string_equal(words, "GET weir:space:key");
	liar_say(&l, "$-1\r\n");
	assert_int_equal(liar_await(&l, &f), ST_MISSING);
	memcpy(first, f.op.incarnation, sizeof(first));
	do {
		liar_submit(&l, &f, GET, LIAR_HANG_MS);
		words = liar_hear(&l);
		if (strncmp(words, "GET", 3) == 0) {
			liar_say(&l, "$-1\r\n");
			(void)liar_await(&l, &f);
		}
	} while (strncmp(words, "GET", 3) == 0);
	assert_string_equal(words, "INFO replication");
	/* Data of another life: the next answers say so. */
	liar_say(&l, SECOND "$-1\r\n");
	assert_int_equal(liar_await(&l, &f), ST_MISSING);
	assert_memory_not_equal(first, f.op.incarnation, sizeof(first));
	liar_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_greeting_says_who_we_are),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(a_name_without_an_address_is_said),
		cmocka_unit_test(a_replica_is_noticed_in_passing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
