/* Batches: many operations of every kind, each with its own answer. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"

#define BATCH  768
#define ROUNDS 8
#define KEYS   40
#define LIMIT  5
#define MANY   500
#define KEY    STR("a key")

static void
answers_come_in_the_order_of_the_batch(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = {
		{ .kind = CACHE_GET, .key = KEY },
		{ .kind = CACHE_SET, .key = KEY, .value = STR("one") },
		{ .kind = CACHE_GET, .key = KEY },
		{ .kind = CACHE_ADD, .key = KEY, .value = STR("two") },
		{ .kind = CACHE_COUNT, .key = KEY, .ttl = 60, .limit = 1 },
		{ .kind = CACHE_DEL, .key = KEY },
		{ .kind = CACHE_ADD, .key = KEY, .value = STR("three") },
		{ .kind = CACHE_COUNT, .key = KEY, .ttl = 60, .limit = 1 },
		{ .kind = CACHE_GET, .key = KEY },
	};
	static const enum status expected[] = { ST_MISSING, ST_OK, ST_OK,
		ST_EXISTS, ST_OK, ST_OK, ST_OK, ST_REFUSED, ST_OK };

	run(f, ops, sizeof(ops) / sizeof(ops[0]));
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		assert_int_equal(ops[i].status, expected[i]);
	assert_true(str_eq(ops[2].value, STR("one")));
	assert_true(str_eq(ops[8].value, STR("three")));
}

static void
one_bad_operation_spoils_no_other(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = {
		{ .kind = CACHE_SET, .key = STR("a"), .value = STR("1") },
		{ .kind = CACHE_SET, .key = STR(""), .value = STR("2") },
		{ .kind = CACHE_SET, .key = STR("c"), .value = STR("3") },
	};

	run(f, ops, 3);
	assert_int_equal(ops[1].status, ST_INVALID);
	assert_value(f, STR("a"), STR("1"));
	assert_value(f, STR("c"), STR("3"));
}

/* What the store should hold: a value or none, and a count. */
struct expected {
	struct str value; /* STR_NULL: none */
	uint32_t count;
};

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Some keys are too long for some stores to take as they are. */
static struct str
key_of(struct fixture *f, uint32_t number)
{
	int width = number % 4 == 0 ? 300 : 1;

	return arena_printf(&f->arena, "key %0*u", width, (unsigned)number);
}

static struct cache_op
op_make(struct fixture *f, uint32_t number, uint32_t *seed)
{
	struct cache_op op = {
		.kind = (enum cache_kind)(next(seed) % (CACHE_COUNT + 1)),
		.key = key_of(f, number),
		.ttl = 600,
		.limit = LIMIT,
	};

	if (op.kind == CACHE_SET || op.kind == CACHE_ADD)
		op.value = bytes(f, next(seed) % 3000, next(seed));
	if (op.kind == CACHE_DEL)
		op.counter = next(seed) % 2 == 0;
	return op;
}

/* Runs the operation on what is expected; returns the status it should get. */
static enum status
foresee(struct expected *e, const struct cache_op *op, struct str *value)
{
	bool there = !str_is_null(e->value);

	*value = e->value;
	switch (op->kind) {
	case CACHE_GET:
	case CACHE_TOUCH:
		return there ? ST_OK : ST_MISSING;
	case CACHE_ADD:
		if (there)
			return ST_EXISTS;
		e->value = op->value;
		return ST_OK;
	case CACHE_SET:
		e->value = op->value;
		return ST_OK;
	case CACHE_DEL:
		if (op->counter) {
			there = e->count > 0;
			e->count = 0;
			return there ? ST_OK : ST_MISSING;
		}
		break;
	case CACHE_PULL:
		break;
	case CACHE_COUNT:
	case CACHE_LOOK:
		if (e->count == LIMIT)
			return ST_REFUSED;
		e->count++;
		return ST_OK;
	}
	e->value = STR_NULL;
	return there ? ST_OK : ST_MISSING;
}

static void
check(struct expected *e, const struct cache_op *op)
{
	struct str value;

	assert_int_equal(op->status, foresee(e, op, &value));
	if (op->kind == CACHE_COUNT)
		assert_int_equal(op->count, e->count);
	if (op->status == ST_OK &&
	    (op->kind == CACHE_GET || op->kind == CACHE_PULL)) {
		assert_int_equal(op->value.n, value.n);
		assert_memory_equal(op->value.p, value.p, value.n);
	}
}

/* Operations upon counters may run before or after those upon values, but
 * those of each kind in their order: so it does not matter here. */
static void
a_long_batch_is_run_in_its_order(void **state)
{
	struct fixture *f = *state;
	struct expected expected[KEYS];
	uint32_t seed = 7;

	memset(expected, 0, sizeof(expected));
	for (int round = 0; round < ROUNDS; round++) {
		struct cache_op *ops =
		    arena_zalloc(&f->arena, BATCH * sizeof(ops[0]));
		uint32_t keys[BATCH];

		for (size_t i = 0; i < BATCH; i++) {
			keys[i] = next(&seed) % KEYS;
			ops[i] = op_make(f, keys[i], &seed);
		}
		run(f, ops, BATCH);
		for (size_t i = 0; i < BATCH; i++)
			check(&expected[keys[i]], &ops[i]);
	}
}

static void
many_values_are_read_at_once(void **state)
{
	struct fixture *f = *state;
	struct cache_op *ops = arena_zalloc(&f->arena, MANY * sizeof(ops[0]));

	for (uint32_t i = 0; i < MANY; i++)
		ops[i] = (struct cache_op){
			.kind = CACHE_SET,
			.key = key_of(f, i),
			.value = bytes(f, i * 13 % 2000, i),
		};
	run(f, ops, MANY / 2);
	for (uint32_t i = 0; i < MANY; i++)
		ops[i].kind = CACHE_GET;
	for (uint32_t i = 0; i < MANY; i++)
		ops[i].value = STR_NULL;
	run(f, ops, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		struct str value = bytes(f, i * 13 % 2000, i);

		assert_int_equal(
		    ops[i].status, i < MANY / 2 ? ST_OK : ST_MISSING);
		if (i < MANY / 2)
			assert_true(str_eq(ops[i].value, value));
	}
}

/* The same value for two readers, and again after a write between them. */
static void
one_key_may_be_read_twice(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = {
		{ .kind = CACHE_SET, .key = STR("a"), .value = STR("1") },
		{ .kind = CACHE_GET, .key = STR("a") },
		{ .kind = CACHE_GET, .key = STR("b") },
		{ .kind = CACHE_GET, .key = STR("a") },
		{ .kind = CACHE_SET, .key = STR("a"), .value = STR("2") },
		{ .kind = CACHE_GET, .key = STR("a") },
		{ .kind = CACHE_GET, .key = STR("a") },
	};
	static const char *const expected[] = { NULL, "1", NULL, "1", NULL, "2",
		"2" };

	run(f, ops, sizeof(ops) / sizeof(ops[0]));
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (expected[i] != NULL)
			assert_true(str_eq(ops[i].value, str_of(expected[i])));
	assert_int_equal(ops[2].status, ST_MISSING);
}

/* A batch carries what several requests want, and they end one by one. */
static void
a_value_lives_in_the_arena_of_its_operation(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, 5000, 1);
	struct arena brief;
	struct cache_op ops[] = {
		{ .kind = CACHE_GET, .key = STR("a"), .arena = &brief },
		{ .kind = CACHE_GET, .key = STR("a") },
	};

	arena_init(&brief, 1024);
	assert_int_equal(set(f, STR("a"), value, 60), ST_OK);
	run(f, ops, 2);
	assert_true(str_eq(ops[0].value, value));
	arena_close(&brief);
	assert_true(str_eq(ops[1].value, value));
}

const struct question batch_questions[] = {
	QUESTION(answers_come_in_the_order_of_the_batch),
	QUESTION(one_bad_operation_spoils_no_other),
	QUESTION(a_long_batch_is_run_in_its_order),
	QUESTION(many_values_are_read_at_once),
	QUESTION(one_key_may_be_read_twice),
	QUESTION(a_value_lives_in_the_arena_of_its_operation),
	QUESTIONS_END,
};
