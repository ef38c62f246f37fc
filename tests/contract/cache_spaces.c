/* Spaces: each has keys of its own, and is flushed alone. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_process.h"
#include "tests/contract/cache_tasks.h"

#define KEY     STR("a key")
#define FLUSHES 30

/* Names that might run into each other, or into keys. */
static const struct cache_space spaces[] = { { { "a", 1 }, true },
	{ { "ab", 2 }, true }, { { "a.b", 3 }, true }, { { "a-b", 3 }, false },
	{ { "a_b", 3 }, true }, { { "1", 1 }, false }, { { "space", 5 }, true },
	{ { "0123456789.0123456789.0123456789.0123456789."
	    "0123456789.0123456789.0123456789.abc",
	      CACHE_SPACE_MAX },
	    true } };

#define SPACES (sizeof(spaces) / sizeof(spaces[0]))

static enum status
run_in(struct fixture *f, const struct cache_space *space, struct cache_op op,
    struct str *value)
{
	op.space = space;
	run(f, &op, 1);
	if (value != NULL)
		*value = op.value;
	return op.status;
}

static enum status
set_in(struct fixture *f, const struct cache_space *space, struct str key,
    struct str value)
{
	return run_in(f, space,
	    (struct cache_op){
		.kind = CACHE_SET, .key = key, .value = value, .ttl = 60 },
	    NULL);
}

static enum status
get_in(struct fixture *f, const struct cache_space *space, struct str key,
    struct str *value)
{
	return run_in(f, space,
	    (struct cache_op){ .kind = CACHE_GET, .key = key }, value);
}

static enum status
count_in(struct fixture *f, const struct cache_space *space)
{
	return run_in(f, space,
	    (struct cache_op){
		.kind = CACHE_COUNT, .key = KEY, .limit = 1, .ttl = 600 },
	    NULL);
}

static void
spaces_do_not_meet(void **state)
{
	static const struct str keys[] = { { "b", 1 }, { ".b", 2 },
		{ "b.b", 3 }, { ":b", 2 }, { "c", 1 } };
	enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
	struct fixture *f = *state;

	for (size_t i = 0; i < SPACES * KEYS; i++)
		assert_int_equal(set_in(f, &spaces[i / KEYS], keys[i % KEYS],
				     arena_printf(&f->arena, "value %zu", i)),
		    ST_OK);
	for (size_t i = 0; i < SPACES * KEYS; i++) {
		struct str got = STR_NULL;

		assert_int_equal(
		    get_in(f, &spaces[i / KEYS], keys[i % KEYS], &got), ST_OK);
		assert_true(
		    str_eq(got, arena_printf(&f->arena, "value %zu", i)));
	}
	assert_int_equal(
	    run_in(f, &spaces[0],
		(struct cache_op){ .kind = CACHE_DEL, .key = keys[0] }, NULL),
	    ST_OK);
	assert_int_equal(get_in(f, &spaces[0], keys[0], NULL), ST_MISSING);
	for (size_t i = 1; i < SPACES; i++)
		assert_int_equal(get_in(f, &spaces[i], keys[0], NULL), ST_OK);
}

static void
counters_of_spaces_do_not_meet(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SPACES; i++)
		assert_int_equal(count_in(f, &spaces[i]), ST_OK);
	for (size_t i = 0; i < SPACES; i++)
		assert_int_equal(count_in(f, &spaces[i]), ST_REFUSED);
}

/* Where a value lies is another matter than what it is. */
static void
values_have_shards(void **state)
{
	static const struct str shards[] = { { "a", 1 }, { "b.c", 3 },
		{ "0123456789_0123456789-0123456789.0123456789_0123456789."
		  "abcdefghi",
		    CACHE_SHARD_MAX } };
	enum { N = 30, SHARDS = sizeof(shards) / sizeof(shards[0]) };
	struct fixture *f = *state;
	struct cache_op ops[N];

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < N; i++)
			ops[i] = (struct cache_op){
				.kind = round == 0 ? CACHE_SET : CACHE_GET,
				.key = arena_printf(&f->arena, "{%zu}", i),
				.value = STR("value"),
				.shard = shards[i % SHARDS],
			};
		run(f, ops, N);
		for (size_t i = 0; i < N; i++) {
			assert_int_equal(ops[i].status, ST_OK);
			assert_true(str_eq(ops[i].value, STR("value")));
		}
	}
}

static void
a_flush_empties_its_space_only(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SPACES; i++) {
		assert_int_equal(
		    set_in(f, &spaces[i], KEY, STR("value")), ST_OK);
		assert_int_equal(count_in(f, &spaces[i]), ST_OK);
	}
	flush(f, &spaces[0]);
	assert_int_equal(get_in(f, &spaces[0], KEY, NULL), ST_MISSING);
	for (size_t i = 1; i < SPACES; i++)
		assert_int_equal(get_in(f, &spaces[i], KEY, NULL), ST_OK);
	for (size_t i = 0; i < SPACES; i++)
		assert_int_equal(count_in(f, &spaces[i]), ST_REFUSED);
}

static void
a_flush_leaves_nothing_of_many(void **state)
{
	enum { N = 1500 };
	struct fixture *f = *state;
	const struct cache_space *other = &spaces[0];
	struct cache_op *ops = arena_zalloc(&f->arena, N * sizeof(ops[0]));

	flush(f, &fixture_space); /* nothing to do is no failure */
	for (size_t i = 0; i < N; i++)
		ops[i] = (struct cache_op){
			.kind = CACHE_SET,
			.space = i % 3 == 0 ? other : &fixture_space,
			.key = arena_printf(&f->arena, "key %zu", i),
			.value =
			    bytes(f, i % 100 == 0 ? 50000 : 200, (uint32_t)i),
		};
	run(f, ops, N);
	flush(f, &fixture_space);
	for (size_t i = 0; i < N; i++)
		ops[i].kind = CACHE_GET;
	run(f, ops, N);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(
		    ops[i].status, i % 3 == 0 ? ST_OK : ST_MISSING);
}

static void
a_value_set_after_a_flush_is_found(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < FLUSHES; i++) {
		assert_int_equal(set(f, KEY, STR("old"), 60), ST_OK);
		flush(f, &fixture_space);
		assert_int_equal(get(f, KEY, NULL), ST_MISSING);
		assert_int_equal(del(f, KEY), ST_MISSING);
		assert_int_equal(touch(f, KEY, 60), ST_MISSING);
		assert_int_equal(add(f, KEY, STR("new"), 60), ST_OK);
		assert_value(f, KEY, STR("new"));
	}
}

static void
a_flush_counts_for_other_connections(void **state)
{
	struct fixture *f = *state;
	struct cache_conn *first = f->conn;
	struct cache_conn *other = fixture_connect(f);

	for (int i = 0; i < FLUSHES; i++) {
		assert_int_equal(set(f, KEY, STR("old"), 60), ST_OK);
		f->conn = i % 2 == 0 ? other : first;
		assert_value(f, KEY, STR("old"));
		flush(f, &fixture_space);
		f->conn = i % 2 == 0 ? first : other;
		assert_int_equal(get(f, KEY, NULL), ST_MISSING);
		assert_int_equal(set(f, KEY, STR("new"), 60), ST_OK);
		f->conn = i % 2 == 0 ? other : first;
		assert_value(f, KEY, STR("new"));
	}
	f->conn = first;
	f->driver->disconnect(other);
}

static enum status
ask(const struct process *p, char what)
{
	unsigned char st;

	process_tell(p, &what, 1);
	process_hear(p, &st, 1);
	return (enum status)st;
}

static void
a_flush_counts_for_other_processes(void **state)
{
	struct fixture *f = *state;
	struct process p = process_start(f, "obey", "");

	for (int i = 0; i < FLUSHES; i++) {
		assert_int_equal(set(f, OBEYED, STR("old"), 60), ST_OK);
		assert_int_equal(ask(&p, OBEY_GET), ST_OK);
		flush(f, &fixture_space);
		assert_int_equal(ask(&p, OBEY_GET), ST_MISSING);
		assert_int_equal(ask(&p, OBEY_SET), ST_OK);
		assert_int_equal(get(f, OBEYED, NULL), ST_OK);
		assert_int_equal(ask(&p, OBEY_FLUSH), ST_OK);
		assert_int_equal(get(f, OBEYED, NULL), ST_MISSING);
	}
	process_end(&p);
}

/* One flushes its space; the others lose nothing in theirs, and find in that
 * one what they set after the last flush. */
static uint32_t
work_beside_flushes(struct fixture *f, const char *argument, uint32_t number)
{
	struct str mine = arena_printf(&f->arena, "of %u", (unsigned)number);

	(void)argument;
	for (unsigned i = 0; i < FLUSHES; i++) {
		struct str value = arena_printf(&f->arena, "value %u", i);
		struct str got = STR_NULL;

		if (number == 0) {
			flush(f, &fixture_space);
			continue;
		}
		assert_anywhere(set(f, mine, value, 60) == ST_OK);
		assert_anywhere(set_in(f, &spaces[0], mine, value) == ST_OK);
		assert_anywhere(get_in(f, &spaces[0], mine, &got) == ST_OK);
		assert_anywhere(str_eq(got, value));
	}
	return 0;
}

static void
a_flush_disturbs_nobody_else(void **state)
{
	const struct crowd crowd = { work_beside_flushes, NULL, 4 };
	struct fixture *f = *state;

	(void)crowd_run(f, &crowd);
	flush(f, &fixture_space);
	assert_int_equal(get(f, STR("of 1"), NULL), ST_MISSING);
	assert_int_equal(set(f, STR("of 1"), STR("x"), 60), ST_OK);
	assert_value(f, STR("of 1"), STR("x"));
}

const struct question space_questions[] = {
	QUESTION(spaces_do_not_meet),
	QUESTION(counters_of_spaces_do_not_meet),
	QUESTION(values_have_shards),
	QUESTION(a_flush_empties_its_space_only),
	QUESTION(a_flush_leaves_nothing_of_many),
	QUESTION(a_value_set_after_a_flush_is_found),
	QUESTION(a_flush_counts_for_other_connections),
	QUESTION(a_flush_counts_for_other_processes),
	QUESTION(a_flush_disturbs_nobody_else),
	QUESTIONS_END,
};
