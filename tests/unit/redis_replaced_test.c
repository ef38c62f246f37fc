/* A Redis Cluster whose nodes die, hang, are replaced, and come back. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_tasks.h"
#include "tests/support/nodes.h"
#include "tests/support/stopwatch.h"

#define MASTERS     3
#define REPLICA     MASTERS /* of the first master */
#define SHARDS      MASTERS
#define TIMEOUT_MS  1000
#define WORKERS     4
#define KEYS        20
#define DEADLINE_MS 1000 /* a node writes its settings to disk at times */
#define RECOVERY_MS 2000
#define IN_A_ROW    20
#define TRY_NS      (2L * 1000 * 1000)

static const struct cache_space closed = { { "closed", 6 }, false };

static struct nodes *
nodes(void)
{
	static struct nodes nodes;

	return &nodes;
}

/* full: when a node is away, the others refuse to work as well. */
static void
begin(struct place *place, const char *full)
{
	const char *const more[] = { "--cluster-require-full-coverage", full,
		NULL };
	const struct nodes_plan plan = { .folder = place->folder,
		.masters = MASTERS,
		.replicas = 1,
		.timeout_ms = TIMEOUT_MS,
		.more = more };

	nodes_start(nodes(), &plan);
}

static void
partial_begin(struct place *place)
{
	begin(place, "no");
}

static void
full_begin(struct place *place)
{
	begin(place, "yes");
}

static void
place_end(struct place *place)
{
	(void)place;
	nodes_stop(nodes());
}

/* The first node is not there always, so another is named as well. */
static void
place_config(struct place *place, struct cache_config *out)
{
	out->cluster = true;
	out->hosts = place_text(place, "127.0.0.1:%d,127.0.0.1:%d",
	    nodes()->daemons[0].port, nodes()->daemons[2].port);
}

static const struct place_kind partial = {
	.name = "partial",
	.driver = "redis",
	.start = partial_begin,
	.stop = place_end,
	.config = place_config,
};

static const struct place_kind full = {
	.name = "full",
	.driver = "redis",
	.start = full_begin,
	.stop = place_end,
	.config = place_config,
};

const struct place_kind *const place_kinds[] = { &partial, &full, NULL };

static int
set_up(void **state)
{
	static struct fixture f;

	fixture_open(&f, &partial);
	*state = &f;
	return 0;
}

static int
set_up_full(void **state)
{
	static struct fixture f;

	fixture_open(&f, &full);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

static void
pause_shortly(void)
{
	(void)nanosleep(&(struct timespec){ 0, TRY_NS }, NULL);
}

/* A shard that lies on a master. */
static struct str
shard_of(struct fixture *f, size_t master)
{
	for (unsigned i = 0;; i++) {
		struct str name = arena_printf(&f->arena, "shard-%u", i);
		const char *said = redis_client_ask(nodes_client(nodes(), 2),
		    "CLUSTER KEYSLOT %.*s", STR_ARG(name));

		if (strtoul(said, NULL, 10) * MASTERS / 16384 == master)
			return name;
	}
}

/* Runs one operation of a shard; its status. */
static enum status
one(struct fixture *f, struct str shard, struct cache_op *op)
{
	op->space = &closed;
	op->shard = shard;
	op->ttl = op->kind == CACHE_GET ? 0 : 600;
	op->limit = CACHE_COUNT_MAX;
	(void)fixture_try(f, f->conn, op, 1, DEADLINE_MS);
	return op->status;
}

static enum status
shard_set(struct fixture *f, struct str shard, struct str value)
{
	struct cache_op op = {
		.kind = CACHE_SET, .key = STR("key"), .value = value
	};

	return one(f, shard, &op);
}

static struct cache_op
shard_get(struct fixture *f, struct str shard)
{
	struct cache_op op = { .kind = CACHE_GET, .key = STR("key") };

	(void)one(f, shard, &op);
	return op;
}

static bool
failed(enum status st)
{
	return st == ST_UNAVAILABLE || st == ST_TIMEOUT;
}

/* What runs while nodes die. */
struct load {
	struct fixture f; /* as it was, for those who make copies */
	struct crowd crowd;
	pthread_t thread;
	struct str shards[SHARDS]; /* of each master */
	atomic_bool over;
	atomic_llong failed_ms[SHARDS]; /* last */
	atomic_llong done_ms[SHARDS];
};

/* Sets, reads and counts; the other shards go on. */
static uint32_t
use(struct fixture *f, const char *argument, uint32_t number)
{
	struct load *load = (struct load *)(uintptr_t)argument;
	struct cache_op op;
	uint32_t i = 0;

	for (; !atomic_load(&load->over); i++) {
		size_t s = i % SHARDS;
		struct str own = arena_printf(
		    &f->arena, "key %u %u", number, i / SHARDS % KEYS);
		struct cache_op ops[] = {
			{ .kind = CACHE_SET, .key = own, .value = own },
			{ .kind = CACHE_GET, .key = own },
			{ .kind = CACHE_COUNT, .key = STR("all") },
		};

		op = ops[i / SHARDS % 3];
		if (failed(one(f, load->shards[s], &op)))
			atomic_store(&load->failed_ms[s], clock_boot_ms());
		else
			atomic_store(&load->done_ms[s], clock_boot_ms());
		if (op.kind == CACHE_GET && op.status == ST_OK)
			assert_anywhere(str_eq(op.value, own));
		arena_reset(&f->arena);
		pause_shortly();
	}
	return i;
}

static void *
load_main(void *arg)
{
	struct load *load = arg;

	(void)crowd_run(&load->f, &load->crowd);
	return NULL;
}

static struct load *
load_begin(struct fixture *f)
{
	struct load *load = calloc(1, sizeof(*load));

	assert_non_null(load);
	load->f = *f;
	load->crowd = (struct crowd){ use, (const char *)load, WORKERS };
	for (size_t i = 0; i < SHARDS; i++)
		load->shards[i] = shard_of(f, i);
	assert_int_equal(
	    pthread_create(&load->thread, NULL, load_main, load), 0);
	return load;
}

static void
load_end(struct load *load)
{
	atomic_store(&load->over, true);
	assert_int_equal(pthread_join(load->thread, NULL), 0);
	free(load);
}

static void
wait_ms(int64_t ms)
{
	int64_t until_ms = clock_boot_ms() + ms;

	while (clock_boot_ms() < until_ms)
		pause_shortly();
}

/* Until a node serves as a master what another had. */
static void
await_master(size_t i)
{
	int64_t until_ms = clock_boot_ms() + 30000;

	while (strstr(redis_client_ask(
			  nodes_client(nodes(), i), "INFO replication"),
		   "role:master") == NULL) {
		assert_true(clock_boot_ms() < until_ms);
		pause_shortly();
	}
}

/* A node dies; its replica takes over; the other masters go on meanwhile. */
static void
assert_replaced(struct load *load, size_t dead, size_t heir)
{
	int64_t promoted_ms;

	daemon_kill(&nodes()->daemons[dead]);
	await_master(heir);
	promoted_ms = clock_boot_ms();
	wait_ms(RECOVERY_MS + FIXTURE_SLACK_MS);
	assert_true(atomic_load(&load->failed_ms[0]) > 0);
	assert_in_range(atomic_load(&load->failed_ms[0]), 0,
	    promoted_ms + RECOVERY_MS + FIXTURE_SLACK_MS);
	assert_true(atomic_load(&load->done_ms[0]) > promoted_ms);
	for (size_t i = 1; i < SHARDS; i++)
		assert_int_equal(atomic_load(&load->failed_ms[i]), 0);
}

static void
a_dead_master_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct load *load = load_begin(f);
	uint8_t before[INCARNATION_BYTES];
	struct cache_op op;

	assert_int_equal(
	    shard_set(f, load->shards[0], STR("replicated")), ST_OK);
	op = shard_get(f, load->shards[0]);
	memcpy(before, op.incarnation, sizeof(before));
	wait_ms(200);
	assert_replaced(load, 0, REPLICA);
	op = shard_get(f, load->shards[0]);
	assert_false(failed(op.status));
	assert_memory_not_equal(before, op.incarnation, sizeof(before));
	/* Who was replaced comes back as the heir. */
	nodes_heal(nodes());
	nodes_await_replica(nodes(), 0);
	atomic_store(&load->failed_ms[0], 0);
	wait_ms(500);
	assert_int_equal(atomic_load(&load->failed_ms[0]), 0);
	assert_replaced(load, REPLICA, 0);
	load_end(load);
	nodes_heal(nodes());
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
}

/* One who has not noticed is not misled, neither while it hangs nor when it
 * wakes up and takes itself for the master. */
static void
a_hung_master_is_not_asked_any_more(void **state)
{
	struct fixture *f = *state;
	struct str shard = shard_of(f, 0);
	struct fixture other = *f;
	int64_t until_ms;

	assert_int_equal(shard_set(f, shard, STR("old")), ST_OK);
	other.conn = fixture_connect(f);
	arena_init(&other.arena, f->arena.first_size);
	assert_int_equal(shard_get(&other, shard).status, ST_OK);
	daemon_pause(&nodes()->daemons[0]);
	await_master(REPLICA);
	wait_ms(TIMEOUT_MS);
	assert_int_equal(shard_set(f, shard, STR("new")), ST_OK);
	daemon_resume(&nodes()->daemons[0]);
	until_ms = clock_boot_ms() + 500;
	while (clock_boot_ms() < until_ms) {
		struct cache_op op = shard_get(f, shard);

		assert_int_equal(op.status, ST_OK);
		assert_true(str_eq(op.value, STR("new")));
		op = shard_get(&other, shard);
		assert_int_equal(op.status, ST_OK);
		assert_true(str_eq(op.value, STR("new")));
	}
	f->driver->disconnect(other.conn);
	arena_close(&other.arena);
	nodes_await(nodes());
}

static void
await_state(size_t i, const char *word)
{
	int64_t until_ms = clock_boot_ms() + 30000;

	while (
	    strstr(redis_client_ask(nodes_client(nodes(), i), "CLUSTER INFO"),
		word) == NULL) {
		assert_true(clock_boot_ms() < until_ms);
		pause_shortly();
	}
}

/* A master without a replica dies, and all of the cluster with it. */
static void
a_cluster_that_is_down_costs_no_wait(void **state)
{
	struct fixture *f = *state;
	struct str shard = shard_of(f, 2);
	struct error err = { 0 };
	int64_t began_ms;

	assert_int_equal(shard_set(f, shard, STR("value")), ST_OK);
	daemon_kill(&nodes()->daemons[1]);
	await_state(2, "cluster_state:fail");
	for (int i = 0; i < 4; i++)
		assert_true(failed(shard_get(f, shard).status));
	began_ms = stopwatch_ms();
	for (int i = 0; i < IN_A_ROW; i++)
		assert_true(failed(shard_get(f, shard).status));
	assert_soon(began_ms, DEADLINE_MS);
	assert_int_equal(
	    f->driver->ping(f->conn, clock_boot_ms() + DEADLINE_MS, &err),
	    ST_UNAVAILABLE);
	assert_true(err.text[0] != '\0');
	nodes_heal(nodes());
	fixture_recover(f);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
}

/* What cannot be is refused at once, with what to do about it. */
static void
assert_refused(struct fixture *f, struct cache_config *config, const char *word)
{
	struct cache *cache = NULL;
	struct error err = { 0 };

	assert_int_equal(f->driver->open(config, &cache, &err), ST_INVALID);
	if (strstr(err.text, word) == NULL)
		fail_msg("\"%s\" does not name %s", err.text, word);
}

static void
settings_are_refused(struct fixture *f)
{
	struct cache_config config = f->config;

	config.database = 1;
	assert_refused(f, &config, "REDIS_DATABASE");
	config = f->config;
	config.socket = "/run/redis.sock";
	assert_refused(f, &config, "REDIS_SOCKET");
	config = f->config;
	config.sentinels = "127.0.0.1";
	assert_refused(f, &config, "REDIS_SENTINEL_HOST");
	config = f->config;
	config.hosts = "127.0.0.1:1,,";
	assert_refused(f, &config, "REDIS_HOST");
}

/* What makes no cluster is refused; a node of one is no server alone. */
static void
settings_that_are_wrong_are_named(void **state)
{
	struct fixture *f = *state;
	struct cache_config config = f->config;
	struct error err = { 0 };

	settings_are_refused(f);
	fixture_part(f);
	config.cluster = false;
	config.hosts = "127.0.0.1";
	config.port = nodes()->daemons[2].port;
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "REDIS_CLUSTER"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_dead_master_is_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_hung_master_is_not_asked_any_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_cluster_that_is_down_costs_no_wait, set_up_full,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    settings_that_are_wrong_are_named, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
