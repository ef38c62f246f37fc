/*
 * Asks every question of cache_questions.h of every kind of place that the
 * program has. A new driver needs a place_*.c and a program in Makefile.am.
 *
 *   PROGRAM [PATTERN]    asks only what PATTERN names, as 'local: *count*'
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_questions.h"

#define NAME_BYTES 128
#define HANG_S     600 /* what hangs must not hang for ever */

/* One question to one kind of place, and the store while it is asked. */
struct asked {
	struct fixture fixture;
	const struct place_kind *kind;
	char name[NAME_BYTES];
};

static const struct question *const subjects[] = { value_questions,
	key_questions, expiry_questions, batch_questions, space_questions,
	list_questions, counter_questions, group_questions, algorithm_questions,
	sharing_questions, bound_questions, death_questions, health_questions,
	server_questions, answer_questions, loop_questions };

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static int
set_up(void **state)
{
	struct asked *asked = *state;

	(void)alarm(HANG_S); /* its signal ends the program, and its servers */
	fixture_open(&asked->fixture, asked->kind);
	return 0;
}

static int
tear_down(void **state)
{
	struct asked *asked = *state;

	fixture_close(&asked->fixture);
	(void)alarm(0);
	return 0;
}

static struct CMUnitTest
test_of(const struct place_kind *kind, const struct question *q)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (asked == NULL)
		abort();
	asked->kind = kind;
	(void)snprintf(
	    asked->name, sizeof(asked->name), "%s: %s", kind->name, q->name);
	return (struct CMUnitTest){
		.name = asked->name,
		.test_func = q->ask,
		.setup_func = set_up,
		.teardown_func = tear_down,
		.initial_state = asked,
	};
}

/* Appends the questions to one kind, or only counts them: tests is NULL. */
static size_t
tests_of(const struct place_kind *kind, struct CMUnitTest *tests)
{
	size_t n = 0;

	for (size_t i = 0; i < SUBJECTS; i++)
		for (const struct question *q = subjects[i]; q->name; q++) {
			if (q->concerns != NULL && !q->concerns(kind))
				continue;
			if (tests != NULL)
				tests[n] = test_of(kind, q);
			n++;
		}
	return n;
}

static int
ask_all(void)
{
	struct CMUnitTest *tests;
	size_t n = 0;
	int failed;

	for (size_t i = 0; place_kinds[i] != NULL; i++)
		n += tests_of(place_kinds[i], NULL);
	tests = calloc(n, sizeof(*tests));
	if (tests == NULL)
		abort();
	n = 0;
	for (size_t i = 0; place_kinds[i] != NULL; i++)
		n += tests_of(place_kinds[i], tests + n);
	failed = _cmocka_run_group_tests("cache drivers", tests, n, NULL, NULL);
	while (n-- > 0)
		free(tests[n].initial_state);
	free(tests);
	return failed;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], TASK_WORD) == 0)
		return task_main(argc, argv);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return ask_all();
}
