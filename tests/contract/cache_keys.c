/* Keys: any bytes but control bytes, and each finds its own value. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"

#define BATCH 64

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
		{ "\x7f", 1 }, { "a key\x1f", 6 }, { "first word\x01", 11 },
		{ "first word, \x7fnext", 17 } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(set(f, keys[i], STR("x"), 60), ST_INVALID);
		assert_int_equal(get(f, keys[i], NULL), ST_INVALID);
		assert_int_equal(count(f, keys[i], 1, 60), ST_INVALID);
	}
}

/* Keys of all lengths, each but the last the beginning of the next. */
static void
keys_have_1_to_1024_bytes(void **state)
{
	struct fixture *f = *state;
	struct str key = key_bytes(f, CACHE_KEY_MAX + 1);
	struct cache_op ops[BATCH];

	for (size_t first = 1; first <= CACHE_KEY_MAX; first += BATCH)
		for (int reading = 0; reading <= 1; reading++) {
			for (size_t i = 0; i < BATCH; i++)
				ops[i] = (struct cache_op){
					.kind = reading ? CACHE_GET : CACHE_SET,
					.key = str_make(key.p, first + i),
					.value = str_make(key.p, first + i),
				};
			run(f, ops, BATCH);
			for (size_t i = 0; i < BATCH; i++) {
				assert_int_equal(ops[i].status, ST_OK);
				assert_true(str_eq(ops[i].value, ops[i].key));
			}
		}
	for (size_t n = 1; n <= CACHE_KEY_MAX; n += 31)
		assert_value(f, str_make(key.p, n), str_make(key.p, n));
	assert_int_equal(
	    count(f, str_make(key.p, CACHE_KEY_MAX), 1, 60), ST_OK);
}

static void
a_key_too_long_or_too_short_is_refused(void **state)
{
	struct fixture *f = *state;
	struct str key = key_bytes(f, CACHE_KEY_MAX + 1);

	assert_int_equal(set(f, key, STR("x"), 60), ST_INVALID);
	assert_int_equal(get(f, key, NULL), ST_INVALID);
	assert_int_equal(count(f, key, 1, 60), ST_INVALID);
	assert_int_equal(set(f, STR(""), STR("x"), 60), ST_INVALID);
	assert_int_equal(get(f, STR(""), NULL), ST_INVALID);
	assert_int_equal(pull(f, STR(""), NULL), ST_INVALID);
	assert_int_equal(touch(f, STR(""), 60), ST_INVALID);
	assert_int_equal(del(f, STR("")), ST_INVALID);
}

const struct question key_questions[] = {
	QUESTION(every_other_byte_may_stand_in_a_key),
	QUESTION(control_bytes_are_refused),
	QUESTION(keys_have_1_to_1024_bytes),
	QUESTION(a_key_too_long_or_too_short_is_refused),
	QUESTIONS_END,
};
