/* A store that is full: new values come in, old ones go, DEL always works. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define SMALL     700
#define LARGE     50000
#define BATCH     16
#define FILL_MOST 40000

static struct str
key_of(struct fixture *f, unsigned number)
{
	return arena_printf(&f->arena, "value %u", number);
}

static bool
evicts(const struct place_kind *kind)
{
	return kind->bound >= PLACE_EVICTS;
}

static bool
refuses(const struct place_kind *kind)
{
	return kind->bound == PLACE_REFUSES;
}

static bool
keeps_used(const struct place_kind *kind)
{
	return kind->bound == PLACE_EVICTS_UNUSED;
}

static size_t
memory_of(const struct fixture *f)
{
	size_t memory = f->place->kind->memory;

	return memory == 0 ? FIXTURE_MEMORY : memory;
}

/*
 * Writes `times` the memory of the store in values of up to `most` bytes, some
 * at a time; the last of each batch is there. Returns how many: at most
 * FILL_MOST, with which only large ones fill a large store.
 */
static unsigned
fill(struct fixture *f, size_t most, size_t times, uint32_t ttl)
{
	size_t left = memory_of(f) * times;
	unsigned number = 0;

	while (left > 0 && number < FILL_MOST) {
		struct cache_op ops[BATCH];
		size_t size = 0;
		size_t n = 0;

		while (n < BATCH && size < LARGE) {
			size_t value_n = 1 + number * 2654435761U % most;

			ops[n++] = (struct cache_op){
				.kind = CACHE_SET,
				.key = key_of(f, number),
				.value = bytes(f, value_n, number),
				.ttl = ttl,
			};
			size += value_n + 100;
			number++;
		}
		run(f, ops, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(ops[i].status, ST_OK);
		assert_value(f, ops[n - 1].key, ops[n - 1].value);
		left -= left < size ? left : size;
		arena_reset(&f->arena);
	}
	return number;
}

static void
a_full_store_takes_new_values(void **state)
{
	(void)fill(*state, SMALL, 2, 0);
	(void)fill(*state, LARGE, 4, 60);
	(void)fill(*state, FIXTURE_MAX_VALUE, 4, 0);
	(void)fill(*state, SMALL, 2, 60);
}

static void
a_full_store_keeps_some_values(void **state)
{
	struct fixture *f = *state;
	unsigned n = fill(f, LARGE, 4, 0);
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++)
		if (get(f, key_of(f, i), NULL) == ST_OK)
			found++;
	assert_in_range(found, n / 10, n - 1);
}

static void
a_value_is_deleted_from_a_full_store(void **state)
{
	struct fixture *f = *state;
	unsigned n = fill(f, LARGE, 2, 0);

	(void)fill(f, SMALL, 1, 0);
	for (unsigned i = 0; i < n; i += 7) {
		enum status st = del(f, key_of(f, i));

		assert_true(st == ST_OK || st == ST_MISSING);
		assert_int_equal(get(f, key_of(f, i), NULL), ST_MISSING);
		arena_reset(&f->arena);
	}
}

static void
a_value_in_use_outlives_others(void **state)
{
	struct fixture *f = *state;
	struct str hot = bytes(f, LARGE, 1);
	size_t n = 4 * memory_of(f) / LARGE;

	assert_int_equal(set(f, STR("hot"), hot, 0), ST_OK);
	for (unsigned i = 0; i < n; i++) {
		if (i % 4 == 0)
			assert_value(f, STR("hot"), hot);
		assert_int_equal(
		    set(f, key_of(f, i), bytes(f, LARGE, i), 0), ST_OK);
	}
}

/* Each of a batch of values is there, unless a later one displaced it. */
static void
a_batch_larger_than_the_store_ends_well(void **state)
{
	enum { N = 20 };
	struct fixture *f = *state;
	struct cache_op ops[N];

	for (unsigned i = 0; i < N; i++)
		ops[i] = (struct cache_op){
			.kind = CACHE_SET,
			.key = key_of(f, i),
			.value = bytes(f, FIXTURE_MAX_VALUE, i),
		};
	run(f, ops, N);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(ops[i].status, ST_OK);
	assert_value(f, ops[N - 1].key, ops[N - 1].value);
}

static void
a_tag_is_deleted_and_made_beside_large_values(void **state)
{
	struct fixture *f = *state;
	struct str tag = STR("sixteen bytes ok");

	for (unsigned i = 0; i < 200; i++) {
		struct cache_op ops[] = {
			{ .kind = CACHE_DEL, .key = STR("tag") },
			{ .kind = CACHE_ADD, .key = STR("tag"), .value = tag },
			{ .kind = CACHE_GET, .key = STR("tag") },
			{ .kind = CACHE_SET,
			    .key = key_of(f, i),
			    .value = bytes(f, FIXTURE_MAX_VALUE / 4, i) },
		};

		run(f, ops, sizeof(ops) / sizeof(ops[0]));
		assert_int_equal(ops[1].status, ST_OK);
		assert_int_equal(ops[2].status, ST_OK);
		assert_true(str_eq(ops[2].value, tag));
		assert_int_equal(ops[3].status, ST_OK);
		arena_reset(&f->arena);
	}
}

/* Sets until one is refused; returns how many were stored. */
static unsigned
fill_up(struct fixture *f, size_t size)
{
	size_t most = 4 * memory_of(f) / size;

	for (unsigned i = 0; i < most; i++) {
		enum status st = set(f, key_of(f, i), bytes(f, size, i), 600);

		if (st == ST_FULL)
			return i;
		assert_int_equal(st, ST_OK);
		if (i % 16 == 0)
			arena_reset(&f->arena);
	}
	fail_msg("it took %zu bytes", most * size);
	return 0;
}

static void
what_a_full_store_refuses_is_not_there(void **state)
{
	struct fixture *f = *state;
	unsigned n = fill_up(f, LARGE);
	struct str value = bytes(f, FIXTURE_MAX_VALUE, 1);

	assert_int_equal(get(f, key_of(f, n), NULL), ST_MISSING);
	for (unsigned i = 0; i < n; i += 3) {
		enum status st = set(f, key_of(f, i), value, 600);

		if (st == ST_FULL) {
			assert_int_equal(
			    get(f, key_of(f, i), NULL), ST_MISSING);
			st = add(f, key_of(f, i), value, 600);
			assert_int_equal(get(f, key_of(f, i), NULL),
			    st == ST_OK ? ST_OK : ST_MISSING);
			assert_true(st == ST_OK || st == ST_FULL);
		} else {
			assert_int_equal(st, ST_OK);
			assert_value(f, key_of(f, i), value);
		}
	}
	for (unsigned i = 1; i < n; i += 3)
		assert_value(f, key_of(f, i), bytes(f, LARGE, i));
}

static void
a_full_store_takes_values_when_some_were_deleted(void **state)
{
	struct fixture *f = *state;
	unsigned n = fill_up(f, LARGE);

	for (unsigned i = 0; i < n; i += 2)
		assert_int_equal(del(f, key_of(f, i)), ST_OK);
	for (unsigned i = 0; i < n; i += 8)
		assert_int_equal(
		    set(f, key_of(f, i), bytes(f, LARGE, i), 60), ST_OK);
	flush(f, &fixture_space);
	for (unsigned i = 0; i < n / 2; i++)
		assert_int_equal(
		    set(f, key_of(f, i), bytes(f, LARGE, i), 60), ST_OK);
}

static void
a_full_store_is_flushed(void **state)
{
	struct fixture *f = *state;
	unsigned large = fill(f, LARGE, 2, 0);
	unsigned small = fill(f, SMALL, 1, 0);

	flush(f, &fixture_space);
	for (unsigned i = 0; i < large || i < small; i += 5)
		assert_int_equal(get(f, key_of(f, i), NULL), ST_MISSING);
	(void)fill(f, LARGE, 2, 60);
}

const struct question bound_questions[] = {
	QUESTION_OF(evicts, a_full_store_takes_new_values),
	QUESTION_OF(evicts, a_full_store_keeps_some_values),
	QUESTION_OF(keeps_used, a_value_in_use_outlives_others),
	QUESTION_OF(evicts, a_value_is_deleted_from_a_full_store),
	QUESTION_OF(evicts, a_batch_larger_than_the_store_ends_well),
	QUESTION_OF(evicts, a_tag_is_deleted_and_made_beside_large_values),
	QUESTION_OF(evicts, a_full_store_is_flushed),
	QUESTION_OF(refuses, what_a_full_store_refuses_is_not_there),
	QUESTION_OF(refuses, a_full_store_takes_values_when_some_were_deleted),
	QUESTIONS_END,
};
