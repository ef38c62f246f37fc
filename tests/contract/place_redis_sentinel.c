/*
 * A Redis master, its replica and three sentinels, which alone are named in the
 * settings: plainly, and with log-ins at both over TLS. The store is all five:
 * they are killed and brought back together, and nobody is promoted meanwhile.
 * What becomes of fail-overs is asked by tests/unit/redis_failover_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "drivers/cache/redis_lease.h"
#include "tests/contract/cache_place.h"
#include "tests/support/redis.h"

#define SERVERS           2 /* the first ones of the place */
#define SENTINELS         3
#define CONF_BYTES        1024
#define PASSWORD          "right-and-secret"
#define SENTINEL_USER     "watcher"
#define SENTINEL_PASSWORD "also-secret"

/* Only those who are told so are promoted. */
#define DOWN "60000"

/* Starts redis-server with a file of settings, which it may rewrite. */
static void
serve(struct place *place, int port, const char *kind, const char *conf)
{
	const char *name = place_text(place, "%d.conf", port);
	const char *path = place_text(place, "%s/%s", place->folder, name);
	const char *const argv[] = { "redis-server", path, kind, NULL };

	place_save(place, name, conf);
	(void)place_serve(place, argv, port, NULL);
}

/* What all five have in common; port_word: "port" or "tls-port". */
static int
common_print(const struct place *place, char out[CONF_BYTES],
    const char *port_word, int port)
{
	return snprintf(out, CONF_BYTES, "%s %d\nbind 127.0.0.1\ndir %s\n",
	    port_word, port, place->folder);
}

static void
server_start(struct place *place, int port, int master, const char *more)
{
	char conf[CONF_BYTES];
	const char *word = more[0] == '\0' ? "port" : "tls-port";
	int n = common_print(place, conf, word, port);

	n += snprintf(conf + n, sizeof(conf) - (size_t)n,
	    "save \"\"\nrepl-diskless-sync-delay 0\n%s", more);
	if (port != master)
		(void)snprintf(conf + n, sizeof(conf) - (size_t)n,
		    "replicaof 127.0.0.1 %d\n", master);
	serve(place, port, NULL, conf);
}

static void
sentinel_start(struct place *place, int port, int master, const char *more)
{
	char conf[CONF_BYTES];
	const char *word = more[0] == '\0' ? "port" : "tls-port";
	int n = common_print(place, conf, word, port);

	(void)snprintf(conf + n, sizeof(conf) - (size_t)n,
	    "sentinel monitor mymaster 127.0.0.1 %d 2\n"
	    "sentinel down-after-milliseconds mymaster " DOWN "\n"
	    "sentinel failover-timeout mymaster 1000\n%s",
	    master, more);
	serve(place, port, "--sentinel", conf);
}

static void
group_start(struct place *place, const char *server, const char *sentinel)
{
	int master = daemon_free_port();
	const char *hosts = "";

	server_start(place, master, master, server);
	for (int i = 1; i < SERVERS; i++)
		server_start(place, daemon_free_port(), master, server);
	for (int i = 0; i < SENTINELS; i++) {
		int port = daemon_free_port(); /* once the others have theirs */

		sentinel_start(place, port, master, sentinel);
		hosts = place_text(
		    place, "%s%slocalhost:%d", hosts, i > 0 ? "," : "", port);
	}
	place_save(place, "sentinels", hosts);
	/* The word of a sentinel counts when it has known the master for that
	 * long, and not before: there is nothing else to wait for. */
	(void)usleep(REDIS_REIGN_MS * 1000);
}

static void
plain_start(struct place *place)
{
	group_start(place, "", "");
}

static void
plain_config(struct place *place, struct cache_config *out)
{
	out->hosts = "no-such-host.invalid";
	out->sentinels = place_load(place, "sentinels");
	out->sentinel_port = 1; /* they name theirs */
	out->sentinel_master = "mymaster";
}

/* Who watches must not see the others away. */
static void
group_pause(struct place *place)
{
	for (size_t i = place->n_servers; i > 0; i--)
		daemon_pause(&place->servers[i - 1]);
}

static const struct place_kind plain = {
	.name = "redis-sentinel",
	.driver = "redis",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = plain_start,
	.stop = place_servers_kill, /* five polite ends take half a second */
	.wipe = place_servers_restart,
	.config = plain_config,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = group_pause,
	.resume = place_servers_resume,
};

#ifdef WITH_TLS
#define TLS                                                                    \
	"port 0\ntls-ca-cert-file %s/ca.pem\ntls-cert-file %s/server.pem\n"    \
	"tls-key-file %s/server.key\ntls-auth-clients no\n"                    \
	"tls-replication yes\n"

static void
tls_start(struct place *place)
{
	const char *at = place->folder;
	const char *server = place_text(place,
	    TLS "requirepass " PASSWORD "\nmasterauth " PASSWORD "\n", at, at,
	    at);
	/* What drivers/cache/redis_sentinels.h asks for, and no more. */
	const char *sentinel = place_text(place,
	    TLS "sentinel auth-pass mymaster " PASSWORD "\n"
		"sentinel sentinel-pass " PASSWORD "\n"
		"user default on >" PASSWORD " ~* &* +@all\n"
		"user " SENTINEL_USER " on >" SENTINEL_PASSWORD
		" -@all +ping +sentinel|master\n",
	    at, at, at);

	redis_certificates(place->folder);
	group_start(place, server, sentinel);
}

static void
tls_config(struct place *place, struct cache_config *out)
{
	plain_config(place, out);
	out->password = PASSWORD;
	out->sentinel_username = SENTINEL_USER;
	out->sentinel_password = SENTINEL_PASSWORD;
	out->tls = true;
	out->tls_verify = true;
	out->tls_ca = place_text(place, "%s/ca.pem", place->folder);
}

static void
tls_wrong(struct place *place, struct cache_config *out)
{
	tls_config(place, out);
	out->sentinel_password = "false-friend";
}

static const struct place_kind over_tls = {
	.name = "redis-sentinel-tls",
	.driver = "redis",
	.loop = true,
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = tls_start,
	.stop = place_servers_kill, /* five polite ends take half a second */
	.wipe = place_servers_restart,
	.config = tls_config,
	.wrong_password = tls_wrong,
	.kill = place_servers_kill,
	.restart = place_servers_restart,
	.pause = group_pause,
	.resume = place_servers_resume,
};
#endif

const struct place_kind *const place_kinds[] = {
	&plain,
#ifdef WITH_TLS
	&over_tls,
#endif
	NULL,
};
