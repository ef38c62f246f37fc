/* No answer reaches one who did not ask for it, however late it comes. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/cache_tasks.h"

#define KEYS        40
#define DEADLINE_MS 250
#define RECOVERY_MS 5000 /* how soon it should be is asked elsewhere */
#define STUTTERS    6
#define STUTTER_US  60000
#define BREATH_US   600000
#define HURRIED_MS  30
#define PAUSE_US    1000

static bool
has_server(const struct place_kind *kind)
{
	return kind->kill != NULL;
}

/* Each key's value is its own; sizes differ, so that an answer which is cut
 * off or left over cannot be taken for the next. */
static struct str
value_of(struct fixture *f, uint32_t number)
{
	return bytes(f, 20 + number * 7919 % 30000, number);
}

static struct str
key_of(struct fixture *f, uint32_t number)
{
	return arena_printf(&f->arena, "key %u", (unsigned)number);
}

/* Whether it was answered; asserts that the answer is the key's own. */
static bool
value_right(struct fixture *f, uint32_t number, int64_t ms)
{
	struct cache_op op = { .kind = CACHE_GET, .key = key_of(f, number) };

	(void)fixture_try(f, f->conn, &op, 1, ms);
	if (op.status == ST_OK)
		assert_anywhere(str_eq(op.value, value_of(f, number)));
	return op.status == ST_OK || op.status == ST_MISSING;
}

static void
set_all(struct fixture *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(
		    set(f, key_of(f, i), value_of(f, i), 600), ST_OK);
}

static void
a_late_answer_reaches_nobody(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	set_all(f, KEYS);
	for (uint32_t i = 0; i < 5; i++) {
		int64_t until_ms;

		kind->pause(f->place);
		(void)value_right(f, i, 100);
		(void)value_right(f, i + 1, 100);
		kind->resume(f->place);
		until_ms = clock_boot_ms() + RECOVERY_MS;
		for (uint32_t k = 0; k < 4 * KEYS; k++)
			while (!value_right(f, k % KEYS, DEADLINE_MS))
				assert_true(clock_boot_ms() < until_ms);
		fixture_recover(f);
		for (uint32_t k = 0; k < KEYS; k++)
			assert_value(f, key_of(f, k), value_of(f, k));
		arena_reset(&f->arena);
	}
}

/* One pauses the server again and again; the others hurry. */
static uint32_t
stutter(struct fixture *f, const char *argument, uint32_t number)
{
	const struct place_kind *kind = f->place->kind;
	int64_t until_ms =
	    clock_boot_ms() + STUTTERS * (STUTTER_US + BREATH_US) / 1000;
	uint32_t answers = 0;

	(void)argument;
	for (int i = 0; number == 0 && i < STUTTERS; i++) {
		kind->pause(f->place);
		(void)usleep(STUTTER_US);
		kind->resume(f->place);
		(void)usleep(BREATH_US);
	}
	for (uint32_t i = number; clock_boot_ms() < until_ms; i += 7) {
		if (value_right(f, i % KEYS, HURRIED_MS))
			answers++;
		else
			(void)usleep(PAUSE_US); /* it fails at once */
		arena_reset(&f->arena);
	}
	return answers;
}

static void
answers_of_a_stuttering_server_are_right(void **state)
{
	const struct crowd crowd = { stutter, NULL, 5 };
	struct fixture *f = *state;

	set_all(f, KEYS);
	assert_true(crowd_run(f, &crowd) > 0);
}

const struct question answer_questions[] = {
	QUESTION_OF(has_server, a_late_answer_reaches_nobody),
	QUESTION_OF(has_server, answers_of_a_stuttering_server_are_right),
	QUESTIONS_END,
};
