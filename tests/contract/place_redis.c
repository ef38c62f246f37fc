/*
 * Redis servers that are reached in all ways: by address, through a socket, by
 * name as a user of their own, over TLS. Two of them are small: one refuses
 * what is too much, and one evicts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"
#include "tests/support/redis.h"

#define MEMORY      (24 << 20)
#define MEMORY_TEXT "24mb"
#define USER        "weir"
#define PASSWORD    "right-and-secret"

/* What drivers/cache/redis.h asks for, and no more. */
#define RIGHTS                                                                 \
	"~weir* -@all +ping +info +select +set +get +getdel +del +unlink "     \
	"+exists +expire +persist +eval +evalsha +script|load +scan +dbsize "  \
	"+incr +decr +pttl +time"

/* Starts a server with more words than the usual; socket NULL: at a port. */
static void
serve(struct place *place, const char *socket, const char *const *more)
{
	const char *argv[DAEMON_WORDS];
	int port = socket == NULL ? daemon_free_port() : 0;
	const char *text = place_text(place, "%d", port);
	size_t n = redis_words(argv, text, place->folder);

	while (*more != NULL)
		argv[n++] = *more++;
	argv[n] = NULL;
	(void)place_serve(place, argv, port, socket);
	place_save(place, "port", text);
}

/* What a restart loses: nothing is saved. */
static void
wipe(struct place *place)
{
	place_servers_restart(place);
}

static void
plain_start(struct place *place)
{
	static const char *const none[] = { NULL };

	serve(place, NULL, none);
}

static void
plain_config(struct place *place, struct cache_config *out)
{
	out->hosts = "127.0.0.1";
	out->port = atoi(place_load(place, "port")); /* NOLINT: we wrote it */
}

static const struct place_kind plain = {
	.name = "redis",
	.driver = "redis",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = plain_start,
	.wipe = wipe,
	.config = plain_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static const struct place_kind loop = {
	.name = "redis-loop",
	.driver = "redis",
	.loop = true,
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = plain_start,
	.wipe = wipe,
	.config = plain_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static const char *
socket_path(struct place *place)
{
	return place_text(place, "%s/redis.sock", place->folder);
}

static void
socket_start(struct place *place)
{
	const char *path = socket_path(place);
	const char *const more[] = { "--unixsocket", path, "--maxmemory",
		MEMORY_TEXT, "--maxmemory-policy", "noeviction", NULL };

	serve(place, path, more);
}

static void
socket_config(struct place *place, struct cache_config *out)
{
	out->socket = socket_path(place);
	out->database = 3;
}

static const struct place_kind by_socket = {
	.name = "redis-socket",
	.driver = "redis",
	.prefixed = true,
	.bound = PLACE_REFUSES,
	.memory = MEMORY,
	.start = socket_start,
	.wipe = wipe,
	.config = socket_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

static void
user_start(struct place *place)
{
	const char *path = place_text(place, "%s/acl", place->folder);
	const char *const more[] = { "--aclfile", path, "--maxmemory",
		MEMORY_TEXT, "--maxmemory-policy", "allkeys-lru", NULL };

	place_save(place, "acl",
	    "user default off\nuser " USER " on >" PASSWORD " " RIGHTS "\n");
	serve(place, NULL, more);
}

static void
user_config(struct place *place, struct cache_config *out)
{
	plain_config(place, out);
	out->hosts = "localhost";
	out->username = USER;
	out->password = PASSWORD;
}

static void
user_wrong(struct place *place, struct cache_config *out)
{
	user_config(place, out);
	out->password = "false-friend";
}

static const struct place_kind user = {
	.name = "redis-user",
	.driver = "redis",
	.loop = true,
	.prefixed = true,
	.bound = PLACE_EVICTS,
	.memory = MEMORY,
	.start = user_start,
	.wipe = wipe,
	.config = user_config,
	.wrong_password = user_wrong,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};

#ifdef WITH_TLS
static void
tls_start(struct place *place)
{
	const char *ca = place_text(place, "%s/ca.pem", place->folder);
	const char *cert = place_text(place, "%s/server.pem", place->folder);
	const char *key = place_text(place, "%s/server.key", place->folder);
	int port = daemon_free_port();
	const char *text = place_text(place, "%d", port);
	const char *argv[DAEMON_WORDS];
	size_t n = redis_words(argv, "0", place->folder);
	const char *const more[] = { "--tls-port", text, "--tls-ca-cert-file",
		ca, "--tls-cert-file", cert, "--tls-key-file", key,
		"--tls-auth-clients", "no", "--requirepass", PASSWORD, NULL };

	redis_certificates(place->folder);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		argv[n++] = more[i];
	(void)place_serve(place, argv, port, NULL);
	place_save(place, "port", text);
}

static void
tls_config(struct place *place, struct cache_config *out)
{
	plain_config(place, out);
	out->password = PASSWORD;
	out->tls = true;
	out->tls_verify = true;
	out->tls_ca = place_text(place, "%s/ca.pem", place->folder);
}

static void
tls_wrong(struct place *place, struct cache_config *out)
{
	tls_config(place, out);
	out->password = "false-friend";
}

static const struct place_kind over_tls = {
	.name = "redis-tls",
	.driver = "redis",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = tls_start,
	.wipe = wipe,
	.config = tls_config,
	.wrong_password = tls_wrong,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = place_servers_pause,
	.resume = place_servers_resume,
};
#endif

const struct place_kind *const place_kinds[] = {
	&plain,
	&loop,
	&by_socket,
	&user,
#ifdef WITH_TLS
	&over_tls,
#endif
	NULL,
};
