/*
 * Processes are killed in the middle of their work; the store works on for
 * the others, and holds nothing that nobody has written. KILLS says how many.
 */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_tasks.h"

#define KILLS_USUAL 30
#define PAIR        2
#define STOPS       8
#define STOP_MS     100   /* that others wait for a stopped process */
#define LIFE_MOST   30000 /* microseconds that a process lives */

static unsigned
kills(void)
{
	const char *text = getenv("KILLS");

	return text == NULL ? KILLS_USUAL : (unsigned)strtoul(text, NULL, 10);
}

static void
check_values(struct fixture *f)
{
	for (uint32_t i = 0; i < CHURNED_KEYS; i++) {
		struct str key = churn_key(f, i);
		struct str value = STR_NULL;

		if (get(f, key, &value) == ST_OK)
			assert_true(churn_value_sane(f, i, value));
		assert_int_equal(set(f, key, STR("mine"), 60), ST_OK);
		assert_value(f, key, STR("mine"));
		assert_int_equal(del(f, key), ST_OK);
		arena_reset(&f->arena);
	}
}

static void
check_counters(struct fixture *f)
{
	for (uint32_t i = 0; i < CHURNED_KEYS; i++) {
		struct cache_op op = {
			.kind = CACHE_COUNT,
			.key = churn_key(f, i),
		};

		churn_counter(&op, i);
		run(f, &op, 1);
		assert_true(op.status == ST_OK || op.status == ST_REFUSED);
		assert_in_range(op.count, 1, CHURNED_LIMIT);
		assert_in_range(op.reset_ms, 1, 100000);
		arena_reset(&f->arena);
	}
}

static struct process
churner(struct fixture *f, unsigned seed)
{
	struct process p;
	char argument[16];
	char ready;

	(void)snprintf(argument, sizeof(argument), "%u", seed);
	p = process_start(f, "churn", argument);
	process_hear(&p, &ready, 1);
	return p;
}

static void
killed_processes_do_no_harm(void **state)
{
	struct fixture *f = *state;
	unsigned n = kills();
	struct process pair[PAIR];
	unsigned seed = 0;

	for (int i = 0; i < PAIR; i++)
		pair[i] = churner(f, seed++);
	for (unsigned i = 0; i < n; i++) {
		usleep(i * 7919U % LIFE_MOST);
		process_kill(&pair[i % PAIR]);
		pair[i % PAIR] = churner(f, seed++);
	}
	for (int i = 0; i < PAIR; i++)
		process_kill(&pair[i]);
	check_counters(f);
	check_values(f);
}

/* What dead readers hold must not fill the store. */
static void
a_store_full_of_dead_readers_takes_values(void **state)
{
	struct fixture *f = *state;
	unsigned n = 2 * FIXTURE_MEMORY / FIXTURE_MAX_VALUE;

	for (unsigned i = 0; i < 8; i++) {
		struct process p = churner(f, i);

		usleep(2000);
		process_kill(&p);
	}
	for (unsigned i = 0; i < n; i++) {
		struct str value = bytes(f, FIXTURE_MAX_VALUE, i);

		assert_int_equal(set(f, STR("large"), value, 0), ST_OK);
		assert_value(f, STR("large"), value);
		arena_reset(&f->arena);
	}
}

/* One that stands still in the middle of its work holds up nobody for longer
 * than he has time. */
static void
a_stopped_process_holds_up_nobody(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < STOPS; i++) {
		struct process p = churner(f, i);
		struct str value = churn_value(f, i, i);
		struct cache_op ops[] = {
			{ .kind = CACHE_SET,
			    .key = churn_key(f, i),
			    .value = value },
			{ .kind = CACHE_COUNT, .key = churn_key(f, i) },
			{ .kind = CACHE_GET, .key = churn_key(f, i) },
		};

		churn_counter(&ops[1], i);
		(void)usleep(i * 7919U % LIFE_MOST);
		assert_int_equal(kill(p.pid, SIGSTOP), 0);
		for (int k = 0; k < 3; k++)
			(void)fixture_try(f, f->conn, &ops[k], 1, STOP_MS);
		process_kill(&p);
		fixture_recover(f);
		assert_int_equal(set(f, churn_key(f, i), value, 60), ST_OK);
		arena_reset(&f->arena);
	}
}

const struct question death_questions[] = {
	QUESTION(killed_processes_do_no_harm),
	QUESTION(a_store_full_of_dead_readers_takes_values),
	QUESTION(a_stopped_process_holds_up_nobody),
	QUESTIONS_END,
};
