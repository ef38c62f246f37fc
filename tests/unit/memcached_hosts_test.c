/* MEMCACHED_HOST and its companions, as an administrator may write them. */
#include "drivers/cache/memcached_hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"

static enum status
read_hosts(const char *text, struct memcached_hosts *out, struct error *err)
{
	struct cache_config config = cache_config_none;

	config.hosts = text;
	config.port = 11211;
	return memcached_hosts_read(&config, out, err);
}

static void
assert_host(const struct memcached_host *host, const char *name, unsigned port,
    unsigned weight)
{
	assert_string_equal(host->name, name);
	assert_int_equal(host->port, port);
	assert_int_equal(host->weight, weight);
}

static void
ports_and_weights_may_be_left_out(void **state)
{
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    read_hosts("a , b.example:1, c_2-x:65535:1000", &hosts, &err),
	    ST_OK);
	assert_int_equal(hosts.n, 3);
	assert_host(&hosts.list[0], "a", 11211, 1);
	assert_host(&hosts.list[1], "b.example", 1, 1);
	assert_host(&hosts.list[2], "c_2-x", 65535, 1000);
	assert_string_equal(hosts.list[1].label, "b.example:1");
}

static void
an_ipv6_address_stands_in_brackets(void **state)
{
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    read_hosts("[::1],[fe80::1%eth0]:12:3,127.0.0.1", &hosts, &err),
	    ST_OK);
	assert_int_equal(hosts.n, 3);
	assert_host(&hosts.list[0], "::1", 11211, 1);
	assert_host(&hosts.list[1], "fe80::1%eth0", 12, 3);
	assert_string_equal(hosts.list[0].label, "[::1]:11211");
}

static void
nonsense_is_refused_by_its_name(void **state)
{
	static const char *const texts[] = { "", " ", ",", "a,", ",a", "a b",
		"a:", "a:0", "a:65536", "a:-1", "a:+1", "a:1x", "a: 1",
		"a:1:", "a:1:0", "a:1:1001", "a:1:1:1", "::1", "[::1", "[]",
		"[::1]x", "[::1]1", "[a b]", "a/b", "/run/socket", "a\nb",
		"a:1,a:1", "a,a:11211", "\xc3\xa4", "a:99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct memcached_hosts hosts;
		struct error err = { 0 };

		assert_int_equal(
		    read_hosts(texts[i], &hosts, &err), ST_INVALID);
		assert_non_null(strstr(err.text, "MEMCACHED_HOST"));
	}
}

static void
a_long_name_is_refused(void **state)
{
	char text[300];
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	memset(text, 'a', sizeof(text));
	text[MEMCACHED_HOST_NAME_BYTES - 1] = '\0';
	assert_int_equal(read_hosts(text, &hosts, &err), ST_OK);
	text[MEMCACHED_HOST_NAME_BYTES - 1] = 'a';
	text[MEMCACHED_HOST_NAME_BYTES] = '\0';
	assert_int_equal(read_hosts(text, &hosts, &err), ST_INVALID);
}

static void
there_are_64_servers_at_most(void **state)
{
	char text[1024];
	size_t n = 0;
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	for (int i = 0; i < MEMCACHED_HOSTS_MAX; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%sh%d", i == 0 ? "" : ",", i);
	assert_int_equal(read_hosts(text, &hosts, &err), ST_OK);
	assert_int_equal(hosts.n, MEMCACHED_HOSTS_MAX);
	(void)snprintf(text + n, sizeof(text) - n, ",one-more");
	assert_int_equal(read_hosts(text, &hosts, &err), ST_INVALID);
}

static enum status
read_socket(const char *path, struct memcached_hosts *out, struct error *err)
{
	struct cache_config config = cache_config_none;

	config.hosts = "not looked at";
	config.socket = path;
	return memcached_hosts_read(&config, out, err);
}

static void
a_socket_is_used_instead(void **state)
{
	char path[128] = "/";
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    read_socket("/run/memcached/socket", &hosts, &err), ST_OK);
	assert_int_equal(hosts.n, 1);
	assert_host(&hosts.list[0], "/run/memcached/socket", 0, 1);
	assert_string_equal(hosts.list[0].label, "/run/memcached/socket");
	assert_int_equal(read_socket("run", &hosts, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "MEMCACHED_SOCKET"));
	memset(path + 1, 'a', 107);
	assert_int_equal(read_socket(path, &hosts, &err), ST_INVALID);
	path[107] = '\0';
	assert_int_equal(read_socket(path, &hosts, &err), ST_OK);
}

static void
a_port_out_of_range_is_refused(void **state)
{
	struct cache_config config = cache_config_none;
	struct memcached_hosts hosts;
	struct error err = { 0 };

	(void)state;
	config.hosts = "a";
	assert_int_equal(
	    memcached_hosts_read(&config, &hosts, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "MEMCACHED_PORT"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_and_weights_may_be_left_out),
		cmocka_unit_test(an_ipv6_address_stands_in_brackets),
		cmocka_unit_test(nonsense_is_refused_by_its_name),
		cmocka_unit_test(a_long_name_is_refused),
		cmocka_unit_test(there_are_64_servers_at_most),
		cmocka_unit_test(a_socket_is_used_instead),
		cmocka_unit_test(a_port_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
