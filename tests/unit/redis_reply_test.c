/* Answers, however they are cut into pieces, and what is none. */
#include "drivers/cache/redis_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"

#define MOST 1000

struct world {
	struct redis_reader *reader;
	struct arena arena;
};

static int
set_up(void **state)
{
	static struct world w;

	w.reader = redis_reader_new(MOST);
	arena_init(&w.arena, 4096);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	redis_reader_free(w->reader);
	arena_close(&w->arena);
	return 0;
}

/* Feeds the bytes in pieces, and reads one answer. */
static enum status
read_pieces(struct world *w, struct str bytes, size_t piece,
    struct arena *arena, struct redis_reply *out)
{
	enum status st = ST_MISSING;

	for (size_t i = 0; i < bytes.n && st == ST_MISSING; i += piece) {
		size_t n = bytes.n - i < piece ? bytes.n - i : piece;

		st = redis_reader_feed(w->reader, bytes.p + i, n);
		if (st == ST_OK)
			st = redis_reader_next(w->reader, arena, out);
	}
	return st;
}

static enum status
read_all(struct world *w, const char *text, struct redis_reply *out)
{
	return read_pieces(w, str_of(text), strlen(text), &w->arena, out);
}

static void
each_type_is_read(void **state)
{
	struct world *w = *state;
	struct redis_reply r;

	assert_int_equal(read_all(w, "+OK\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_STATUS);
	assert_true(str_eq(r.text, STR("OK")));
	assert_int_equal(read_all(w, "-ERR no\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_ERROR);
	assert_true(str_eq(r.text, STR("ERR no")));
	assert_int_equal(read_all(w, ":-12\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_INTEGER);
	assert_int_equal(r.integer, -12);
	assert_int_equal(read_all(w, "$-1\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_NIL);
	assert_int_equal(read_all(w, "$0\r\n\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_STRING);
	assert_int_equal(r.text.n, 0);
	assert_non_null(r.text.p);
	assert_int_equal(read_all(w, "*0\r\n", &r), ST_OK);
	assert_int_equal(r.type, REDIS_ARRAY);
	assert_int_equal(r.n, 0);
}

static void
arrays_nest_in_pieces_of_any_size(void **state)
{
	const struct str bytes = STR("*3\r\n$2\r\na\r\r\n*2\r\n:31536000000\r\n"
				     "*1\r\n$-1\r\n+last\r\n");
	struct world *w = *state;

	for (size_t piece = 1; piece <= bytes.n; piece++) {
		struct redis_reply r;
		struct arena *arena = piece % 2 == 0 ? &w->arena : NULL;

		assert_int_equal(
		    read_pieces(w, bytes, piece, arena, &r), ST_OK);
		assert_int_equal(r.type, REDIS_ARRAY);
		assert_int_equal(r.n, 3);
		assert_true(str_eq(r.items[0].text, STR("a\r")));
		assert_int_equal(r.items[1].items[0].integer, 31536000000);
		assert_int_equal(r.items[1].items[1].items[0].type, REDIS_NIL);
		assert_int_equal(r.items[2].type, REDIS_STATUS);
	}
}

static void
answers_follow_each_other(void **state)
{
	struct world *w = *state;
	struct redis_reply r;

	assert_int_equal(read_all(w, ":1\r\n:2\r\n:", &r), ST_OK);
	assert_int_equal(r.integer, 1);
	assert_int_equal(redis_reader_next(w->reader, NULL, &r), ST_OK);
	assert_int_equal(r.integer, 2);
	assert_int_equal(redis_reader_next(w->reader, NULL, &r), ST_MISSING);
	assert_int_equal(read_all(w, "3\r\n", &r), ST_OK);
	assert_int_equal(r.integer, 3);
}

static void
the_largest_string_is_read(void **state)
{
	static char bytes[7 + MOST + 2];
	struct world *w = *state;

	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, "$1000\r\n", 7);
	memcpy(bytes + sizeof(bytes) - 2, "\r\n", 2);
	for (size_t piece = 1; piece < sizeof(bytes); piece += 100) {
		struct redis_reply r;

		assert_int_equal(read_pieces(w, str_make(bytes, sizeof(bytes)),
				     piece, &w->arena, &r),
		    ST_OK);
		assert_int_equal(r.text.n, MOST);
	}
}

/* Refused with what is there: nothing waits for the rest. */
static void
what_is_no_answer_is_refused(void **state)
{
	static const char *const lies[] = {
		"$1001\r\n", "*1\r\n$1001\r\n", "$999999999999999999999\r\n",
		"$99999999999\r\nabc", "$-2\r\n", "*262145\r\n",
		"*2\r\n*200000\r\n*200000\r\n", "*-2\r\n", "?\r\n", "$a\r\n",
		":1x\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", "#t\r\n", ",1.5\r\n",
		"~1\r\n+a\r\n",
		"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct redis_reply r;

		if (read_all(w, lies[i], &r) != ST_ERROR)
			fail_msg("%zu is taken: %s", i, lies[i]);
		redis_reader_reset(w->reader);
		assert_int_equal(read_all(w, "+fine\r\n", &r), ST_OK);
	}
}

static void
an_endless_answer_is_refused(void **state)
{
	static const char *const heads[] = { "+", "*60000\r\n" };
	static const char *const more[] = { "aaaaaaaaaaaaaaaa",
		"$10\r\naaaaaaaaaa\r\n$100\r\n" };
	struct world *w = *state;

	for (int k = 0; k < 2; k++) {
		struct redis_reply r;
		enum status st = read_all(w, heads[k], &r);
		size_t fed = 0;

		while (st == ST_MISSING) {
			assert_true(fed < 4 << 20);
			st = read_all(w, more[k], &r);
			fed += strlen(more[k]);
		}
		assert_int_equal(st, ST_ERROR);
		redis_reader_reset(w->reader);
	}
}

static void
errors_are_shown_without_what_was_sent(void **state)
{
	static const char *const said[][2] = { { "ERR fine", "ERR fine" },
		{ "ERR unknown command 'AUTH', with args beginning with: 'me'",
		    "ERR unknown command" },
		{ "ERR unknown command `AUTH`", "ERR unknown command" },
		{ "ERR \"key\"", "ERR" }, { "ERR a\tb", "ERR a" }, { "", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		assert_true(str_eq(
		    redis_reply_shown(str_of(said[i][0])), str_of(said[i][1])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_type_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    arrays_nest_in_pieces_of_any_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    answers_follow_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_largest_string_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_no_answer_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_endless_answer_is_refused, set_up, tear_down),
		cmocka_unit_test(errors_are_shown_without_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
