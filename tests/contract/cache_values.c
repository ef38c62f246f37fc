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
every_byte_may_stand_in_a_value(void **state)
{
	static const struct str values[] = { { "\0", 1 }, { "\0\0\0", 3 },
		{ "\r\n", 2 }, { "\r\nEND\r\n", 7 }, { "$-1\r\n", 5 },
		{ "*3\r\n$3\r\nDEL\r\n", 13 }, { "+OK\r\n", 5 },
		{ "a'b\"c\\d`e;--", 12 }, { "%s%n", 4 }, { "\xff\xfe", 2 },
		{ "\xed\xa0\x80", 3 }, { "NULL", 4 }, { "0", 1 },
		{ " padded ", 8 }, { "1e3", 3 }, { "\n", 1 } };
	struct fixture *f = *state;
	char all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	assert_int_equal(set(f, KEY, str_make(all, 256), 60), ST_OK);
	assert_value(f, KEY, str_make(all, 256));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(set(f, KEY, values[i], 60), ST_OK);
		assert_value(f, KEY, values[i]);
	}
}

static void
a_value_is_added_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, KEY, STR("first"), 60), ST_OK);
	assert_int_equal(add(f, KEY, STR("second"), 60), ST_EXISTS);
	assert_value(f, KEY, STR("first"));
	assert_int_equal(del(f, KEY), ST_OK);
	assert_int_equal(add(f, KEY, STR("second"), 0), ST_OK);
	assert_value(f, KEY, STR("second"));
}

static void
a_value_is_pulled_once(void **state)
{
	struct fixture *f = *state;
	struct str large = bytes(f, 100000, 1);
	struct str got = STR_NULL;

	assert_int_equal(pull(f, KEY, &got), ST_MISSING);
	assert_int_equal(set(f, KEY, large, 60), ST_OK);
	assert_int_equal(pull(f, KEY, &got), ST_OK);
	assert_true(str_eq(got, large));
	assert_int_equal(pull(f, KEY, &got), ST_MISSING);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(touch(f, KEY, 60), ST_MISSING);
	assert_int_equal(del(f, KEY), ST_MISSING);
	assert_int_equal(add(f, KEY, STR(""), 60), ST_OK);
	assert_int_equal(pull(f, KEY, &got), ST_OK);
	assert_int_equal(got.n, 0);
	assert_int_equal(set(f, KEY, STR("again"), 60), ST_OK);
	assert_value(f, KEY, STR("again"));
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
	QUESTION(every_byte_may_stand_in_a_value),
	QUESTION(values_of_every_size_come_back),
	QUESTION(a_value_too_big_leaves_nothing),
	QUESTION(a_value_is_added_once),
	QUESTION(a_value_is_pulled_once),
	QUESTION(values_outlive_the_connection),
	QUESTIONS_END,
};
