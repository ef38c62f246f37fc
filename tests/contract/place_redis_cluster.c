/*
 * A Redis Cluster of three masters, which asks for a password. It takes seconds
 * to start, so one serves all questions, each of which finds it empty.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"
#include "tests/support/nodes.h"

#define MASTERS    3
#define TIMEOUT_MS 15000 /* a pause in a question is no death */
#define USER       "weir"
#define PASSWORD   "right-and-secret"

/* What drivers/cache/redis.h asks for, and no more. */
#define RIGHTS                                                                 \
	"~weir* -@all +ping +info +select +set +get +getdel +del +unlink "     \
	"+exists +expire +persist +eval +evalsha +script|load +scan +dbsize "  \
	"+incr +decr +pttl +time +asking +cluster|slots +cluster|nodes"

struct shared {
	struct nodes nodes;
	char folder[FOLDER_PATH_BYTES];
};

/* Of the program. */
static struct shared *
shared(void)
{
	static struct shared shared;

	return &shared;
}

static void
shared_end(void)
{
	nodes_stop(&shared()->nodes);
	folder_remove(shared()->folder);
}

static void
shared_start(struct place *place)
{
	const char *acl;
	const char *more[] = { "--aclfile", NULL, NULL };
	struct nodes_plan plan = { .folder = shared()->folder,
		.masters = MASTERS,
		.timeout_ms = TIMEOUT_MS,
		.more = more };
	FILE *file;

	folder_make(shared()->folder);
	assert_int_equal(atexit(shared_end), 0);
	acl = place_text(place, "%s/acl", shared()->folder);
	more[1] = acl;
	file = fopen(acl, "w");
	assert_non_null(file);
	(void)fputs("user default on nopass ~* &* +@all\n"
		    "user " USER " on >" PASSWORD " " RIGHTS "\n",
	    file);
	assert_int_equal(fclose(file), 0);
	nodes_start(&shared()->nodes, &plan);
}

/* The last that other processes must know: how to come in. */
static void
start(struct place *place)
{
	struct nodes *nodes = &shared()->nodes;

	if (nodes->n == 0)
		shared_start(place);
	nodes_heal(nodes);
	for (size_t i = 0; i < nodes->n; i++)
		assert_string_equal(
		    redis_client_ask(nodes_client(nodes, i), "FLUSHALL"), "OK");
	place_save(place, "hosts",
	    place_text(place, "127.0.0.1:%d,localhost:%d",
		nodes->daemons[0].port, nodes->daemons[1].port));
}

static void
each(void (*act)(struct daemon *d))
{
	struct nodes *nodes = &shared()->nodes;

	for (size_t i = 0; i < nodes->n; i++)
		act(&nodes->daemons[i]);
}

static void
kill_all(struct place *place)
{
	(void)place;
	each(daemon_kill);
}

static void
restart_all(struct place *place)
{
	(void)place;
	each(daemon_restart);
	nodes_await(&shared()->nodes);
}

static void
pause_all(struct place *place)
{
	(void)place;
	each(daemon_pause);
}

static void
resume_all(struct place *place)
{
	(void)place;
	each(daemon_resume);
}

static void
config(struct place *place, struct cache_config *out)
{
	out->cluster = true;
	out->hosts = place_load(place, "hosts");
	out->username = USER;
	out->password = PASSWORD;
}

static void
config_wrong(struct place *place, struct cache_config *out)
{
	config(place, out);
	out->password = "false-friend";
}

static const struct place_kind blocking = {
	.name = "redis-cluster",
	.driver = "redis",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = start,
	.wipe = restart_all,
	.config = config,
	.wrong_password = config_wrong,
	.kill = kill_all,
	.restart = restart_all,
	.pause = pause_all,
	.resume = resume_all,
};

static const struct place_kind loop = {
	.name = "redis-cluster-loop",
	.driver = "redis",
	.loop = true,
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = start,
	.wipe = restart_all,
	.config = config,
	.wrong_password = config_wrong,
	.kill = kill_all,
	.restart = restart_all,
	.pause = pause_all,
	.resume = resume_all,
};

const struct place_kind *const place_kinds[] = { &blocking, &loop, NULL };
