/* Batches under way together, through submit() and reap(), as the front has
 * them. */
#include "tests/contract/cache_questions.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_loop.h"
#include "tests/contract/cache_place.h"

#define MANY        60 /* batches under way at a time */
#define OPS         4
#define DEADLINE_MS 300
#define WAKES_MOST  40 /* of the loop while nothing comes */
#define LARGE       500000

/* A batch with all that belongs to it. */
struct flight {
	struct cache_batch batch;
	struct cache_op ops[OPS];
	struct cache_op *list[OPS];
	int returned;
};

static bool
has_loop(const struct place_kind *kind)
{
	return kind->loop;
}

static bool
has_loop_and_server(const struct place_kind *kind)
{
	return kind->loop && kind->kill != NULL;
}

static void
flight_make(struct fixture *f, struct flight *t, unsigned number, int64_t ms)
{
	struct str own = arena_printf(&f->arena, "own %u", number);
	struct str value = arena_printf(&f->arena, "value %u", number);
	const struct cache_op ops[OPS] = {
		{ .kind = CACHE_SET, .key = own, .value = value },
		{ .kind = CACHE_SET, .key = STR("shared"), .value = value },
		{ .kind = CACHE_GET, .key = own },
		{ .kind = CACHE_COUNT,
		    .key = STR("counter"),
		    .shard = STR("counters"),
		    .ttl = 600,
		    .limit = CACHE_COUNT_MAX },
	};

	*t = (struct flight){ .batch = { .n = OPS } };
	for (int i = 0; i < OPS; i++) {
		t->ops[i] = ops[i];
		t->ops[i].space = &fixture_space;
		t->ops[i].arena = &f->arena;
		t->list[i] = &t->ops[i];
	}
	t->batch.ops = t->list;
	t->batch.deadline_ms = clock_boot_ms() + ms;
	t->batch.owner = t;
}

/* Submits n batches; asserts that this does not wait. */
static struct flight *
depart(struct fixture *f, size_t n, int64_t ms)
{
	struct flight *all = arena_alloc(&f->arena, n * sizeof(all[0]));
	int64_t began_ms;

	for (size_t i = 0; i < n; i++)
		flight_make(f, &all[i], (unsigned)i, ms);
	began_ms = stopwatch_ms();
	for (size_t i = 0; i < n; i++)
		f->driver->submit(f->conn, &all[i].batch);
	assert_soon(began_ms, 0);
	return all;
}

static size_t
reap(struct fixture *f)
{
	size_t n = 0;
	struct cache_batch *batch = f->driver->reap(f->conn, clock_boot_ms());

	for (; batch != NULL; batch = batch->next) {
		((struct flight *)batch->owner)->returned++;
		n++;
	}
	return n;
}

/* Reaps until n batches have come, each once, not long after `until_ms`.
 * Returns how often the loop woke for nothing. */
static unsigned
arrive(struct fixture *f, struct flight *all, size_t n, int64_t until_ms)
{
	unsigned idle = 0;

	for (size_t came = reap(f); came < n;) {
		size_t more;

		loop_wait(f->driver, f->conn, until_ms);
		more = reap(f);
		idle += more == 0;
		came += more;
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(all[i].returned, 1);
	return idle;
}

static void
assert_failed(const struct flight *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum status st = all[i].batch.status;

		assert_true(st == ST_TIMEOUT || st == ST_UNAVAILABLE);
		for (int k = 0; k < OPS; k++)
			assert_int_equal(all[i].ops[k].status, st);
	}
}

static void
many_batches_are_under_way(void **state)
{
	struct fixture *f = *state;
	struct flight *all = depart(f, MANY, 60000);
	struct str last = STR_NULL;

	(void)arrive(f, all, MANY, fixture_deadline());
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(all[i].batch.status, ST_OK);
		for (int k = 0; k < OPS; k++)
			assert_int_equal(all[i].ops[k].status, ST_OK);
		assert_true(str_eq(all[i].ops[2].value,
		    arena_printf(&f->arena, "value %u", i)));
		assert_int_equal(all[i].ops[3].count, i + 1);
	}
	assert_int_equal(get(f, STR("shared"), &last), ST_OK);
	assert_true(
	    str_eq(last, arena_printf(&f->arena, "value %d", MANY - 1)));
}

static void
nothing_is_to_be_done_without_a_batch(void **state)
{
	struct fixture *f = *state;
	struct pollfd fd = { .events = POLLIN };
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	unsigned wakes = 0;

	assert_int_equal(set(f, STR("a"), STR("x"), 60), ST_OK);
	fd.fd = f->driver->loop_fd(f->conn);
	while (clock_boot_ms() < until_ms) {
		if (poll(&fd, 1, 20) > 0)
			wakes++;
		assert_null(f->driver->reap(f->conn, clock_boot_ms()));
	}
	assert_in_range(wakes, 0, WAKES_MOST);
	assert_int_equal(f->driver->loop_fd(f->conn), fd.fd);
}

static void
a_deadline_passes_in_the_loop(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	int fd = f->driver->loop_fd(f->conn);
	int64_t began_ms;
	struct flight *all;

	assert_int_equal(set(f, STR("a"), STR("x"), 60), ST_OK);
	kind->pause(f->place);
	began_ms = stopwatch_ms();
	all = depart(f, MANY, DEADLINE_MS);
	assert_in_range(
	    arrive(f, all, MANY, clock_boot_ms() + DEADLINE_MS), 0, WAKES_MOST);
	assert_soon(began_ms, DEADLINE_MS);
	assert_failed(all, MANY);
	/* It is tried again meanwhile, but not all the time. */
	all = depart(f, MANY, DEADLINE_MS);
	assert_in_range(
	    arrive(f, all, MANY, clock_boot_ms() + DEADLINE_MS), 0, WAKES_MOST);
	assert_failed(all, MANY);
	assert_int_equal(f->driver->loop_fd(f->conn), fd);
	kind->resume(f->place);
}

static void
a_server_that_does_not_read_makes_nobody_wait(void **state)
{
	struct fixture *f = *state;
	struct str large = bytes(f, LARGE, 1);
	struct flight *all = arena_alloc(&f->arena, MANY * sizeof(all[0]));
	int64_t began_ms;

	assert_int_equal(set(f, STR("a"), STR("x"), 60), ST_OK);
	f->place->kind->pause(f->place);
	for (unsigned i = 0; i < MANY; i++) {
		flight_make(f, &all[i], i, DEADLINE_MS);
		all[i].ops[0].value = large;
	}
	began_ms = stopwatch_ms();
	for (unsigned i = 0; i < MANY; i++)
		f->driver->submit(f->conn, &all[i].batch);
	assert_soon(began_ms, 0);
	(void)arrive(f, all, MANY, clock_boot_ms() + DEADLINE_MS);
	assert_failed(all, MANY);
	f->place->kind->resume(f->place);
}

static void
a_killed_server_ends_what_is_under_way(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	struct flight *all;

	assert_int_equal(set(f, STR("a"), STR("x"), 60), ST_OK);
	kind->pause(f->place);
	all = depart(f, MANY, 20000);
	assert_int_equal(reap(f), 0);
	kind->kill(f->place);
	(void)arrive(f, all, MANY, clock_boot_ms() + DEADLINE_MS);
	assert_failed(all, MANY);
	kind->restart(f->place);
}

/* What comes late, and after it what was asked later. */
static void
batches_after_a_deadline_get_their_own_answers(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	int64_t until_ms;
	struct flight *all;

	for (int round = 0; round < 4; round++) {
		assert_int_equal(set(f, STR("a"), STR("x"), 60), ST_OK);
		kind->pause(f->place);
		all = depart(f, MANY, 50);
		(void)arrive(f, all, MANY, clock_boot_ms() + 50);
		kind->resume(f->place);
		until_ms = clock_boot_ms() + 5000;
		do {
			all = depart(f, MANY, DEADLINE_MS);
			(void)arrive(
			    f, all, MANY, clock_boot_ms() + DEADLINE_MS);
			for (unsigned i = 0; i < MANY; i++)
				if (all[i].ops[2].status == ST_OK)
					assert_true(str_eq(all[i].ops[2].value,
					    arena_printf(
						&f->arena, "value %u", i)));
			assert_true(clock_boot_ms() < until_ms);
		} while (all[MANY - 1].batch.status != ST_OK);
	}
}

const struct question loop_questions[] = {
	QUESTION_OF(has_loop, many_batches_are_under_way),
	QUESTION_OF(has_loop, nothing_is_to_be_done_without_a_batch),
	QUESTION_OF(has_loop_and_server, a_deadline_passes_in_the_loop),
	QUESTION_OF(
	    has_loop_and_server, a_server_that_does_not_read_makes_nobody_wait),
	QUESTION_OF(
	    has_loop_and_server, a_killed_server_ends_what_is_under_way),
	QUESTION_OF(has_loop_and_server,
	    batches_after_a_deadline_get_their_own_answers),
	QUESTIONS_END,
};
