/* Groups of fixed and wide counters: what many at once, a kill, a full bucket
 * or a lock that is held make of them. */
#include "drivers/cache/local_group.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/local_counters.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_wide.h"
#include "drivers/cache/local_window.h"
#include "tests/support/local.h"

#define TTL       86400
#define PROCESSES 4
#define TIMES     20000
#define LIMIT     (PROCESSES * TIMES / 3)
#define KINDS     4
#define THREADS   8
#define KILLS     60
#define LIFE_US   3000 /* most that a process lives */
#define LONG_MS   20000

static const struct cache_space space = { { "space", 5 }, false };

static struct cache_op
count_op(struct str key, enum cache_algorithm algorithm, uint32_t limit)
{
	return (struct cache_op){
		.kind = CACHE_COUNT,
		.space = &space,
		.key = key,
		.limit = limit,
		.burst = limit,
		.ttl = TTL,
		.algorithm = algorithm,
	};
}

static enum status
run_by(struct local_fixture *f, struct cache_op *ops, size_t n, int64_t now_ms,
    int64_t deadline_ms)
{
	struct cache_op *list[CACHE_GROUP_MAX];

	for (size_t i = 0; i < n; i++)
		list[i] = &ops[i];
	return local_counters_run(
	    f->store->state, list, n, now_ms, deadline_ms);
}

static void
run(struct local_fixture *f, struct cache_op *ops, size_t n)
{
	int64_t now_ms = clock_boot_ms();

	(void)run_by(f, ops, n, now_ms, now_ms + LONG_MS);
}

static bool
passes(struct local_fixture *f, struct cache_op op)
{
	run(f, &op, 1);
	return op.status == ST_OK;
}

/* All in one group. */
static void
group_of(struct cache_op ops[KINDS], uint32_t limit)
{
	ops[0] = count_op(STR("first"), CACHE_FIXED, limit);
	ops[1] = count_op(STR("fixed"), CACHE_FIXED, limit);
	ops[2] = count_op(STR("sliding"), CACHE_SLIDING, limit);
	ops[3] = count_op(STR("gcra"), CACHE_GCRA, limit);
	for (size_t i = 0; i < KINDS; i++)
		ops[i].group = 1;
}

static uint32_t
look(struct local_fixture *f, struct cache_op op)
{
	op.kind = CACHE_LOOK;
	op.group = 0;
	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	return op.count;
}

/* None of the group counts; each says why not. */
static void
assert_counts_none(struct local_fixture *f, enum status st, int64_t deadline_ms)
{
	struct cache_op ops[KINDS];

	group_of(ops, 9);
	(void)run_by(f, ops, KINDS, clock_boot_ms(), deadline_ms);
	for (size_t i = 0; i < KINDS; i++) {
		assert_int_equal(ops[i].status, st);
		assert_int_equal(ops[i].count, 0);
	}
}

static void
assert_counts_all(struct local_fixture *f, uint32_t count)
{
	struct cache_op ops[KINDS];

	group_of(ops, 9);
	run(f, ops, KINDS);
	for (size_t i = 0; i < KINDS; i++) {
		assert_int_equal(ops[i].status, ST_OK);
		assert_int_equal(ops[i].count, count);
	}
}

static struct wide
wide_at(struct local_fixture *f, const struct cache_op *op)
{
	char name[LOCAL_NAME_MAX];

	return wide_of(f->store->state, local_name(op, name));
}

static struct counter
counter_at(struct local_fixture *f, const struct cache_op *op)
{
	char name[LOCAL_NAME_MAX];

	return counter_of(f->store->state, local_name(op, name));
}

static void
a_group_without_a_free_wide_slot_counts_none(void **state)
{
	struct cache_window window = { .end_ms = INT64_MAX, .count = 1 };
	struct local_fixture *f = *state;
	struct cache_op ops[KINDS];
	struct wide w;

	group_of(ops, 9);
	w = wide_at(f, &ops[3]);
	for (int i = 0; i < LOCAL_WIDE_SLOTS; i++) {
		w.key += LOCAL_WIDE_BUCKETS;
		w.slot = WIDE_NOWHERE;
		assert_true(wide_save(&w, &window, 1));
	}
	assert_counts_none(f, ST_FULL, local_deadline());
	memset(&w.bucket->slots[7], 0, sizeof(w.bucket->slots[7]));
	assert_counts_all(f, 1);
}

static void
a_group_without_a_free_fixed_slot_counts_none(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op ops[KINDS];
	struct counter c;

	group_of(ops, 9);
	c = counter_at(f, &ops[1]);
	for (size_t i = 0; i < LOCAL_BUCKET_SLOTS; i++) {
		c.bucket->slots[i].key = i + 2;
		c.bucket->slots[i].word = UINT64_MAX;
	}
	assert_counts_none(f, ST_FULL, local_deadline());
	c.bucket->slots[7].word = 0;
	assert_counts_all(f, 1);
}

static void
a_lock_that_is_held_ends_a_group_in_time(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op ops[KINDS];
	struct wide w;

	group_of(ops, 9);
	w = wide_at(f, &ops[2]);
	assert_int_equal(local_lock_take(&w.bucket->lock, 0), ST_OK);
	assert_counts_none(f, ST_TIMEOUT, clock_boot_ms());
	local_lock_leave(&w.bucket->lock);
	assert_counts_all(f, 1);
}

/* The fixed bucket's lock is held: the wide windows are taken back. */
static void
a_group_that_cannot_begin_its_fixed_window_counts_none(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op ops[KINDS];
	struct counter c;

	group_of(ops, 9);
	c = counter_at(f, &ops[1]);
	assert_int_equal(local_lock_take(&c.bucket->lock, 0), ST_OK);
	assert_counts_none(f, ST_TIMEOUT, clock_boot_ms());
	local_lock_leave(&c.bucket->lock);
	assert_counts_all(f, 1);
}

/* Who read the clock first need not come first. */
static void
a_clock_read_early_ages_nothing(void **state)
{
	enum { PART = TTL * 1000 / 15, CALLS = 300 };
	struct local_fixture *f = *state;
	int64_t now_ms = INT64_C(1000) * PART;
	uint32_t passed = 0;

	for (int i = 0; i < CALLS; i++) {
		struct cache_op op = count_op(STR("a"), CACHE_SLIDING, 100);

		(void)run_by(f, &op, 1, now_ms - i % 2, local_deadline());
		passed += op.status == ST_OK;
	}
	assert_int_equal(passed, 100);
}

static void
an_ended_counter_is_found_by_nobody(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op op = count_op(STR("a"), CACHE_GCRA, 2);
	struct cache_op end = op;

	end.kind = CACHE_DEL;
	end.counter = true;
	run(f, &end, 1);
	assert_int_equal(end.status, ST_MISSING);
	assert_true(passes(f, op));
	run(f, &end, 1);
	assert_int_equal(end.status, ST_OK);
	run(f, &end, 1);
	assert_int_equal(end.status, ST_MISSING);
	assert_int_equal(look(f, op), 0);
	assert_true(passes(f, op));
}

/* What processes have in common besides the store. */
struct tally {
	_Atomic uint32_t ready; /* processes */
	_Atomic uint32_t passed[KINDS];
};

static struct tally *
tally_make(void)
{
	struct tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(t != MAP_FAILED);
	return t;
}

static void
count_alone(struct local_fixture *f, struct tally *tally)
{
	struct cache_op ops[KINDS];

	group_of(ops, LIMIT);
	(void)atomic_fetch_add(&tally->ready, 1);
	while (atomic_load(&tally->ready) < PROCESSES)
		(void)usleep(100);
	for (int i = 0; i < TIMES; i++)
		for (size_t k = 2; k < KINDS; k++) {
			ops[k].group = 0;
			if (passes(f, ops[k]))
				(void)atomic_fetch_add(&tally->passed[k], 1);
		}
}

static void
processes_count_exactly(void **state)
{
	struct local_fixture *f = *state;
	struct tally *tally = tally_make();
	struct cache_op ops[KINDS];

	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		count_alone(f, tally);
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int how;

		assert_true(wait(&how) > 0);
		assert_int_equal(how, 0);
	}
	group_of(ops, LIMIT);
	for (size_t k = 2; k < KINDS; k++) {
		assert_int_equal(tally->passed[k], LIMIT);
		assert_int_equal(look(f, ops[k]), LIMIT);
	}
	(void)munmap(tally, sizeof(*tally));
}

static void
count_until_killed(struct local_fixture *f, struct tally *tally)
{
	for (;;) {
		struct cache_op ops[KINDS];

		group_of(ops, CACHE_COUNT_MAX);
		run(f, ops, KINDS);
		for (size_t k = 0; k < KINDS; k++)
			(void)atomic_fetch_add(&tally->passed[k], 1);
	}
}

/* The window has the counts that were told, or the one more that was not. */
static void
assert_sound(struct local_fixture *f, struct tally *tally)
{
	struct cache_op ops[KINDS];
	struct cache_window found;
	struct wide w;
	uint32_t sum = 0;

	group_of(ops, CACHE_COUNT_MAX);
	for (size_t k = 0; k < 3; k++) {
		uint32_t count = look(f, ops[k]);

		assert_in_range(count, tally->passed[k], tally->passed[k] + 1);
		tally->passed[k] = count;
	}
	w = wide_at(f, &ops[2]);
	wide_find(&w, &found);
	for (size_t i = 0; i < CACHE_WINDOW_PARTS; i++)
		sum += found.parts[i];
	assert_int_equal(sum, found.count);
}

static void
a_killed_process_leaves_the_old_window_or_the_new_one(void **state)
{
	struct local_fixture *f = *state;
	struct tally *tally = tally_make();

	for (unsigned i = 0; i < KILLS; i++) {
		uint32_t before = tally->passed[3];
		int64_t deadline_ms = local_deadline();
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			count_until_killed(f, tally);
		while (atomic_load(&tally->passed[3]) == before) {
			assert_true(clock_boot_ms() < deadline_ms);
			(void)usleep(100);
		}
		(void)usleep(i * 7919U % LIFE_US);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_sound(f, tally);
	}
	(void)munmap(tally, sizeof(*tally));
}

/* Counters that all threads use, and how often each was passed. */
static struct crowd {
	struct local_fixture *f;
	pthread_barrier_t start;
	_Atomic uint32_t number;
	_Atomic uint32_t passed[4];
} crowd;

#define LEAST (2 * TIMES) /* of the counters' limits */

/* The i-th counter: two fixed, two that slide. */
static struct cache_op
crowd_op(size_t i)
{
	static const struct str keys[] = { { "a", 1 }, { "b", 1 }, { "c", 1 },
		{ "d", 1 } };

	return count_op(keys[i], i < 2 ? CACHE_FIXED : CACHE_SLIDING,
	    LEAST + (uint32_t)i * 1000);
}

/* Groups of any two, in any order, and single ones. */
static void *
crowd_count(void *arg)
{
	uint32_t number = atomic_fetch_add(&crowd.number, 1);

	(void)arg;
	(void)pthread_barrier_wait(&crowd.start);
	for (uint32_t i = 0; i < TIMES; i++) {
		size_t first = (number + i) % 4;
		size_t second = (first + 1 + i / 4 % 3) % 4;
		struct cache_op ops[] = { crowd_op(first), crowd_op(second) };
		size_t n = i % 5 == 0 ? 1 : 2;

		ops[0].group = ops[1].group = 1;
		run(crowd.f, ops, n);
		for (size_t k = 0; k < n; k++)
			if (ops[k].status == ST_OK)
				(void)atomic_fetch_add(
				    &crowd.passed[k == 0 ? first : second], 1);
			else if (ops[k].status != ST_REFUSED)
				abort();
	}
	return NULL;
}

static void
mixed_groups_never_pass_a_limit(void **state)
{
	pthread_t threads[THREADS];

	crowd = (struct crowd){ .f = *state };
	assert_int_equal(pthread_barrier_init(&crowd.start, NULL, THREADS), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, crowd_count, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		struct cache_op op = crowd_op(i);

		assert_in_range(crowd.passed[i], LEAST / 2, op.limit);
		assert_int_equal(look(*state, op), crowd.passed[i]);
	}
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_group_without_a_free_wide_slot_counts_none),
		TEST(a_group_without_a_free_fixed_slot_counts_none),
		TEST(a_lock_that_is_held_ends_a_group_in_time),
		TEST(a_group_that_cannot_begin_its_fixed_window_counts_none),
		TEST(a_clock_read_early_ages_nothing),
		TEST(an_ended_counter_is_found_by_nobody),
		TEST(processes_count_exactly),
		TEST(a_killed_process_leaves_the_old_window_or_the_new_one),
		TEST(mixed_groups_never_pass_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
