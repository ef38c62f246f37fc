/*
 * Asks every question of cache_questions.h of every driver in the table. A
 * new driver needs a row in cache_place.c and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_questions.h"

#define TESTS_MAX  512
#define NAME_BYTES 128

/* One question to one driver, and the store while it is asked. */
struct asked {
	struct fixture fixture;
	const struct cache_driver *driver;
	char name[NAME_BYTES];
};

static const struct question *const subjects[] = { value_questions,
	counter_questions, sharing_questions, bound_questions,
	death_questions };

static int
set_up(void **state)
{
	struct asked *asked = *state;

	fixture_open(&asked->fixture, asked->driver);
	return 0;
}

static int
tear_down(void **state)
{
	struct asked *asked = *state;

	fixture_close(&asked->fixture);
	return 0;
}

static struct CMUnitTest
test_of(const struct cache_driver *driver, const struct question *q)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (asked == NULL)
		abort();
	asked->driver = driver;
	(void)snprintf(
	    asked->name, sizeof(asked->name), "%s: %s", driver->name, q->name);
	return (struct CMUnitTest){
		.name = asked->name,
		.test_func = q->ask,
		.setup_func = set_up,
		.teardown_func = tear_down,
		.initial_state = asked,
	};
}

int
main(int argc, char **argv)
{
	static struct CMUnitTest tests[TESTS_MAX];
	size_t n = 0;
	int failed;

	if (argc > 1 && strcmp(argv[1], TASK_WORD) == 0)
		return task_main(argc, argv);
	for (size_t d = 0; cache_drivers[d] != NULL; d++)
		for (size_t s = 0; s < sizeof(subjects) / sizeof(subjects[0]);
		     s++)
			for (const struct question *q = subjects[s];
			     q->name != NULL && n < TESTS_MAX; q++)
				tests[n++] = test_of(cache_drivers[d], q);
	failed = _cmocka_run_group_tests("cache drivers", tests, n, NULL, NULL);
	while (n-- > 0)
		free(tests[n].initial_state);
	return failed;
}
