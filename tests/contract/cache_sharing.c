/* Threads and processes: one store, exact for all of them. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_tasks.h"

#define RACES       200
#define ECHOES      300
#define COUNT_TIMES 60

static uint32_t
add_often(struct fixture *f, const char *argument, uint32_t number)
{
	struct str mine = str_make((char *)&number, sizeof(number));
	uint32_t won = 0;

	(void)argument;
	for (unsigned i = 0; i < RACES; i++) {
		struct str key = arena_printf(&f->arena, "race %u", i);

		if (add(f, key, mine, 60) == ST_OK)
			won++;
	}
	return won;
}

static void
an_add_is_won_by_exactly_one(void **state)
{
	const struct crowd crowd = { add_often, NULL, CROWD_MAX };

	assert_int_equal(crowd_run(*state, &crowd), RACES);
}

/* The first sets what the others can only try to add; returns how often what
 * was set was gone. */
static uint32_t
set_or_add_too_much(struct fixture *f, const char *argument, uint32_t number)
{
	struct str big = bytes(f, FIXTURE_MAX_VALUE + 1, number);
	uint32_t lost = 0;

	(void)argument;
	for (unsigned i = 0; i < RACES && number > 0; i++)
		(void)add(f, STR("contended"), big, 60);
	for (unsigned i = 0; i < RACES && number == 0; i++) {
		(void)del(f, STR("contended"));
		if (set(f, STR("contended"), STR("mine"), 60) == ST_OK &&
		    get(f, STR("contended"), NULL) != ST_OK)
			lost++;
	}
	return lost;
}

static void
an_add_that_fails_takes_no_value_away(void **state)
{
	const struct crowd crowd = { set_or_add_too_much, NULL, 4 };

	assert_int_equal(crowd_run(*state, &crowd), 0);
}

/* Of a value that expires, too. */
static void
an_expired_value_is_replaced_by_exactly_one(void **state)
{
	const struct crowd crowd = { add_often, NULL, CROWD_MAX };
	struct fixture *f = *state;

	for (unsigned i = 0; i < RACES; i++) {
		struct str key = arena_printf(&f->arena, "race %u", i);

		assert_int_equal(set(f, key, STR("old"), 1), ST_OK);
	}
	/* Servers of one store need not tick alike. */
	for (unsigned i = 0; i < RACES; i++)
		wait_for_expiry(f, arena_printf(&f->arena, "race %u", i));
	assert_int_equal(crowd_run(f, &crowd), RACES);
}

static uint32_t
pull_often(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t won = 0;

	(void)argument;
	(void)number;
	for (unsigned i = 0; i < RACES; i++) {
		struct str key = arena_printf(&f->arena, "race %u", i);
		struct str got = STR_NULL;

		if (pull(f, key, &got) != ST_OK)
			continue;
		assert_anywhere(str_eq(got, key));
		won++;
	}
	return won;
}

static void
a_pull_is_won_by_exactly_one(void **state)
{
	const struct crowd crowd = { pull_often, NULL, CROWD_MAX };
	struct fixture *f = *state;

	for (unsigned i = 0; i < RACES; i++) {
		struct str key = arena_printf(&f->arena, "race %u", i);

		assert_int_equal(set(f, key, key, 60), ST_OK);
	}
	assert_int_equal(crowd_run(f, &crowd), RACES);
}

/* A deletion is told to exactly one as well. */
static uint32_t
delete_often(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t won = 0;

	(void)argument;
	(void)number;
	for (unsigned i = 0; i < RACES; i++)
		won += del(f, arena_printf(&f->arena, "race %u", i)) == ST_OK;
	return won;
}

static void
a_value_is_deleted_by_exactly_one(void **state)
{
	const struct crowd crowd = { delete_often, NULL, CROWD_MAX };
	struct fixture *f = *state;

	for (unsigned i = 0; i < RACES; i++)
		assert_int_equal(
		    set(f, arena_printf(&f->arena, "race %u", i), STR("x"), 60),
		    ST_OK);
	assert_int_equal(crowd_run(f, &crowd), RACES);
}

/* How many pass of what all processes and threads try. */
static uint32_t
count_in_processes(struct fixture *f, const char *task)
{
	struct process p[COUNTING_PROCESSES];
	uint32_t sum = 0;
	char times[16];

	(void)snprintf(times, sizeof(times), "%d", COUNT_TIMES);
	for (int i = 0; i < COUNTING_PROCESSES; i++)
		p[i] = process_start(f, task, times);
	for (int i = 0; i < COUNTING_PROCESSES; i++)
		process_tell(&p[i], "", 1);
	for (int i = 0; i < COUNTING_PROCESSES; i++) {
		uint32_t passed;

		process_hear(&p[i], &passed, sizeof(passed));
		process_end(&p[i]);
		sum += passed;
	}
	return sum;
}

static void
counts_of_processes_and_threads_are_exact(void **state)
{
	struct fixture *f = *state;
	uint32_t expected =
	    COUNT_TIMES * COUNTING_THREADS * COUNTING_PROCESSES / 3;

	assert_int_equal(count_in_processes(f, "count"), expected);
	assert_int_equal(count(f, COUNTED, expected, 600), ST_REFUSED);
	assert_int_equal(count(f, COUNTED, expected + 1, 600), ST_OK);
}

static void
wide_counts_of_processes_and_threads_are_exact(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(count_in_processes(f, "count widely"),
	    COUNT_TIMES * COUNTING_THREADS * COUNTING_PROCESSES / 3);
	for (uint32_t i = 0; i < 2; i++) {
		struct cache_op op = widely_op(i, COUNT_TIMES);

		run(f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_int_equal(op.count, op.limit);
	}
}

static void
a_write_is_seen_by_another_process_at_once(void **state)
{
	struct fixture *f = *state;
	struct process p = process_start(f, "echo", "");

	for (uint32_t i = 0; i < ECHOES; i++) {
		uint32_t next;

		assert_int_equal(
		    set(f, STR("there"), str_make((char *)&i, sizeof(i)), 60),
		    ST_OK);
		process_tell(&p, &i, sizeof(i));
		process_hear(&p, &next, sizeof(next));
		assert_int_equal(next, i + 1);
		assert_value(
		    f, STR("back"), str_make((char *)&next, sizeof(next)));
	}
	process_end(&p);
}

static void
processes_agree_on_the_incarnation(void **state)
{
	struct fixture *f = *state;
	struct process p = process_start(f, "incarnation", "");
	uint8_t mine[INCARNATION_BYTES];
	uint8_t theirs[INCARNATION_BYTES];

	assert_int_equal(set(f, STR("any"), STR("value"), 0), ST_OK);
	process_hear(&p, theirs, sizeof(theirs));
	process_end(&p);
	incarnation_of(f, f->conn, mine);
	assert_memory_equal(mine, theirs, sizeof(mine));
}

static void
a_wiped_store_is_empty(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, STR("any"), STR("value"), 0), ST_OK);
	fixture_part(f);
	f->place->kind->wipe(f->place);
	fixture_meet(f);
	assert_int_equal(get(f, STR("any"), NULL), ST_MISSING);
}

static bool
incarnation_tells(const struct place_kind *kind)
{
	return !kind->constant_incarnation;
}

static void
a_wiped_store_has_another_incarnation(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];

	assert_int_equal(set(f, STR("any"), STR("value"), 0), ST_OK);
	incarnation_of(f, f->conn, before);
	fixture_part(f);
	f->place->kind->wipe(f->place);
	fixture_meet(f);
	incarnation_of(f, f->conn, after);
	assert_memory_not_equal(before, after, sizeof(before));
}

static void
a_store_outlives_its_users(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];

	assert_int_equal(set(f, STR("any"), STR("value"), 0), ST_OK);
	assert_int_equal(count(f, STR("any"), 1, 60), ST_OK);
	incarnation_of(f, f->conn, before);
	fixture_part(f);
	fixture_meet(f);
	assert_value(f, STR("any"), STR("value"));
	assert_int_equal(count(f, STR("any"), 1, 60), ST_REFUSED);
	incarnation_of(f, f->conn, after);
	assert_memory_equal(before, after, sizeof(before));
}

const struct question sharing_questions[] = {
	QUESTION(an_add_is_won_by_exactly_one),
	QUESTION(an_add_that_fails_takes_no_value_away),
	QUESTION(an_expired_value_is_replaced_by_exactly_one),
	QUESTION(a_pull_is_won_by_exactly_one),
	QUESTION(a_value_is_deleted_by_exactly_one),
	QUESTION(counts_of_processes_and_threads_are_exact),
	QUESTION(wide_counts_of_processes_and_threads_are_exact),
	QUESTION(a_write_is_seen_by_another_process_at_once),
	QUESTION(processes_agree_on_the_incarnation),
	QUESTION(a_wiped_store_is_empty),
	QUESTION_OF(incarnation_tells, a_wiped_store_has_another_incarnation),
	QUESTION(a_store_outlives_its_users),
	QUESTIONS_END,
};
