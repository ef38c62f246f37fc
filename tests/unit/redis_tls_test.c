/* TLS to a real server, whose certificate names "localhost" and 127.0.0.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/redis.h"
#include "tests/support/daemon.h"
#include "tests/support/folder.h"
#include "tests/support/redis.h"

#define PATH_BYTES 128
#define HANG_MS    10000
#define SHORT_MS   300

struct world {
	char folder[FOLDER_PATH_BYTES];
	struct daemon server;
	int tls_port;
	int plain_port;
	char authority[PATH_BYTES];
	char stranger[PATH_BYTES];
};

static void
server_start(struct world *w)
{
	const char *argv[DAEMON_WORDS];
	char text[6][PATH_BYTES];
	struct daemon_plan plan = {
		.argv = argv, .log = text[0], .port = w->tls_port
	};
	size_t n;

	(void)snprintf(text[0], PATH_BYTES, "%s/log", w->folder);
	(void)snprintf(text[1], PATH_BYTES, "%d", w->plain_port);
	(void)snprintf(text[2], PATH_BYTES, "%d", w->tls_port);
	(void)snprintf(text[3], PATH_BYTES, "%s/ca.pem", w->folder);
	(void)snprintf(text[4], PATH_BYTES, "%s/server.pem", w->folder);
	(void)snprintf(text[5], PATH_BYTES, "%s/server.key", w->folder);
	n = redis_words(argv, text[1], w->folder);
	const char *const more[] = { "--tls-port", text[2],
		"--tls-ca-cert-file", text[3], "--tls-cert-file", text[4],
		"--tls-key-file", text[5], "--tls-auth-clients", "no", NULL };
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		argv[n++] = more[i];
	daemon_start(&w->server, &plan);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_true(secret_init());
	folder_make(w->folder);
	redis_certificates(w->folder);
	(void)snprintf(w->authority, PATH_BYTES, "%s/ca.pem", w->folder);
	(void)snprintf(w->stranger, PATH_BYTES, "%s/stranger.pem", w->folder);
	w->tls_port = daemon_free_port();
	w->plain_port = daemon_free_port();
	server_start(w);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	daemon_stop(&w->server);
	folder_remove(w->folder);
	free(w);
	return 0;
}

static struct cache_config
config_of(const struct world *w)
{
	struct cache_config config = cache_config_none;

	config.prefix = "weir";
	config.hosts = "localhost";
	config.port = w->tls_port;
	config.timeout_ms = HANG_MS / 2;
	config.max_value = 1 << 20;
	config.tls = true;
	config.tls_verify = true;
	config.tls_ca = w->authority;
	return config;
}

static enum status
ping(const struct cache_config *config, struct error *err)
{
	struct cache *cache = NULL;
	struct cache_conn *conn = NULL;
	enum status st;

	*err = (struct error){ 0 };
	st = redis_driver.open(config, &cache, err);
	if (st != ST_OK)
		return st;
	assert_int_equal(redis_driver.connect(cache, &conn, err), ST_OK);
	st = redis_driver.ping(conn, clock_boot_ms() + HANG_MS, err);
	redis_driver.disconnect(conn);
	redis_driver.close(cache);
	return st;
}

static void
assert_refused(
    const struct cache_config *config, enum status st, const char *part)
{
	struct error err;

	assert_int_equal(ping(config, &err), st);
	if (strstr(err.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, part);
}

static void
a_certificate_that_names_the_host_is_taken(void **state)
{
	struct cache_config config = config_of(*state);
	struct error err;

	assert_int_equal(ping(&config, &err), ST_OK);
	config.hosts = "127.0.0.1";
	assert_int_equal(ping(&config, &err), ST_OK);
}

static void
a_certificate_of_a_stranger_is_refused(void **state)
{
	struct world *w = *state;
	struct cache_config config = config_of(w);
	struct error err;

	config.tls_ca = w->stranger;
	assert_refused(&config, ST_UNAVAILABLE, "its certificate is refused");
	config.tls_ca = ""; /* the system's know it no better */
	assert_refused(&config, ST_UNAVAILABLE, "REDIS_TLS_CA");
	config.tls_verify = false;
	assert_int_equal(ping(&config, &err), ST_OK);
}

/* "127.1" leads to 127.0.0.1, and is not what the certificate says. */
static void
a_certificate_must_name_the_host(void **state)
{
	struct cache_config config = config_of(*state);

	config.hosts = "127.1";
	assert_refused(&config, ST_UNAVAILABLE, "its certificate is refused");
}

static void
a_port_without_tls_is_said(void **state)
{
	struct world *w = *state;
	struct cache_config config = config_of(w);

	/* It waits for the end of a line. */
	config.port = w->plain_port;
	config.timeout_ms = SHORT_MS;
	assert_refused(
	    &config, ST_UNAVAILABLE, "does not speak TLS in time (REDIS_TLS)");
	config = config_of(w);
	config.tls = false;
	assert_refused(&config, ST_UNAVAILABLE, "closed the connection");
}

static void
certificates_that_cannot_be_read_are_said(void **state)
{
	struct cache_config config = config_of(*state);

	config.tls_ca = "/no/such/file";
	assert_refused(&config, ST_INVALID, "REDIS_TLS_CA");
	config = config_of(*state);
	config.socket = "/run/redis.sock";
	assert_refused(&config, ST_INVALID, "REDIS_SOCKET");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_that_names_the_host_is_taken),
		cmocka_unit_test(a_certificate_of_a_stranger_is_refused),
		cmocka_unit_test(a_certificate_must_name_the_host),
		cmocka_unit_test(a_port_without_tls_is_said),
		cmocka_unit_test(certificates_that_cannot_be_read_are_said),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
