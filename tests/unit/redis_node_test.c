/* Servers that lie, break off, or say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/redis.h"
#include "tests/support/redis_liar.h"

#define SHORT_MS 60
#define KEY      STR("a key")
#define GET      ((struct cache_op){ .kind = CACHE_GET, .key = KEY })
#define BIG      ((size_t)6 << 20)

static int
set_up(void **state)
{
	struct liar *l = malloc(sizeof(*l));

	assert_non_null(l);
	liar_open(l, NULL);
	*state = l;
	return 0;
}

static int
tear_down(void **state)
{
	liar_close(*state);
	free(*state);
	return 0;
}

static struct cache_op
value_op(enum cache_kind kind, struct str value)
{
	return (struct cache_op){ .kind = kind, .key = KEY, .value = value };
}

/* A GET that has reached the server. */
static void
ask(struct liar *l, struct flight *f, int64_t timeout_ms)
{
	liar_submit(l, f, GET, timeout_ms);
	if (l->fd < 0)
		liar_greet(l);
	assert_string_equal(liar_hear(l), "GET weir:space:a key");
}

/* The next GET goes by a new link, and gets its own answer. */
static void
assert_recovers(struct liar *l)
{
	struct flight f;

	liar_hang_up(l);
	liar_submit(l, &f, GET, LIAR_HANG_MS);
	liar_turn(l);
	liar_greet(l);
	while (f.landed) { /* as long as the circuit is open */
		liar_submit(l, &f, GET, LIAR_HANG_MS);
		liar_turn(l);
	}
	assert_string_equal(liar_hear(l), "GET weir:space:a key");
	liar_say(l, "$3\r\nnew\r\n");
	assert_int_equal(liar_await(l, &f), ST_OK);
	assert_true(str_eq(f.op.value, STR("new")));
}

/* Whether a batch fails without anything being asked. */
static bool
circuit_open(struct liar *l)
{
	struct flight f;

	liar_submit(l, &f, GET, LIAR_HANG_MS);
	liar_turn(l);
	return f.landed && f.op.status == ST_UNAVAILABLE;
}

static void
an_answer_may_come_byte_by_byte(void **state)
{
	static const char answer[] = "$11\r\nab\r\ncd\0ef\r\n\r\n";
	struct liar *l = *state;
	struct flight f;

	ask(l, &f, LIAR_HANG_MS);
	for (size_t i = 0; i < sizeof(answer) - 1; i++) {
		assert_false(f.landed);
		liar_say_bytes(l, answer + i, 1);
		liar_turn(l);
	}
	assert_int_equal(liar_await(l, &f), ST_OK);
	assert_int_equal(f.op.value.n, 11);
	assert_memory_equal(f.op.value.p, answer + 5, 11);
}

static void
answers_may_come_all_at_once(void **state)
{
	struct liar *l = *state;
	struct flight f[3];

	ask(l, &f[0], LIAR_HANG_MS);
	ask(l, &f[1], LIAR_HANG_MS);
	ask(l, &f[2], LIAR_HANG_MS);
	liar_say(l, "$1\r\na\r\n$-1\r\n$0\r\n\r\n");
	assert_int_equal(liar_await(l, &f[0]), ST_OK);
	assert_int_equal(liar_await(l, &f[1]), ST_MISSING);
	assert_int_equal(liar_await(l, &f[2]), ST_OK);
	assert_true(str_eq(f[0].op.value, STR("a")));
	assert_int_equal(f[2].op.value.n, 0);
	assert_int_equal(l->n_done, 3);
}

static void
what_is_no_answer_ends_the_link(void **state)
{
	static const char *const lies[] = { "HTTP/1.1 400 Bad Request\r\n\r\n",
		"$99999999999\r\n", "$67108865\r\n", "$-7\r\n", "$x\r\n",
		"*99999999\r\n", "*2\r\n*200000\r\n*200000\r\n",
		"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
		"%1\r\n+a\r\n+b\r\n", "_\r\n", ":12x\r\n",
		"$1\r\na\r\n$1\r\nb\r\n" /* one more than was asked */ };

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct liar l;
		struct flight f;

		(void)state; /* each lie has a connection of its own */
		liar_open(&l, NULL);
		ask(&l, &f, LIAR_HANG_MS);
		liar_say(&l, lies[i]);
		if (lies[i][0] == '$' && lies[i][1] == '1')
			assert_int_equal(liar_await(&l, &f), ST_OK);
		else
			assert_int_equal(liar_await(&l, &f), ST_UNAVAILABLE);
		assert_true(liar_left(&l));
		assert_true(circuit_open(&l));
		assert_recovers(&l);
		liar_close(&l);
	}
}

/* What waits for the end of the greeting has not been sent. */
static void
an_answer_behind_the_greeting_is_nobodys(void **state)
{
	struct liar *l = *state;
	struct flight f;

	liar_submit(l, &f, GET, LIAR_HANG_MS);
	liar_accept(l);
	for (int i = 0; i < LIAR_GREETINGS; i++)
		(void)liar_hear(l);
	liar_say(l, LIAR_GREETED "$11\r\nnever asked\r\n");
	assert_int_not_equal(liar_await(l, &f), ST_OK);
}

static void
an_endless_line_ends_the_link(void **state)
{
	enum { PIECE = 8192, PIECES = 16 };
	struct liar *l = *state;
	static char piece[PIECE];
	struct flight f;

	memset(piece, 'a', sizeof(piece));
	ask(l, &f, LIAR_HANG_MS);
	liar_say(l, "+");
	for (int i = 0; i < PIECES && !f.landed; i++) {
		liar_say_bytes(l, piece, sizeof(piece));
		liar_turn(l);
	}
	assert_int_equal(liar_await(l, &f), ST_UNAVAILABLE);
}

static void
an_answer_of_the_wrong_kind_is_an_error(void **state)
{
	static const char *const answers[] = { "*1\r\n*1\r\n$1\r\na\r\n",
		":1\r\n", "+OK\r\n", "-ERR unknown\r\n", "*-1\r\n" };
	struct liar *l = *state;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct flight f;

		ask(l, &f, LIAR_HANG_MS);
		liar_say(l, answers[i]);
		/* "*-1" is how RESP2 says nil of an array. */
		assert_int_equal(liar_await(l, &f),
		    answers[i][1] == '-' ? ST_MISSING : ST_ERROR);
	}
}

static void
half_an_answer_and_silence_is_a_time_out(void **state)
{
	struct liar *l = *state;
	struct flight f;
	struct flight later;

	ask(l, &f, SHORT_MS);
	ask(l, &later, LIAR_HANG_MS);
	liar_say(l, "$5\r\nab");
	assert_int_equal(liar_await(l, &f), ST_TIMEOUT);
	/* It waited for the same link. */
	assert_int_equal(liar_await(l, &later), ST_UNAVAILABLE);
	assert_true(liar_left(l));
	assert_true(circuit_open(l));
	assert_recovers(l);
}

static void
a_late_answer_reaches_nobody(void **state)
{
	struct liar *l = *state;
	struct flight f;
	int old;

	ask(l, &f, SHORT_MS);
	assert_int_equal(liar_await(l, &f), ST_TIMEOUT);
	old = l->fd;
	l->fd = -1;
	(void)send(old, "$3\r\nold\r\n", 9, MSG_NOSIGNAL);
	assert_recovers(l);
	assert_int_equal(close(old), 0);
}

static void
a_link_that_breaks_costs_what_was_sent(void **state)
{
	struct liar *l = *state;
	struct flight f;

	ask(l, &f, LIAR_HANG_MS);
	liar_say(l, "$5\r\nab");
	liar_turn(l);
	liar_hang_up(l);
	assert_int_equal(liar_await(l, &f), ST_UNAVAILABLE);
	assert_false(circuit_open(l)); /* it is connected to anew at once */
}

/* A large value is under way when the link breaks: what stands behind it has
 * not been sent, and goes by the next. */
static void
what_was_not_sent_goes_by_the_next_link(void **state)
{
	struct liar *l = *state;
	char *bytes = calloc(1, BIG);
	struct flight big;
	struct flight small;

	assert_non_null(bytes);
	liar_submit(
	    l, &big, value_op(CACHE_SET, str_make(bytes, BIG)), LIAR_HANG_MS);
	liar_greet(l);
	liar_turn(l);
	liar_submit(l, &small, value_op(CACHE_ADD, STR("x")), LIAR_HANG_MS);
	liar_hang_up(l);
	assert_int_equal(liar_await(l, &big), ST_UNAVAILABLE);
	assert_false(small.landed);
	liar_greet(l);
	assert_string_equal(liar_hear(l), "SET weir:space:a key x NX");
	liar_say(l, "+OK\r\n");
	assert_int_equal(liar_await(l, &small), ST_OK);
	free(bytes);
}

static void
an_idle_link_that_has_ended_is_noticed(void **state)
{
	struct liar *l = *state;
	struct flight f;

	ask(l, &f, LIAR_HANG_MS);
	liar_say(l, "$-1\r\n");
	assert_int_equal(liar_await(l, &f), ST_MISSING);
	liar_hang_up(l);
	ask(l, &f, LIAR_HANG_MS);
	liar_say(l, "$2\r\nab\r\n");
	assert_int_equal(liar_await(l, &f), ST_OK);
}

static void
a_server_that_takes_no_greeting_costs_one_deadline(void **state)
{
	struct liar *l = *state;
	struct flight f;

	liar_submit(l, &f, GET, SHORT_MS);
	liar_accept(l);
	assert_int_equal(liar_await(l, &f), ST_TIMEOUT);
	assert_true(circuit_open(l));
	/* The attempt goes on, and ends it. */
	for (int i = 0; i < LIAR_GREETINGS; i++)
		(void)liar_hear(l);
	liar_say(l, LIAR_GREETED);
	while (circuit_open(l))
		;
	assert_string_equal(liar_hear(l), "GET weir:space:a key");
}

static void
a_batch_whose_time_is_over_is_not_sent(void **state)
{
	struct liar *l = *state;
	struct flight f;

	liar_submit(l, &f, GET, 0);
	assert_int_equal(liar_await(l, &f), ST_TIMEOUT);
	ask(l, &f, LIAR_HANG_MS);
	liar_say(l, "$-1\r\n");
	assert_int_equal(liar_await(l, &f), ST_MISSING);
}

static void
a_demoted_server_is_left(void **state)
{
	struct liar *l = *state;
	struct flight f;

	liar_submit(l, &f, value_op(CACHE_DEL, STR_NULL), LIAR_HANG_MS);
	liar_greet(l);
	assert_string_equal(liar_hear(l), "DEL weir:space:a key");
	liar_say(
	    l, "-READONLY You can't write against a read only replica.\r\n");
	assert_int_equal(liar_await(l, &f), ST_UNAVAILABLE);
	assert_true(liar_left(l));
	assert_true(circuit_open(l));
	assert_recovers(l);
}

static void
a_full_server_keeps_no_old_value(void **state)
{
	struct liar *l = *state;
	struct flight f;

	liar_submit(l, &f, value_op(CACHE_SET, STR("x")), LIAR_HANG_MS);
	liar_greet(l);
	assert_string_equal(liar_hear(l), "SET weir:space:a key x");
	liar_say(l, "-OOM command not allowed\r\n");
	assert_string_equal(liar_hear(l), "DEL weir:space:a key");
	liar_say(l, ":1\r\n");
	assert_int_equal(liar_await(l, &f), ST_FULL);
	liar_submit(l, &f, value_op(CACHE_ADD, STR("x")), LIAR_HANG_MS);
	assert_string_equal(liar_hear(l), "SET weir:space:a key x NX");
	liar_say(l, "-OOM command not allowed\r\n");
	assert_string_equal(liar_hear(l), "EXISTS weir:space:a key");
	liar_say(l, ":1\r\n");
	assert_int_equal(liar_await(l, &f), ST_EXISTS);
}

static void
a_forgotten_script_is_sent_along(void **state)
{
	struct liar *l = *state;
	struct cache_op op = {
		.kind = CACHE_COUNT, .key = KEY, .ttl = 60, .limit = 2
	};
	struct flight f;

	liar_submit(l, &f, op, LIAR_HANG_MS);
	liar_greet(l);
	assert_int_equal(strncmp(liar_hear(l), "EVALSHA ", 8), 0);
	liar_say(l, "-NOSCRIPT No matching script.\r\n");
	assert_int_equal(strncmp(liar_hear(l), "EVAL local ", 11), 0);
	liar_say(l, "*3\r\n:1\r\n:2\r\n:9000\r\n");
	assert_int_equal(liar_await(l, &f), ST_OK);
	assert_int_equal(f.op.count, 2);
	assert_int_equal(f.op.reset_ms, 9000);
}

static void
senseless_counts_are_errors(void **state)
{
	static const char *const answers[] = { "*3\r\n:1\r\n:2\r\n$1\r\n3\r\n",
		"*2\r\n:1\r\n:2\r\n", "*3\r\n:1\r\n:-2\r\n:3\r\n", "$-1\r\n",
		"-ERR something\r\n" };
	struct liar *l = *state;
	struct cache_op op = {
		.kind = CACHE_COUNT, .key = KEY, .ttl = 60, .limit = 2
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct flight f;

		liar_submit(l, &f, op, LIAR_HANG_MS);
		if (i == 0)
			liar_greet(l);
		(void)liar_hear(l);
		liar_say(l, answers[i]);
		assert_int_equal(liar_await(l, &f), ST_ERROR);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_answer_may_come_byte_by_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    answers_may_come_all_at_once, set_up, tear_down),
		cmocka_unit_test(what_is_no_answer_ends_the_link),
		cmocka_unit_test_setup_teardown(
		    an_answer_behind_the_greeting_is_nobodys, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    an_endless_line_ends_the_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_answer_of_the_wrong_kind_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    half_an_answer_and_silence_is_a_time_out, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_late_answer_reaches_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_link_that_breaks_costs_what_was_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_was_not_sent_goes_by_the_next_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_idle_link_that_has_ended_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_server_that_takes_no_greeting_costs_one_deadline, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_batch_whose_time_is_over_is_not_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_demoted_server_is_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_server_keeps_no_old_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_forgotten_script_is_sent_along, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    senseless_counts_are_errors, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
