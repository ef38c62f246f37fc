/*
 * A Redis Cluster whose slots move from node to node while they are used.
 * MOVING_SECONDS says for how long.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_tasks.h"
#include "tests/contract/moving.h"
#include "tests/support/nodes.h"

#define SECONDS_USUAL 3
#define MS_PER_S      1000
#define WORKERS       4
#define KEYS          50
#define RACES         100000
#define DEADLINE_MS   5000 /* what moves a slot takes milliseconds */
#define STEP          10   /* keys that move at a time */
#define SHARD         STR("moving")
#define OPS           20

static const struct cache_space closed = { { "closed", 6 }, false };

static int64_t
moving_ms(void)
{
	const char *text = getenv("MOVING_SECONDS");

	return MS_PER_S *
	       (text == NULL ? SECONDS_USUAL : strtoll(text, NULL, 10));
}

/* What runs beside the moves. */
struct load {
	struct fixture f; /* as it was, for those who make copies */
	struct crowd crowd;
	pthread_t thread;
	uint32_t rounds; /* of all workers together */
	atomic_bool over;
	atomic_uint reached[WORKERS]; /* races that each has run */
	atomic_uint won[RACES];
};

static struct load *
load_of(const char *argument)
{
	return (struct load *)(uintptr_t)argument;
}

static void *
load_main(void *arg)
{
	struct load *load = arg;

	load->rounds = crowd_run(&load->f, &load->crowd);
	return NULL;
}

static struct load *
load_begin(struct fixture *f,
    uint32_t (*work)(struct fixture *f, const char *argument, uint32_t number))
{
	struct load *load = calloc(1, sizeof(*load));

	assert_non_null(load);
	load->f = *f;
	load->crowd = (struct crowd){ work, (const char *)load, WORKERS };
	assert_int_equal(
	    pthread_create(&load->thread, NULL, load_main, load), 0);
	return load;
}

static void
load_end(struct load *load)
{
	atomic_store(&load->over, true);
	assert_int_equal(pthread_join(load->thread, NULL), 0);
}

/* Of one shard, in a space where it counts. */
static void
run_sharded(struct fixture *f, struct cache_op *ops, size_t n)
{
	struct cache_op *list[OPS + 1];

	for (size_t i = 0; i < n; i++) {
		ops[i].space = &closed;
		ops[i].shard = SHARD;
		ops[i].arena = &f->arena;
		if (ops[i].kind != CACHE_GET && ops[i].kind != CACHE_TOUCH)
			ops[i].ttl = 600;
		list[i] = &ops[i];
	}
	assert_anywhere(fixture_exec(f, f->conn, list, n,
			    clock_boot_ms() + DEADLINE_MS) == ST_OK);
}

static struct cache_op
counting(struct str key, uint32_t limit, uint32_t group)
{
	return (struct cache_op){
		.kind = CACHE_COUNT, .key = key, .limit = limit, .group = group
	};
}

/* The same by another algorithm; one of CACHE_GCRA has room for one. */
static struct cache_op
pacing(struct str key, enum cache_algorithm algorithm, uint32_t group)
{
	bool gcra = algorithm == CACHE_GCRA;
	struct cache_op op = counting(key, gcra ? 1 : CACHE_COUNT_MAX, group);

	op.algorithm = algorithm;
	op.burst = 1;
	op.lockout = algorithm == CACHE_FIXED;
	return op;
}

static struct cache_op
soft(struct cache_op op)
{
	op.soft = true;
	return op;
}

static struct str
value_of(struct fixture *f, uint32_t number, uint32_t i)
{
	return bytes(f, 100 + i % 7 * 1500, i * WORKERS + number);
}

/* The values of one worker: what it set is read, in the order of the batch. */
static void
use_values(struct fixture *f, struct load *load, uint32_t number, uint32_t i)
{
	struct str own = arena_printf(&f->arena, "own %u %u", number, i % KEYS);
	struct str tag = arena_printf(&f->arena, "tag %u", number);
	struct str race = arena_printf(&f->arena, "race %u", i);
	struct str value = value_of(f, number, i);
	struct cache_op ops[] = {
		{ .kind = CACHE_GET, .key = own },
		{ .kind = CACHE_SET, .key = own, .value = value },
		{ .kind = CACHE_GET, .key = own },
		{ .kind = CACHE_DEL, .key = tag },
		{ .kind = CACHE_ADD, .key = tag, .value = race },
		{ .kind = CACHE_GET, .key = tag },
		{ .kind = CACHE_ADD, .key = race, .value = STR("x") },
		{ .kind = CACHE_TOUCH, .key = own },
	};

	run_sharded(f, ops, sizeof(ops) / sizeof(ops[0]));
	assert_anywhere(ops[0].status == (i < KEYS ? ST_MISSING : ST_OK));
	assert_anywhere(
	    i < KEYS || str_eq(ops[0].value, value_of(f, number, i - KEYS)));
	assert_anywhere(ops[1].status == ST_OK && ops[2].status == ST_OK);
	assert_anywhere(str_eq(ops[2].value, value));
	assert_anywhere(ops[3].status == (i == 0 ? ST_MISSING : ST_OK));
	assert_anywhere(ops[4].status == ST_OK && ops[5].status == ST_OK);
	assert_anywhere(str_eq(ops[5].value, race));
	assert_anywhere(ops[7].status == ST_OK);
	if (ops[6].status == ST_OK)
		atomic_fetch_add(&load->won[i], 1);
	else
		assert_anywhere(ops[6].status == ST_EXISTS);
}

/* Counters that are new, shared, counted in groups, and used up. */
static void
use_counters(struct fixture *f, uint32_t number, uint32_t i)
{
	struct str fresh = arena_printf(&f->arena, "new %u %u", number, i);
	struct str other = arena_printf(&f->arena, "other %u %u", number, i);
	struct cache_op ops[] = {
		counting(STR("all"), CACHE_COUNT_MAX, 0),
		counting(fresh, 1, 0),
		counting(fresh, 1, 0),
		counting(STR("together"), CACHE_COUNT_MAX, 1),
		counting(other, 2, 1),
		counting(STR("untouched"), CACHE_COUNT_MAX, 2),
		counting(STR("full"), 1, 2),
		counting(other, 2, 3),
		{ .kind = CACHE_DEL, .key = fresh, .counter = true },
	};
	size_t n = sizeof(ops) / sizeof(ops[0]);

	run_sharded(f, ops, n);
	for (size_t k = 0; k < n; k++)
		assert_anywhere(
		    ops[k].status ==
		    (k == 2 || k == 5 || k == 6 ? ST_REFUSED : ST_OK));
	assert_anywhere(ops[1].count == 1 && ops[2].count == 1);
	assert_anywhere(ops[4].count == 1 && ops[7].count == 2);
	assert_anywhere(ops[6].count == 1);
}

/* The same of those that take the second script. Nobody but this worker counts
 * "paced", so that its count is taken back always. */
static void
use_paces(struct fixture *f, uint32_t number, uint32_t i)
{
	struct str fresh = arena_printf(&f->arena, "new %u %u", number, i);
	struct str own = arena_printf(&f->arena, "paced %u", number);
	struct cache_op ops[] = {
		pacing(STR("all"), CACHE_SLIDING, 0),
		pacing(fresh, CACHE_GCRA, 0),
		pacing(fresh, CACHE_GCRA, 0),
		pacing(STR("together"), CACHE_SLIDING, 1),
		pacing(STR("together"), CACHE_FIXED, 1),
		pacing(STR("untouched"), CACHE_SLIDING, 2),
		pacing(STR("untouched"), CACHE_FIXED, 2),
		pacing(own, CACHE_GCRA, 2),
		counting(STR("plain, untouched"), 9, 2),
		counting(STR("full"), 1, 2),
		soft(counting(STR("full"), 1, 3)),
		soft(pacing(STR("softly"), CACHE_SLIDING, 3)),
		counting(STR("beside"), CACHE_COUNT_MAX, 3),
		{ .kind = CACHE_LOOK, .key = STR("full"), .limit = 1 },
		{ .kind = CACHE_DEL, .key = fresh, .counter = true },
	};
	size_t n = sizeof(ops) / sizeof(ops[0]);

	ops[n - 1].algorithm = CACHE_GCRA;
	run_sharded(f, ops, n);
	for (size_t k = 0; k < n; k++)
		assert_anywhere(
		    ops[k].status ==
		    (k == 2 || (k >= 5 && k <= 10) ? ST_REFUSED : ST_OK));
	assert_anywhere(ops[1].count == 1 && ops[2].count == 1);
	assert_anywhere(ops[7].count == 0 && ops[9].count == 1);
	assert_anywhere(ops[10].count == 1 && ops[13].count == 1);
}

static uint32_t
use(struct fixture *f, const char *argument, uint32_t number)
{
	struct load *load = load_of(argument);
	uint32_t i = 0;

	for (; !atomic_load(&load->over) && i < RACES; i++) {
		use_values(f, load, number, i);
		use_counters(f, number, i);
		use_paces(f, number, i);
		atomic_store(&load->reached[number], i + 1);
		arena_reset(&f->arena);
	}
	return i;
}

static uint32_t
counted(struct fixture *f, struct cache_op op)
{
	op.kind = CACHE_LOOK;
	run_sharded(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	return op.count;
}

static uint32_t
counted_plain(struct fixture *f, struct str key)
{
	return counted(f, counting(key, CACHE_COUNT_MAX, 0));
}

/* Each round has counted once what was not refused, and no more. */
static void
assert_counted(struct fixture *f, uint32_t rounds)
{
	const struct str all = STR("all");
	const struct str together = STR("together");
	const struct str untouched = STR("untouched");

	assert_int_equal(counted_plain(f, all), rounds);
	assert_int_equal(counted_plain(f, together), rounds);
	assert_int_equal(counted_plain(f, STR("beside")), rounds);
	assert_int_equal(counted_plain(f, untouched), 0);
	assert_int_equal(counted_plain(f, STR("plain, untouched")), 0);
	assert_int_equal(counted(f, pacing(all, CACHE_SLIDING, 0)), rounds);
	assert_int_equal(
	    counted(f, pacing(together, CACHE_SLIDING, 0)), rounds);
	assert_int_equal(counted(f, pacing(together, CACHE_FIXED, 0)), rounds);
	assert_int_equal(
	    counted(f, pacing(STR("softly"), CACHE_SLIDING, 0)), rounds);
	assert_int_equal(counted(f, pacing(untouched, CACHE_SLIDING, 0)), 0);
	assert_int_equal(counted(f, pacing(untouched, CACHE_FIXED, 0)), 0);
}

/* Each race that all have run was won by one of them. */
static void
assert_races_won(struct load *load)
{
	unsigned least = RACES;

	for (int i = 0; i < WORKERS; i++)
		if (atomic_load(&load->reached[i]) < least)
			least = atomic_load(&load->reached[i]);
	assert_true(least > 0);
	for (unsigned i = 0; i < least; i++)
		assert_int_equal(atomic_load(&load->won[i]), 1);
}

/* Moves a slot from master to master while there is time. */
static void
keep_moving(unsigned slot)
{
	size_t owner = moving_owner(slot);
	int64_t until_ms = clock_boot_ms() + moving_ms();

	for (unsigned i = 0; i < 3 || clock_boot_ms() < until_ms; i++) {
		size_t next = (owner + 1) % moving_nodes()->masters;

		moving_move(slot, owner, next);
		owner = next;
	}
}

static void
nothing_is_lost_or_done_twice(void **state)
{
	struct fixture *f = *state;
	struct cache_op full = counting(STR("full"), 1, 0);
	struct load *load;

	run_sharded(f, &full, 1);
	assert_int_equal(full.status, ST_OK);
	load = load_begin(f, use);
	keep_moving(moving_slot(SHARD));
	load_end(load);
	assert_races_won(load);
	assert_counted(f, load->rounds);
	free(load);
}

/* One who stays half way for long holds up nobody: old keys are at either node,
 * new ones and counters work, all of a group or none, also when the other node
 * has forgotten the script. */
static void
a_slot_may_stay_half_way(void **state)
{
	struct fixture *f = *state;
	struct nodes *nodes = moving_nodes();
	unsigned slot = moving_slot(SHARD);
	size_t from = moving_owner(slot);
	size_t to = (from + 1) % nodes->masters;
	struct cache_op full = counting(STR("full"), 1, 0);
	struct load *load = calloc(1, sizeof(*load));
	uint32_t i = 0;

	assert_non_null(load);
	run_sharded(f, &full, 1);
	for (; i < KEYS; i++) {
		use_values(f, load, 0, i);
		use_counters(f, 0, i);
		use_paces(f, 0, i);
	}
	nodes_move_begin(nodes, slot, from, to);
	for (; i < 4 * KEYS; i++) {
		if (i % 8 == 0)
			(void)nodes_move_keys(nodes, slot, from, to, 1);
		if (i % 8 == 4)
			(void)redis_client_ask(
			    nodes_client(nodes, to), "SCRIPT FLUSH");
		use_values(f, load, 0, i);
		use_counters(f, 0, i);
		use_paces(f, 0, i);
	}
	assert_counted(f, i);
	free(load);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_lost_or_done_twice,
		    moving_set_up_blocking, moving_tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_lost_or_done_twice,
		    moving_set_up_loop, moving_tear_down),
#ifdef WITH_TLS
		cmocka_unit_test_setup_teardown(nothing_is_lost_or_done_twice,
		    moving_set_up_tls, moving_tear_down),
#endif
		cmocka_unit_test_setup_teardown(a_slot_may_stay_half_way,
		    moving_set_up_blocking, moving_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
