#include "tests/support/nodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/redis.h"

#define SLOTS      16384u
#define WORD_BYTES 256
#define TLS_TEXTS  4
#define TRIES      3000 /* of TRY_NS: half a minute */
#define TRY_NS     (10L * 1000 * 1000)
#define MOVE_MS    5000

struct redis_client *
nodes_client(struct nodes *nodes, size_t i)
{
	return &nodes->clients[i];
}

/* Puts the words of a node that speaks TLS, too; they live in text. */
static size_t
tls_words(const char **argv, const char *folder, int port,
    char text[TLS_TEXTS][WORD_BYTES])
{
	const char *const words[] = { "--tls-port", text[0],
		"--tls-ca-cert-file", text[1], "--tls-cert-file", text[2],
		"--tls-key-file", text[3], "--tls-auth-clients", "no",
		"--tls-cluster", "yes" };
	size_t n = sizeof(words) / sizeof(words[0]);

	(void)snprintf(text[0], WORD_BYTES, "%d", port);
	(void)snprintf(text[1], WORD_BYTES, "%s/ca.pem", folder);
	(void)snprintf(text[2], WORD_BYTES, "%s/server.pem", folder);
	(void)snprintf(text[3], WORD_BYTES, "%s/server.key", folder);
	for (size_t i = 0; i < n; i++)
		argv[i] = words[i];
	return n;
}

static void
launch(struct nodes *nodes, const struct nodes_plan *plan)
{
	char tls[TLS_TEXTS][WORD_BYTES];
	const char *argv[DAEMON_WORDS];
	char port[8], bus[8], timeout[16], file[16], log[WORD_BYTES];
	const struct daemon_plan daemon = {
		.argv = argv, .log = log, .port = daemon_free_port()
	};
	/* A master without slots stays one. */
	const char *const words[] = { "--cluster-enabled", "yes",
		"--cluster-allow-replica-migration", "no", "--cluster-port",
		bus, "--cluster-config-file", file, "--cluster-node-timeout",
		timeout };
	size_t i = nodes->n++;
	const char *id;
	size_t n;

	assert_in_range(i, 0, NODES_MAX - 1);
	(void)snprintf(port, sizeof(port), "%d", daemon.port);
	(void)snprintf(bus, sizeof(bus), "%d", daemon_free_port());
	(void)snprintf(timeout, sizeof(timeout), "%d", plan->timeout_ms);
	(void)snprintf(file, sizeof(file), "nodes-%zu", i);
	(void)snprintf(log, sizeof(log), "%s/node-%zu.log", plan->folder, i);
	n = redis_words(argv, port, plan->folder);
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
		argv[n++] = words[w];
	if (plan->tls) {
		nodes->tls_ports[i] = daemon_free_port();
		n +=
		    tls_words(argv + n, plan->folder, nodes->tls_ports[i], tls);
	}
	for (size_t w = 0; plan->more != NULL && plan->more[w] != NULL; w++)
		argv[n++] = plan->more[w];
	argv[n] = NULL;
	daemon_start(&nodes->daemons[i], &daemon);
	redis_client_open(&nodes->clients[i], daemon.port);
	id = redis_client_ask(&nodes->clients[i], "CLUSTER MYID");
	assert_int_equal(strlen(id), sizeof(nodes->ids[i]) - 1);
	memcpy(nodes->ids[i], id, sizeof(nodes->ids[i]));
}

/* Asserts that a node obeys. */
#define obey(nodes, i, ...)                                                    \
	assert_string_equal(                                                   \
	    redis_client_ask(nodes_client(nodes, i), __VA_ARGS__), "OK")

static void
pause_shortly(void)
{
	(void)nanosleep(&(struct timespec){ 0, TRY_NS }, NULL);
}

/* It knows all of the nodes, all slots are served, and it says so. */
static bool
works(struct nodes *nodes, size_t i)
{
	const char *info =
	    redis_client_ask(nodes_client(nodes, i), "CLUSTER INFO");
	char known[WORD_BYTES];

	(void)snprintf(
	    known, sizeof(known), "cluster_known_nodes:%zu\r", nodes->n);
	return info != NULL && strstr(info, "cluster_state:ok") != NULL &&
	       strstr(info, "cluster_slots_ok:16384") != NULL &&
	       strstr(info, known) != NULL;
}

void
nodes_await(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++) {
		int tries = 0;

		if (!daemon_lives(&nodes->daemons[i]))
			continue;
		while (!works(nodes, i) && tries++ < TRIES)
			pause_shortly();
		assert_in_range(tries, 0, TRIES - 1);
	}
}

/* Where other nodes speak to it. */
static int
port_of(const struct nodes *nodes, size_t i)
{
	int tls = nodes->tls_ports[i];

	return tls != 0 ? tls : nodes->daemons[i].port;
}

/* A node tells the port of its bus in its configuration. */
static void
meet(struct nodes *nodes, size_t i)
{
	struct redis_client *c = nodes_client(nodes, i);
	const char *bus =
	    strchr(redis_client_ask(c, "CONFIG GET cluster-port"), '\n');

	assert_non_null(bus);
	obey(nodes, 0, "CLUSTER MEET 127.0.0.1 %d %s", port_of(nodes, i),
	    bus + 1);
}

/* The master must be known to it before. */
static void
follow(struct nodes *nodes, size_t i)
{
	size_t master = (i - nodes->masters) % nodes->masters;
	int tries = 0;

	while (tries++ < TRIES &&
	       strcmp(redis_client_ask(nodes_client(nodes, i),
			  "CLUSTER REPLICATE %s", nodes->ids[master]),
		   "OK") != 0)
		pause_shortly();
	assert_in_range(tries, 0, TRIES - 1);
}

void
nodes_await_replica(struct nodes *nodes, size_t i)
{
	int tries = 0;

	while (
	    tries++ < TRIES &&
	    strstr(redis_client_ask(nodes_client(nodes, i), "INFO replication"),
		"master_link_status:up") == NULL)
		pause_shortly();
	assert_in_range(tries, 0, TRIES - 1);
}

void
nodes_start(struct nodes *nodes, const struct nodes_plan *plan)
{
	size_t n = plan->masters;

	memset(nodes, 0, sizeof(*nodes));
	nodes->masters = n;
	if (plan->tls)
		redis_certificates(plan->folder);
	for (size_t i = 0; i < n + plan->replicas; i++)
		launch(nodes, plan);
	for (size_t i = 0; i < nodes->n; i++)
		obey(nodes, i, "CLUSTER SET-CONFIG-EPOCH %zu", i + 1);
	for (size_t i = 0; i < n; i++)
		obey(nodes, i, "CLUSTER ADDSLOTSRANGE %zu %zu", i * SLOTS / n,
		    (i + 1) * SLOTS / n - 1);
	for (size_t i = 1; i < nodes->n; i++)
		meet(nodes, i);
	for (size_t i = n; i < nodes->n; i++)
		follow(nodes, i);
	nodes_await(nodes);
	for (size_t i = n; i < nodes->n; i++)
		nodes_await_replica(nodes, i);
}

void
nodes_add(struct nodes *nodes, const struct nodes_plan *plan)
{
	launch(nodes, plan);
	meet(nodes, nodes->n - 1);
	nodes_await(nodes);
}

static void
node_stop(struct nodes *nodes, size_t i)
{
	redis_client_close(&nodes->clients[i]);
	daemon_stop(&nodes->daemons[i]);
}

void
nodes_stop(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		node_stop(nodes, i);
}

void
nodes_drop(struct nodes *nodes)
{
	size_t last = --nodes->n;

	for (size_t i = 0; i < last; i++)
		obey(nodes, i, "CLUSTER FORGET %s", nodes->ids[last]);
	node_stop(nodes, last);
	nodes_await(nodes);
}

void
nodes_heal(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++) {
		if (daemon_lives(&nodes->daemons[i]))
			daemon_resume(&nodes->daemons[i]);
		else
			daemon_restart(&nodes->daemons[i]);
	}
	nodes_await(nodes);
}

/* The number that says whose word on slots counts, of node j as node i knows
 * it: the seventh word of its line. */
static long
epoch_of(struct nodes *nodes, size_t i, size_t j)
{
	const char *p =
	    redis_client_ask(nodes_client(nodes, i), "CLUSTER NODES");

	while (p != NULL && strncmp(p, nodes->ids[j], 40) != 0) {
		p = strchr(p, '\n');
		p += p != NULL;
	}
	for (int word = 0; p != NULL && word < 6; word++) {
		p = strchr(p, ' ');
		p += p != NULL;
	}
	return p == NULL ? -1 : strtol(p, NULL, 10);
}

static bool
agree(struct nodes *nodes)
{
	for (size_t j = 0; j < nodes->n; j++)
		for (size_t i = 0; i < nodes->n; i++)
			if (epoch_of(nodes, i, j) != epoch_of(nodes, j, j))
				return false;
	return true;
}

/* All know what all others claim. A node that gets a slot before it has heard
 * of the last one who got it would lose it, and its keys, when it does. */
static void
settle(struct nodes *nodes)
{
	int tries = 0;

	while (!agree(nodes) && tries++ < TRIES)
		pause_shortly();
	assert_in_range(tries, 0, TRIES - 1);
}

void
nodes_move_begin(struct nodes *nodes, unsigned slot, size_t from, size_t to)
{
	settle(nodes);
	obey(nodes, to, "CLUSTER SETSLOT %u IMPORTING %s", slot,
	    nodes->ids[from]);
	obey(nodes, from, "CLUSTER SETSLOT %u MIGRATING %s", slot,
	    nodes->ids[to]);
}

/* Lines as words in quotes, as a command takes them; how many. */
static size_t
words_of(const char *lines, char *out, size_t room)
{
	size_t n = 0;

	out[0] = '\0';
	while (*lines != '\0') {
		size_t length = strcspn(lines, "\n");
		size_t used = strlen(out);

		assert_null(memchr(lines, '"', length));
		(void)snprintf(
		    out + used, room - used, " \"%.*s\"", (int)length, lines);
		lines += length + (lines[length] != '\0');
		n++;
	}
	return n;
}

size_t
nodes_move_keys(
    struct nodes *nodes, unsigned slot, size_t from, size_t to, unsigned n)
{
	struct redis_client *c = nodes_client(nodes, from);
	char keys[REDIS_CLIENT_BYTES / 4];
	size_t found = words_of(
	    redis_client_ask(c, "CLUSTER GETKEYSINSLOT %u %u", slot, n), keys,
	    sizeof(keys));
	const char *said;

	if (found == 0)
		return 0;
	said = redis_client_ask(c, "MIGRATE 127.0.0.1 %d \"\" 0 %d KEYS%s",
	    port_of(nodes, to), MOVE_MS, keys);
	/* All may have been deleted or have expired meanwhile. */
	if (strcmp(said, "NOKEY") != 0)
		assert_string_equal(said, "OK");
	return found;
}

/* First who gets it, so that nobody is sent back; then all others, who would
 * hear of it sooner or later. */
void
nodes_move_end(struct nodes *nodes, unsigned slot, size_t from, size_t to)
{
	obey(nodes, to, "CLUSTER SETSLOT %u NODE %s", slot, nodes->ids[to]);
	obey(nodes, from, "CLUSTER SETSLOT %u NODE %s", slot, nodes->ids[to]);
	for (size_t i = 0; i < nodes->masters; i++)
		if (i != from && i != to)
			obey(nodes, i, "CLUSTER SETSLOT %u NODE %s", slot,
			    nodes->ids[to]);
}
