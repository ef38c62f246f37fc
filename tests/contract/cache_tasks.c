/* What other processes do to a store: see cache_process.h. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_tasks.h"

/* A thread of a task, with a connection and an arena of its own. */
struct worker {
	pthread_t thread;
	struct fixture f;
	uint32_t number;
	const struct crowd *crowd;
	uint32_t result;
};

static void *
worker_main(void *arg)
{
	struct worker *w = arg;

	w->f.conn = fixture_connect(&w->f);
	w->result = w->crowd->work(&w->f, w->crowd->argument, w->number);
	w->f.driver->disconnect(w->f.conn);
	arena_close(&w->f.arena);
	return NULL;
}

uint32_t
crowd_run(struct fixture *f, const struct crowd *crowd)
{
	struct worker workers[CROWD_MAX];
	uint32_t sum = 0;

	if (crowd->n > CROWD_MAX)
		abort();
	for (uint32_t i = 0; i < crowd->n; i++) {
		struct worker *w = &workers[i];

		*w = (struct worker){ .f = *f, .number = i, .crowd = crowd };
		arena_init(&w->f.arena, f->arena.first_size);
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			abort();
	}
	for (uint32_t i = 0; i < crowd->n; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		sum += workers[i].result;
	}
	return sum;
}

uint32_t
count_often(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t times = (uint32_t)strtoul(argument, NULL, 10);
	uint32_t limit = times * COUNTING_THREADS * COUNTING_PROCESSES / 3;
	uint32_t passed = 0;

	(void)number;
	for (uint32_t i = 0; i < times; i++) {
		if (count(f, COUNTED, limit, 600) == ST_OK)
			passed++;
		arena_reset(&f->arena);
	}
	return passed;
}

/* The window is so long that no count leaves while others come. */
struct cache_op
widely_op(uint32_t number, uint32_t times)
{
	uint32_t limit = times * COUNTING_THREADS * COUNTING_PROCESSES / 2 / 3;
	bool slides = number % 2 == 0;

	return (struct cache_op){
		.kind = CACHE_COUNT,
		.key = slides ? SLID : PACED,
		.ttl = 86400,
		.limit = limit,
		.burst = limit,
		.algorithm = slides ? CACHE_SLIDING : CACHE_GCRA,
	};
}

uint32_t
count_widely(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t times = (uint32_t)strtoul(argument, NULL, 10);
	uint32_t passed = 0;

	for (uint32_t i = 0; i < times; i++) {
		struct cache_op op = widely_op(number, times);

		run(f, &op, 1);
		passed += op.status == ST_OK;
		arena_reset(&f->arena);
	}
	return passed;
}

/* Waits for a word, counts, tells how many passed. */
static int
count_all(struct fixture *f, const struct crowd *crowd)
{
	uint32_t passed;
	char word;

	if (!task_hear(&word, 1))
		return 1;
	passed = crowd_run(f, crowd);
	task_tell(&passed, sizeof(passed));
	return 0;
}

static int
task_count(struct fixture *f, const char *argument)
{
	const struct crowd crowd = { count_often, argument, COUNTING_THREADS };

	return count_all(f, &crowd);
}

static int
task_count_widely(struct fixture *f, const char *argument)
{
	const struct crowd crowd = { count_widely, argument, COUNTING_THREADS };

	return count_all(f, &crowd);
}

/* For each number heard: reads it from the store, and writes the next. */
static int
task_echo(struct fixture *f, const char *argument)
{
	uint32_t number;

	(void)argument;
	while (task_hear(&number, sizeof(number))) {
		struct str told = str_make((char *)&number, sizeof(number));
		struct str got = STR_NULL;

		if (get(f, STR("there"), &got) != ST_OK || !str_eq(got, told))
			return 1;
		number++;
		if (set(f, STR("back"), told, 60) != ST_OK)
			return 1;
		task_tell(&number, sizeof(number));
	}
	return 0;
}

static enum status
obey(struct fixture *f, char what)
{
	switch (what) {
	case OBEY_GET:
		return get(f, OBEYED, NULL);
	case OBEY_SET:
		return set(f, OBEYED, STR("obedient"), 60);
	default:
		flush(f, &fixture_space);
		return ST_OK;
	}
}

static int
task_obey(struct fixture *f, const char *argument)
{
	char what;

	(void)argument;
	while (task_hear(&what, 1)) {
		unsigned char st = (unsigned char)obey(f, what);

		task_tell(&st, 1);
	}
	return 0;
}

static int
task_incarnation(struct fixture *f, const char *argument)
{
	uint8_t id[INCARNATION_BYTES];

	(void)argument;
	incarnation_of(f, f->conn, id);
	task_tell(id, sizeof(id));
	return 0;
}

/* Uses the store in every way until it is killed. */
static int
task_churn(struct fixture *f, const char *argument)
{
	const struct crowd crowd = { churn, argument, CHURNING_THREADS };

	task_tell("", 1);
	(void)crowd_run(f, &crowd);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct fixture *f, const char *argument);
} tasks[] = {
	{ "count", task_count },
	{ "count widely", task_count_widely },
	{ "echo", task_echo },
	{ "obey", task_obey },
	{ "incarnation", task_incarnation },
	{ "churn", task_churn },
};

int
task_main(int argc, char **argv)
{
	const struct place_kind *kind;
	struct fixture f;
	int status = 2;

	/* It does not outlive the one who reads its answers. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	kind = argc == 6 ? place_kind_find(argv[3]) : NULL;
	if (kind == NULL)
		return status;
	fixture_join(&f, kind, argv[4]);
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		if (strcmp(tasks[i].name, argv[2]) == 0)
			status = tasks[i].run(&f, argv[5]);
	fixture_leave(&f);
	return status;
}
