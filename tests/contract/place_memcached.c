/* memcached: a server alone, on a unix socket, behind a log-in, and three. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"

#define WORDS_MAX   24
#define NUMBER_SIZE 16
#define MEGABYTES   "32"
#define MEMORY      ((size_t)24 << 20)
#define USER        "weir@local"
#define PASSWORD    "correct horse"
#define SERVERS     3

/* Items of 2 MB, so that the largest value of the tests fits. Root must say
 * that it wants to be root. */
static void
serve(struct place *place, const char *const *front, int port,
    const char *socket, const char *const *more)
{
	const char *argv[WORDS_MAX] = { 0 };
	char number[NUMBER_SIZE];
	size_t n = 0;

	for (; *front != NULL; front++)
		argv[n++] = *front;
	argv[n++] = "memcached";
	argv[n++] = "-m" MEGABYTES;
	argv[n++] = "-I2m";
	argv[n++] = "-t2";
	if (geteuid() == 0)
		argv[n++] = "-uroot";
	(void)snprintf(number, sizeof(number), "-p%d", port);
	if (port != 0) {
		argv[n++] = "-l127.0.0.1";
		argv[n++] = number;
	} else {
		argv[n++] = "-s";
		argv[n++] = socket;
	}
	for (; *more != NULL; more++)
		argv[n++] = *more;
	assert_in_range(n, 1, WORDS_MAX - 1);
	(void)place_serve(place, argv, port, socket);
}

static const char *const nothing[] = { NULL };

static void
port_start(
    struct place *place, const char *const *front, const char *const *more)
{
	int port = daemon_free_port();

	place_save(place, "hosts", place_text(place, "127.0.0.1:%d", port));
	serve(place, front, port, NULL, more);
}

static void
tcp_start(struct place *place)
{
	port_start(place, nothing, nothing);
}

static void
tcp_config(struct place *place, struct cache_config *out)
{
	out->hosts = place_load(place, "hosts");
	out->port = 1; /* they name theirs */
}

static const char *
socket_path(struct place *place)
{
	return place_text(place, "%s/socket", place->folder);
}

static void
socket_start(struct place *place)
{
	serve(place, nothing, 0, socket_path(place), nothing);
}

static void
socket_config(struct place *place, struct cache_config *out)
{
	out->socket = socket_path(place);
}

static void
three_start(struct place *place)
{
	const char *hosts = "";

	for (int i = 0; i < SERVERS; i++) {
		int port = daemon_free_port();

		hosts = place_text(place, "%s%s127.0.0.1:%d:%d", hosts,
		    i == 0 ? "" : ",", port, i + 1);
		serve(place, nothing, port, NULL, nothing);
	}
	place_save(place, "hosts", hosts);
}

/* A server that takes nobody without a log-in, from a file of its own. */
static void
login_start(struct place *place)
{
	const char *path = place->folder;
	const char *front[] = { "env",
		place_text(place, "SASL_CONF_PATH=%s", path), NULL };
	static const char *const more[] = { "-S", NULL };

	place_save(place, "memcached.conf",
	    place_text(
		place, "mech_list: plain\nsasldb_path: %s/users\n", path));
	place_save(place, "secret", PASSWORD);
	assert_int_equal(
	    system(place_text(place, /* NOLINT: words of this file */
		"saslpasswd2 -p -c -a memcached -u local -f %s/users weir "
		"<%s/secret",
		path, path)),
	    0);
	port_start(place, front, more);
}

static void
login_config(struct place *place, struct cache_config *out)
{
	tcp_config(place, out);
	out->username = USER;
	out->password = PASSWORD;
}

static void
wrong_password(struct place *place, struct cache_config *out)
{
	login_config(place, out);
	out->password = "wrong";
}

static const struct place_kind tcp = {
	.name = "memcached",
	.driver = "memcached",
	.cannot_list = true,
	.prefixed = true,
	.constant_incarnation = true,
	.bound = PLACE_EVICTS_UNUSED,
	.memory = MEMORY,
	.start = tcp_start,
	.stop = place_servers_kill, /* it would take a second to end */
	.wipe = place_servers_restart,
	.config = tcp_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static const struct place_kind over_socket = {
	.name = "memcached-socket",
	.driver = "memcached",
	.cannot_list = true,
	.prefixed = true,
	.constant_incarnation = true,
	.bound = PLACE_GROWS, /* a full server is asked above */
	.start = socket_start,
	.stop = place_servers_kill, /* it would take a second to end */
	.wipe = place_servers_restart,
	.config = socket_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static const struct place_kind three = {
	.name = "memcached-three",
	.driver = "memcached",
	.cannot_list = true,
	.prefixed = true,
	.constant_incarnation = true,
	.bound = PLACE_GROWS,
	.start = three_start,
	.stop = place_servers_kill, /* it would take a second to end */
	.wipe = place_servers_restart,
	.config = tcp_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static const struct place_kind login = {
	.name = "memcached-login",
	.driver = "memcached",
	.cannot_list = true,
	.prefixed = true,
	.constant_incarnation = true,
	.bound = PLACE_EVICTS_UNUSED,
	.memory = MEMORY,
	.start = login_start,
	.stop = place_servers_kill, /* it would take a second to end */
	.wipe = place_servers_restart,
	.config = login_config,
	.wrong_password = wrong_password,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

const struct place_kind *const place_kinds[] = { &tcp, &over_socket, &three,
	&login, NULL };
