/* Sentinels that say what is of no use, and settings that cannot be meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/redis.h"
#include "drivers/cache/redis_lease.h"
#include "tests/support/redis_liar.h"

#define GET ((struct cache_op){ .kind = CACHE_GET, .key = STR("key") })

static void
configure(struct cache_config *config)
{
	config->hosts = "no-such-host.invalid";
	config->sentinels = "127.0.0.1";
	config->sentinel_port = config->port;
	config->sentinel_master = "of mine";
	config->sentinel_username = "watcher";
	config->sentinel_password = "a secret";
}

/* Accepts as a sentinel, and hears what it is asked. */
static void
be_asked(struct liar *l)
{
	static const char *const words[] = { "AUTH watcher a secret", "PING",
		"CLIENT SETNAME weir" };

	liar_accept(l);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(liar_hear(l), words[i]);
	/* That it gives no names to clients does not matter. */
	liar_say(l, "+OK\r\n" LIAR_PONG "-NOPERM\r\n");
	assert_string_equal(liar_hear(l), "SENTINEL MASTER of mine");
}

/* Names the liar itself, as master for so long. */
static void
name_master(struct liar *l, int reign_ms)
{
	struct str port = arena_printf(&l->arena, "%d", (int)l->config.port);
	struct str reign = arena_printf(&l->arena, "%d", reign_ms);

	liar_say(l, arena_printf(&l->arena,
			"*8\r\n$4\r\nname\r\n$7\r\nof mine\r\n"
			"$2\r\nip\r\n$9\r\n127.0.0.1\r\n"
			"$4\r\nport\r\n$%zu\r\n%s\r\n"
			"$18\r\nrole-reported-time\r\n$%zu\r\n%s\r\n",
			port.n, port.p, reign.n, reign.p)
			.p);
}

static void
who_it_names_is_connected_to(void **state)
{
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, configure);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	be_asked(&l);
	name_master(&l, REDIS_REIGN_MS);
	liar_greet(&l);
	assert_string_equal(liar_hear(&l), "GET weir:space:key");
	liar_say(&l, "$3\r\nyes\r\n");
	assert_int_equal(liar_await(&l, &f), ST_OK);
	liar_close(&l);
}

/* Others may still have a lease of the one before. */
static void
who_has_just_become_master_is_not_used_yet(void **state)
{
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, configure);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	be_asked(&l);
	for (int i = 0; i < 3; i++) {
		name_master(&l, REDIS_REIGN_MS - 1);
		assert_string_equal(liar_hear(&l), "SENTINEL MASTER of mine");
	}
	name_master(&l, REDIS_REIGN_MS);
	liar_greet(&l);
	liar_close(&l);
}

/* Who says that it has become a replica is asked for again. */
static void
a_master_that_is_none_is_not_used(void **state)
{
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, configure);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	be_asked(&l);
	liar_turn(&l); /* it must not fail in the moment of the question */
	name_master(&l, REDIS_REIGN_MS);
	liar_accept(&l);
	liar_say(&l, LIAR_PONG LIAR_SERVER "$10\r\nrole:slave\r\n");
	assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
	be_asked(&l);
	liar_close(&l);
}

#define IP   "$2\r\nip\r\n$9\r\n127.0.0.1\r\n"
#define PORT "$4\r\nport\r\n$4\r\n6379\r\n"
#define TIME "$18\r\nrole-reported-time\r\n$5\r\n99999\r\n"
#define FORM "in no known form"

static const struct {
	const char *said;
	const char *error; /* a part of it */
} answers[] = {
	{ "-ERR No such master with that name\r\n",
	    "no master called \"of mine\" (REDIS_SENTINEL_MASTER)" },
	{ "-ERR unknown command 'SENTINEL'\r\n", "REDIS_SENTINEL_PORT" },
	{ "-NOPERM this user has no permissions to run 'sentinel|master'\r\n",
	    "answers SENTINEL MASTER with \"NOPERM" },
	{ "*-1\r\n", FORM },
	{ "+OK\r\n", FORM },
	{ "*0\r\n", FORM },
	{ "*1\r\n$2\r\nip\r\n", FORM },
	{ "*4\r\n" IP PORT, FORM },
	{ "*4\r\n" IP TIME, FORM },
	{ "*4\r\n" PORT TIME, FORM },
	{ "*6\r\n" IP "$4\r\nport\r\n$5\r\n65536\r\n" TIME, FORM },
	{ "*6\r\n" IP "$4\r\nport\r\n$1\r\n0\r\n" TIME, FORM },
	{ "*6\r\n$2\r\nip\r\n$9\r\n127.0 0.1\r\n" PORT TIME, FORM },
	{ "*6\r\n$2\r\nip\r\n$0\r\n\r\n" PORT TIME, FORM },
	{ "*6\r\n$2\r\nip\r\n*1\r\n:1\r\n" PORT TIME, FORM },
};

static void
what_it_says_is_told_when_it_is_of_no_use(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		int64_t deadline_ms = clock_boot_ms() + LIAR_HANG_MS;
		struct error err = { 0 };
		struct flight f;
		struct liar l;

		liar_open(&l, configure);
		liar_submit(&l, &f, GET, LIAR_HANG_MS);
		be_asked(&l);
		liar_say(&l, answers[i].said);
		assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
		assert_int_equal(redis_driver.ping(l.conn, deadline_ms, &err),
		    ST_UNAVAILABLE);
		if (strstr(err.text, answers[i].error) == NULL)
			fail_msg("%zu: \"%s\"", i, err.text);
		assert_non_null(strstr(err.text, "of mine: "));
		assert_non_null(strstr(err.text, "sentinel 127.0.0.1:"));
		assert_null(strstr(err.text, "secret"));
		liar_close(&l);
	}
}

static void
a_log_in_that_is_refused_is_told(void **state)
{
	struct error err = { 0 };
	struct flight f;
	struct liar l;

	(void)state;
	liar_open(&l, configure);
	liar_submit(&l, &f, GET, LIAR_HANG_MS);
	liar_accept(&l);
	liar_say(&l, "-WRONGPASS invalid\r\n");
	assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
	assert_int_equal(
	    redis_driver.ping(l.conn, clock_boot_ms() + LIAR_HANG_MS, &err),
	    ST_UNAVAILABLE);
	assert_non_null(strstr(
	    err.text, "(REDIS_SENTINEL_USERNAME, REDIS_SENTINEL_PASSWORD)"));
	liar_close(&l);
}

static void
assert_refused(const struct cache_config *config, const char *words)
{
	struct error err = { 0 };
	struct cache *cache = NULL;

	assert_int_equal(redis_driver.open(config, &cache, &err), ST_INVALID);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\"", err.text);
}

static void
settings_that_cannot_be_meant_are_refused(void **state)
{
	struct cache_config good = cache_config_none;
	struct cache_config config;

	(void)state;
	good.sentinels = "a,b:7000";
	good.sentinel_port = 26379;
	good.sentinel_master = "mymaster";
	config = good;
	config.cluster = true;
	assert_refused(
	    &config, "REDIS_CLUSTER and REDIS_SENTINEL_HOST exclude");
	config = good;
	config.socket = "/tmp/socket";
	assert_refused(&config, "REDIS_SOCKET exclude each other");
	config = good;
	config.sentinels = "a,:7000";
	assert_refused(&config, "REDIS_SENTINEL_HOST: \":7000\"");
	config = good;
	config.sentinels = "a,b,a:26379";
	assert_refused(&config, "REDIS_SENTINEL_HOST names a:26379 twice");
	config = good;
	config.sentinel_master = "";
	assert_refused(&config, "REDIS_SENTINEL_MASTER");
	config = good;
	config.sentinel_username = "me";
	assert_refused(&config, "REDIS_SENTINEL_PASSWORD is not");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_it_names_is_connected_to),
		cmocka_unit_test(who_has_just_become_master_is_not_used_yet),
		cmocka_unit_test(a_master_that_is_none_is_not_used),
		cmocka_unit_test(what_it_says_is_told_when_it_is_of_no_use),
		cmocka_unit_test(a_log_in_that_is_refused_is_told),
		cmocka_unit_test(settings_that_cannot_be_meant_are_refused),
	};

	if (!secret_init())
		return 1;
	return cmocka_run_group_tests_name("sentinels", tests, NULL, NULL);
}
