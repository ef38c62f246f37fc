/* Values: what is put is what is got, until it expires. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"

#define KEY STR("a key")

static void
what_is_set_is_read(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_value(f, KEY, STR("value"));
	assert_int_equal(set(f, KEY, STR("another"), 0), ST_OK);
	assert_value(f, KEY, STR("another"));
}

static void
a_miss_is_not_an_error(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(del(f, KEY), ST_MISSING);
	assert_int_equal(touch(f, KEY, 60), ST_MISSING);
}

static void
a_deleted_value_is_gone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(del(f, KEY), ST_OK);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(del(f, KEY), ST_MISSING);
}

static void
an_empty_value_is_a_value(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, KEY, STR(""), 60), ST_OK);
	assert_value(f, KEY, STR(""));
	assert_int_equal(add(f, KEY, STR("x"), 60), ST_EXISTS);
}

static void
values_of_every_size_come_back(void **state)
{
	static const size_t sizes[] = { 1, 2, 100, 1000, 2010, 2011, 2048, 3000,
		4000, 4040, 4080, 4096, 8192, 8200, 65536, 300000,
		FIXTURE_MAX_VALUE };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct str value = bytes(f, sizes[i], (uint32_t)i);

		assert_int_equal(set(f, KEY, value, 60), ST_OK);
		assert_value(f, KEY, value);
	}
	for (size_t i = sizeof(sizes) / sizeof(sizes[0]); i-- > 0;) {
		struct str value = bytes(f, sizes[i], (uint32_t)i);

		assert_int_equal(set(f, KEY, value, 60), ST_OK);
		assert_value(f, KEY, value);
	}
}

static void
a_value_too_big_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct str big = bytes(f, FIXTURE_MAX_VALUE + 1, 1);

	assert_int_equal(set(f, KEY, STR("old"), 60), ST_OK);
	assert_int_equal(set(f, KEY, big, 60), ST_TOO_BIG);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(add(f, KEY, big, 60), ST_TOO_BIG);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
}

static void
every_other_byte_may_stand_in_a_key(void **state)
{
	static const struct str keys[] = { { "a/b:c d%20e%s", 13 },
		{ "\xc3\xa4", 2 }, { "../../../etc/passwd", 19 }, { ".", 1 },
		{ "{a}b{c", 6 }, { "*[a-z]?\\", 8 }, { "\xff\xfe\x80", 3 },
		{ " ", 1 }, { "a", 1 }, { "A", 1 }, { "a ", 2 } };
	struct fixture *f = *state;
	size_t n = sizeof(keys) / sizeof(keys[0]);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(set(f, keys[i], keys[i], 60), ST_OK);
	for (size_t i = 0; i < n; i++)
		assert_value(f, keys[i], keys[i]);
}

static struct str
key_bytes(struct fixture *f, size_t n)
{
	char *p = arena_alloc(&f->arena, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(' ' + i % 95);
	return str_make(p, n);
}

static void
control_bytes_are_refused(void **state)
{
	static const struct str keys[] = { { "\0", 1 }, { "a\0b", 3 },
		{ "\r\nget x\r\n", 9 }, { "a\n", 2 }, { "\x1f", 1 },
		{ "\x7f", 1 } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(set(f, keys[i], STR("x"), 60), ST_INVALID);
		assert_int_equal(get(f, keys[i], NULL), ST_INVALID);
		assert_int_equal(count(f, keys[i], 1, 60), ST_INVALID);
	}
}

static void
keys_have_1_to_1024_bytes(void **state)
{
	struct fixture *f = *state;
	struct str key = key_bytes(f, CACHE_KEY_MAX + 1);

	for (size_t n = 1; n <= CACHE_KEY_MAX; n += 31)
		assert_int_equal(set(f, str_make(key.p, n),
				     str_make(key.p, n * 2 % 900), 60),
		    ST_OK);
	for (size_t n = 1; n <= CACHE_KEY_MAX; n += 31)
		assert_value(
		    f, str_make(key.p, n), str_make(key.p, n * 2 % 900));
	assert_int_equal(set(f, key, STR("x"), 60), ST_INVALID);
	assert_int_equal(get(f, key, NULL), ST_INVALID);
	assert_int_equal(count(f, key, 1, 60), ST_INVALID);
	assert_int_equal(set(f, STR(""), STR("x"), 60), ST_INVALID);
}

static void
a_value_expires(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, STR("soon"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("later"), STR("x"), 60), ST_OK);
	assert_int_equal(set(f, STR("never"), STR("x"), 0), ST_OK);
	assert_int_equal(set(f, STR("longer"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("shorter"), STR("x"), 60), ST_OK);
	assert_int_equal(touch(f, STR("longer"), 60), ST_OK);
	assert_int_equal(touch(f, STR("shorter"), 1), ST_OK);
	assert_value(f, STR("soon"), STR("x"));
	wait_for_expiry(f, STR("soon"));
	wait_for_expiry(f, STR("shorter"));
	assert_int_equal(del(f, STR("soon")), ST_MISSING);
	assert_int_equal(touch(f, STR("soon"), 60), ST_MISSING);
	assert_int_equal(add(f, STR("soon"), STR("y"), 60), ST_OK);
	assert_value(f, STR("later"), STR("x"));
	assert_value(f, STR("never"), STR("x"));
	assert_value(f, STR("longer"), STR("x"));
}

static void
touch_keeps_the_value(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, 10000, 3);

	assert_int_equal(set(f, KEY, value, 60), ST_OK);
	assert_int_equal(touch(f, KEY, 0), ST_OK);
	assert_value(f, KEY, value);
}

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

static void
values_outlive_the_connection(void **state)
{
	struct fixture *f = *state;
	struct cache_conn *other = fixture_connect(f);
	struct cache_op op = {
		.kind = CACHE_SET, .key = KEY, .value = STR("value")
	};

	run_on(f, other, &op, 1);
	f->driver->disconnect(other);
	assert_value(f, KEY, STR("value"));
}

const struct question value_questions[] = {
	QUESTION(what_is_set_is_read),
	QUESTION(a_miss_is_not_an_error),
	QUESTION(a_deleted_value_is_gone),
	QUESTION(an_empty_value_is_a_value),
	QUESTION(values_of_every_size_come_back),
	QUESTION(a_value_too_big_leaves_nothing),
	QUESTION(every_other_byte_may_stand_in_a_key),
	QUESTION(control_bytes_are_refused),
	QUESTION(keys_have_1_to_1024_bytes),
	QUESTION(a_value_expires),
	QUESTION(touch_keeps_the_value),
	QUESTION(answers_come_in_the_order_of_the_batch),
	QUESTION(one_bad_operation_spoils_no_other),
	QUESTION(values_outlive_the_connection),
	QUESTIONS_END,
};
