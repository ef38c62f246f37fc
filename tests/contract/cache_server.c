/*
 * A server that hangs, dies and comes back: what is asked meanwhile ends in
 * time, and all goes on by itself.
 */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define KEY         STR("a key")
#define DEADLINE_MS 250
#define PATIENT_MS  5000
#define RECOVERY_MS 2000
#define IN_A_ROW    20
#define CONNECTIONS 4

static bool
has_server(const struct place_kind *kind)
{
	return kind->kill != NULL;
}

/* A GET of the key: ST_OK, ST_MISSING, or why it could not be run. */
static enum status
look(struct fixture *f, struct str key, int64_t ms)
{
	struct cache_op op = { .kind = CACHE_GET, .key = key };

	(void)fixture_try(f, f->conn, &op, 1, ms);
	return op.status;
}

static bool
answered(enum status st)
{
	return st == ST_OK || st == ST_MISSING;
}

/* Asserts that the store answers soon, and goes on doing so. */
static void
await_recovery(struct fixture *f)
{
	fixture_recover(f);
	for (int i = 0; i < IN_A_ROW; i++)
		assert_true(answered(look(f, KEY, PATIENT_MS)));
	assert_int_equal(set(f, KEY, STR("works again"), 60), ST_OK);
	assert_value(f, KEY, STR("works again"));
	assert_int_equal(count(f, STR("again"), 1000000, 60), ST_OK);
}

/* What is asked in a row of a store that is away. */
static void
assert_no_wait(struct fixture *f)
{
	int64_t began_ms = stopwatch_ms();

	for (int i = 0; i < IN_A_ROW; i++)
		assert_false(answered(look(f, KEY, DEADLINE_MS)));
	assert_soon(began_ms, IN_A_ROW * DEADLINE_MS / 4);
}

static void
a_paused_server_costs_one_deadline(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
	kind->pause(f->place);
	assert_false(answered(look(f, KEY, DEADLINE_MS)));
	assert_no_wait(f);
	kind->resume(f->place);
	await_recovery(f);
}

/* Reads and writes of every kind end in time. */
static void
a_paused_server_ends_every_batch(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	struct str large = bytes(f, FIXTURE_MAX_VALUE, 1);

	for (int i = CACHE_GET; i <= CACHE_COUNT; i++) {
		struct cache_op ops[] = {
			{ .kind = (enum cache_kind)i,
			    .key = KEY,
			    .value = large,
			    .ttl = 60,
			    .limit = 9 },
			{ .kind = CACHE_SET, .key = KEY, .value = large },
			{ .kind = CACHE_GET, .key = KEY },
		};
		struct cache_conn *conn = fixture_connect(f);

		(void)fixture_try(f, conn, &ops[2], 1, PATIENT_MS);
		kind->pause(f->place);
		assert_int_not_equal(
		    fixture_try(f, conn, ops, 3, DEADLINE_MS), ST_OK);
		kind->resume(f->place);
		f->driver->disconnect(conn);
	}
	await_recovery(f);
}

static void
a_server_paused_at_first_costs_one_deadline(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	fixture_part(f);
	kind->pause(f->place);
	fixture_meet(f);
	assert_false(answered(look(f, KEY, DEADLINE_MS)));
	assert_no_wait(f);
	kind->resume(f->place);
	await_recovery(f);
}

static void
a_killed_server_is_noticed_at_once(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	int64_t began_ms;

	assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
	kind->kill(f->place);
	began_ms = stopwatch_ms();
	assert_false(answered(look(f, KEY, PATIENT_MS)));
	assert_soon(began_ms, PATIENT_MS / 5);
	assert_no_wait(f);
	kind->restart(f->place);
	await_recovery(f);
}

static void
a_server_restarted_between_batches_is_found(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
		kind->kill(f->place);
		kind->restart(f->place);
		await_recovery(f);
	}
}

static void
a_server_may_be_away_at_first(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	fixture_part(f);
	kind->kill(f->place);
	fixture_meet(f);
	assert_false(answered(look(f, KEY, DEADLINE_MS)));
	assert_no_wait(f);
	kind->restart(f->place);
	await_recovery(f);
}

static void
each_connection_recovers(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	struct cache_conn *first = f->conn;
	struct cache_conn *conns[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++)
		conns[i] = fixture_connect(f);
	for (int i = 0; i < 2 * CONNECTIONS; i++) {
		f->conn = conns[i % CONNECTIONS];
		if (i == CONNECTIONS)
			kind->kill(f->place);
		assert_int_equal(
		    answered(look(f, KEY, DEADLINE_MS)), i < CONNECTIONS);
	}
	kind->restart(f->place);
	for (int i = 0; i < CONNECTIONS; i++) {
		f->conn = conns[i];
		await_recovery(f);
		f->driver->disconnect(conns[i]);
	}
	f->conn = first;
	await_recovery(f);
}

static bool
incarnation_tells(const struct place_kind *kind)
{
	return has_server(kind) && !kind->constant_incarnation;
}

/* What one life has lost or brought back is not taken for another's. */
static void
a_life_that_lost_values_has_another_incarnation(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];

	assert_int_equal(set(f, STR("kept"), STR("value"), 600), ST_OK);
	incarnation_of(f, f->conn, before);
	kind->kill(f->place);
	kind->restart(f->place);
	await_recovery(f);
	incarnation_of(f, f->conn, after);
	if (get(f, STR("kept"), NULL) == ST_MISSING)
		assert_memory_not_equal(before, after, sizeof(before));
}

static void
assert_says_why(
    const char *call, enum status st, const struct error *err, int64_t began_ms)
{
	assert_soon(began_ms, DEADLINE_MS);
	if (st != ST_UNAVAILABLE && st != ST_TIMEOUT)
		fail_msg("%s: %s", call, status_name(st));
	if (err->text[0] == '\0')
		fail_msg("%s says nothing", call);
}

#define ASK(f, call, ...)                                                      \
	do {                                                                   \
		struct error err_ = { .text = "" };                            \
		int64_t began_ms_ = stopwatch_ms();                            \
		int64_t deadline_ms_ = clock_boot_ms() + DEADLINE_MS;          \
		enum status st_ = (f)->driver->call(                           \
		    (f)->conn, __VA_ARGS__, deadline_ms_, &err_);              \
		assert_says_why(#call, st_, &err_, began_ms_);                 \
	} while (0)

/* Everything beside exec() ends in time, too, and says why. */
static void
assert_all_say_why(struct fixture *f)
{
	struct cache_stats stats;
	struct cache_page page = { .prefix = STR(""),
		.cursor = STR(""),
		.limit = 10,
		.arena = &f->arena };
	int64_t began_ms = stopwatch_ms();
	struct error err = { .text = "" };
	enum status st =
	    f->driver->ping(f->conn, clock_boot_ms() + DEADLINE_MS, &err);

	assert_says_why("ping", st, &err, began_ms);
	ASK(f, stats, &stats);
	ASK(f, flush, &fixture_space);
	if (f->driver->list != NULL)
		ASK(f, list, &fixture_space, &page);
}

static void
all_calls_end_and_say_why(void **state)
{
	struct fixture *f = *state;
	const struct place_kind *kind = f->place->kind;

	assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
	kind->pause(f->place);
	assert_all_say_why(f);
	kind->resume(f->place);
	await_recovery(f);
	kind->kill(f->place);
	assert_all_say_why(f);
	kind->restart(f->place);
	await_recovery(f);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
}

const struct question server_questions[] = {
	QUESTION_OF(has_server, a_paused_server_costs_one_deadline),
	QUESTION_OF(has_server, a_paused_server_ends_every_batch),
	QUESTION_OF(has_server, a_server_paused_at_first_costs_one_deadline),
	QUESTION_OF(has_server, a_killed_server_is_noticed_at_once),
	QUESTION_OF(has_server, a_server_restarted_between_batches_is_found),
	QUESTION_OF(has_server, a_server_may_be_away_at_first),
	QUESTION_OF(has_server, each_connection_recovers),
	QUESTION_OF(
	    incarnation_tells, a_life_that_lost_values_has_another_incarnation),
	QUESTION_OF(has_server, all_calls_end_and_say_why),
	QUESTIONS_END,
};
