/* Hosts, names and the scripts: what is written down in one form only. */
#include "drivers/cache/redis_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_host.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_script.h"
#include "tests/support/folder.h"

#define PREFIX STR("weir")

static const struct cache_space open_space = { { "c.x", 3 }, true };
static const struct cache_space own_space = { { "r", 1 }, false };

static void
assert_named(struct cache_op op, const char *name)
{
	struct buf out = { 0 };
	char word[256];

	redis_name_put(&out, PREFIX, &op);
	(void)snprintf(
	    word, sizeof(word), "$%zu\r\n%s\r\n", strlen(name), name);
	assert_true(str_eq(buf_str(&out), str_of(word)));
	buf_free(&out);
}

static void
names_tell_spaces_shards_and_counters_apart(void **state)
{
	struct cache_op op = {
		.kind = CACHE_GET, .space = &own_space, .key = STR("a{b}:c")
	};

	(void)state;
	assert_named(op, "weir:r:a{b}:c");
	op.shard = STR("db-1");
	assert_named(op, "weir:{db-1}:r:a{b}:c");
	op.kind = CACHE_DEL;
	assert_named(op, "weir:{db-1}:r:a{b}:c");
	op.counter = true;
	assert_named(op, "weir:#{db-1}:r:a{b}:c");
	op.kind = CACHE_COUNT;
	assert_named(op, "weir:#{db-1}:r:a{b}:c");
	op.algorithm = CACHE_SLIDING;
	assert_named(op, "weir:#s{db-1}:r:a{b}:c");
	op.algorithm = CACHE_GCRA;
	assert_named(op, "weir:#g{db-1}:r:a{b}:c");
	op.algorithm = CACHE_FIXED;
	op.lockout = true;
	assert_named(op, "weir:#f{db-1}:r:a{b}:c");
	op.lockout = false;
	op.shard = STR_NULL;
	assert_named(op, "weir:#{#}:r:a{b}:c");
	op.kind = CACHE_SET;
	op.shard = STR("db-1");
	op.space = &open_space;
	assert_named(op, "weir:c.x:a{b}:c");
}

static void
patterns_match_literally(void **state)
{
	struct buf out = { 0 };

	(void)state;
	redis_name_pattern(&out, STR("w*[1]"), &open_space, STR("a?\\^-b"));
	assert_true(
	    str_eq(buf_str(&out), STR("w\\*\\[1\\]:c.x:a\\?\\\\\\^\\-b*")));
	buf_free(&out);
}

static void
hosts_are_read(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} hosts[] = { { "redis", "redis:6379" }, { " h:1 ", "h:1" },
		{ "10.0.0.1:65535", "10.0.0.1:65535" }, { "::1", "[::1]:6379" },
		{ "[::1]", "[::1]:6379" },
		{ "[fe80::1%eth0]:7000", "[fe80::1%eth0]:7000" } };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		char shown[REDIS_SERVER_BYTES];
		struct redis_host host;
		size_t n;

		assert_int_equal(redis_hosts_read(str_of(hosts[i].text), 6379,
				     "REDIS_HOST", &host, 1, &n, NULL),
		    ST_OK);
		redis_host_show(&host, shown);
		assert_string_equal(shown, hosts[i].shown);
	}
}

static void
hosts_that_are_none_are_refused(void **state)
{
	static const char *const texts[] = { "", " ", ":1", "h:", "h:0",
		"h:65536", "h:x", "h:1:", "a b", "[::1", "[::1]x", "[]:1",
		"/path:1", "h,", ",h", "h,h,h" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct redis_host hosts[2];
		struct error err = { 0 };
		size_t n;

		if (redis_hosts_read(str_of(texts[i]), 6379, "REDIS_HOST",
			hosts, 2, &n, &err) != ST_INVALID)
			fail_msg("\"%s\" is taken", texts[i]);
		assert_non_null(strstr(err.text, "REDIS_HOST"));
	}
}

static void
only_names_are_looked_up(void **state)
{
	struct redis_host host = { .name = "127.0.0.1", .port = 1 };
	struct redis_place place;

	(void)state;
	assert_true(redis_host_place(&host, &place));
	assert_int_equal(place.at.ss_family, AF_INET);
	(void)strcpy(host.name, "::1");
	assert_true(redis_host_place(&host, &place));
	assert_int_equal(place.at.ss_family, AF_INET6);
	(void)strcpy(host.name, "localhost");
	assert_false(redis_host_place(&host, &place));
	assert_int_equal(
	    redis_host_socket("/run/redis.sock", &host, NULL), ST_OK);
	assert_true(redis_host_place(&host, &place));
	assert_int_equal(place.at.ss_family, AF_UNIX);
}

static void
a_socket_has_a_short_path(void **state)
{
	struct redis_host host;
	char path[200];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(redis_host_socket(path, &host, NULL), ST_INVALID);
}

/* EVALSHA would fail each time, and go unnoticed. */
static void
assert_digest(const struct redis_script *script)
{
	char folder[FOLDER_PATH_BYTES];
	char line[256];
	char digest[64] = "";
	FILE *f;

	folder_make(folder);
	(void)snprintf(line, sizeof(line), "sha1sum >%s/digest", folder);
	f = popen(line, "w"); /* NOLINT: words of this file */
	assert_non_null(f);
	for (size_t i = 0; i < REDIS_SCRIPT_PARTS; i++) {
		const struct str *part = script->parts[i];

		if (part != NULL)
			assert_int_equal(
			    fwrite(part->p, 1, part->n, f), part->n);
	}
	assert_int_equal(pclose(f), 0);
	(void)snprintf(line, sizeof(line), "%s/digest", folder);
	f = fopen(line, "r");
	assert_non_null(f);
	assert_non_null(fgets(digest, sizeof(digest), f));
	assert_int_equal(fclose(f), 0);
	assert_true(str_starts(str_of(digest), script->digest));
	assert_int_equal(script->digest.n, 40);
	folder_remove(folder);
}

static void
the_scripts_have_their_digests(void **state)
{
	(void)state;
	assert_digest(redis_count_script());
	assert_digest(redis_pace_script());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_spaces_shards_and_counters_apart),
		cmocka_unit_test(patterns_match_literally),
		cmocka_unit_test(hosts_are_read),
		cmocka_unit_test(hosts_that_are_none_are_refused),
		cmocka_unit_test(only_names_are_looked_up),
		cmocka_unit_test(a_socket_has_a_short_path),
		cmocka_unit_test(the_scripts_have_their_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
