/*
 * What the rate limit stage costs a request on the local store: planning,
 * counting and the headers, in nanoseconds, by how many limits apply. Prints a
 * line for each case; judges nothing. An empty folder for the store is the only
 * argument.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/base/secret.h"
#include "app/base/settings.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "middleware/registry/platform.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot_build.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/stages.h"

#define ROUNDS      1000000
#define WARM_UP     10000
#define ARENA_BYTES 16384
#define MEMORY      (64 << 20)
#define APP_KEY     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* No service is called, so none needs a type. */
const struct service_type *const service_types[] = { NULL };

const struct service_type *
service_type_find(struct str name)
{
	(void)name;
	return NULL;
}

static const struct app app = { .id = 1 };
static const struct role role = { .id = 2 };
static const struct service service = { .id = 3 };

struct bench {
	void *stage;
	const struct cache_driver *driver;
	struct cache *cache;
	struct cache_conn *conn;
	struct snapshot *snapshot;
	struct arena arena;
	struct request req;
};

struct variant {
	const char *name;
	size_t applying; /* limits of the request */
	size_t others;   /* of other roles */
	enum cache_algorithm algorithm;
};

static const struct variant variants[] = {
	{ "no limit", 0, 0, CACHE_FIXED },
	{ "none of 1000 limits", 0, 1000, CACHE_FIXED },
	{ "1 limit", 1, 0, CACHE_FIXED },
	{ "1 of 1000 limits", 1, 999, CACHE_FIXED },
	{ "3 limits", 3, 0, CACHE_FIXED },
	{ "1 sliding limit", 1, 0, CACHE_SLIDING },
	{ "1 gcra limit", 1, 0, CACHE_GCRA },
};

static void
check(enum status st, const struct error *err)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "limit_stage: %s\n", err->text);
	exit(1);
}

static struct limit
limit_make(struct arena *arena, size_t i, const struct variant *v)
{
	static const struct limit kinds[] = {
		{ .type = LIMIT_INSTANCE },
		{ .type = LIMIT_ROLE, .role_id = 2 },
		{ .type = LIMIT_SERVICE, .service_id = 3 },
	};
	struct limit limit = kinds[i < v->applying ? i : 1];

	if (i >= v->applying)
		limit.role_id = 1000 + (int64_t)i;
	limit.id = (int64_t)i + 1;
	limit.name = arena_printf(arena, "limit %zu", i);
	limit.rate = CACHE_COUNT_MAX;
	limit.period = 60;
	limit.algorithm = v->algorithm;
	limit.burst = CACHE_COUNT_MAX;
	limit.key = arena_printf(
	    arena, "limit:%zu:%d:%u:%s", i, CACHE_COUNT_MAX, 60U, v->name);
	return limit;
}

static struct snapshot *
snapshot_make(struct settings_hold *hold, const struct variant *v)
{
	struct platform *p = platform_new();
	struct snapshot *snapshot;

	p->n_limits = v->applying + v->others;
	p->limits =
	    arena_alloc(&p->arena, (p->n_limits + 1) * sizeof(*p->limits));
	for (size_t i = 0; i < p->n_limits; i++)
		p->limits[i] = limit_make(&p->arena, i, v);
	limit_index_build(&p->limit_index, &p->arena, p->limits, p->n_limits);
	snapshot = snapshot_build(p, hold, NULL);
	platform_unref(p);
	return snapshot;
}

static void
request_begin(struct bench *b)
{
	arena_reset(&b->arena);
	request_init(&b->req, &b->arena, b->snapshot);
	b->req.method = METHOD_GET;
	b->req.app = &app;
	b->req.role = &role;
	b->req.service = &service;
	b->req.resource = STR("_table/orders");
}

static void
counts_run(struct bench *b)
{
	struct batch *batch = &b->req.batch[STORE_LIMIT];
	struct cache_op *ops[BATCH_OPS_MAX];

	for (size_t i = 0; i < batch->n; i++)
		ops[i] = &batch->ops[i];
	if (batch->n > 0)
		(void)b->driver->exec(
		    b->conn, ops, batch->n, b->req.deadline_ms);
}

static void
stage_run(struct bench *b)
{
	(void)stage_ratelimit.plan(b->stage, &b->req);
	counts_run(b);
	if (stage_ratelimit.enter(b->stage, &b->req) != FLOW_NEXT) {
		(void)fprintf(stderr, "limit_stage: a limit refused\n");
		exit(1);
	}
	stage_ratelimit.leave(b->stage, &b->req);
}

static void
rounds_run(struct bench *b, bool with_stage, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		request_begin(b);
		if (with_stage)
			stage_run(b);
	}
}

/* Of the processor, in nanoseconds: others may run beside this. */
static double
thread_time(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds a round. */
static double
rounds_time(struct bench *b, bool with_stage)
{
	double begun;

	rounds_run(b, with_stage, WARM_UP);
	begun = thread_time();
	rounds_run(b, with_stage, ROUNDS);
	return (thread_time() - begun) / ROUNDS;
}

static void
variant_run(
    struct bench *b, struct settings_hold *hold, const struct variant *v)
{
	double without, with;

	b->snapshot = snapshot_make(hold, v);
	without = rounds_time(b, false);
	with = rounds_time(b, true);
	(void)printf("%-22s %6.0f ns\n", v->name, with - without);
	(void)fflush(stdout);
	snapshot_unref(b->snapshot);
}

static void
store_open(struct bench *b, const char *folder)
{
	struct cache_config config = cache_config_none;
	struct error err = { 0 };

	config.path = folder;
	config.bytes = MEMORY;
	config.max_value = MEMORY / 64;
	b->driver = cache_driver_find(STR("local"));
	check(b->driver->open(&config, &b->cache, &err), &err);
	check(b->driver->connect(b->cache, &b->conn, &err), &err);
}

int
main(int argc, char **argv)
{
	static const struct settings settings = { .app_key = APP_KEY,
		.app_previous_keys = "",
		.request_timeout = 60000 };
	const struct service_host host = { .settings = &settings };
	struct settings_hold *hold = NULL;
	struct bench b = { 0 };
	struct error err = { 0 };

	if (argc != 2 || !secret_init()) {
		(void)fprintf(stderr, "usage: limit_stage FOLDER\n");
		return 2;
	}
	check(settings_hold_new(&host, NULL, &hold, &err), &err);
	check(stage_ratelimit.open(&settings, &b.stage, &err), &err);
	store_open(&b, argv[1]);
	arena_init(&b.arena, ARENA_BYTES);
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
		variant_run(&b, hold, &variants[i]);
	arena_close(&b.arena);
	b.driver->disconnect(b.conn);
	b.driver->close(b.cache);
	stage_ratelimit.close(b.stage);
	settings_hold_unref(hold);
	return 0;
}
