/* Lists: every key that is there, and none that is not. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define MANY  500
#define LARGE 1000 /* keys of a page; cache.h allows no more */

static bool
can_list(const struct place_kind *kind)
{
	return !kind->cannot_list;
}

static bool
cannot_list(const struct place_kind *kind)
{
	return kind->cannot_list;
}

static void
a_store_that_cannot_list_says_so(void **state)
{
	const struct fixture *f = *state;

	assert_null(f->driver->list);
}

static bool
among(const struct keys *keys, struct str key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->v[i], key))
			return true;
	return false;
}

/* Asserts that those of the n keys that begin so are listed, and no other. */
static void
assert_listed(struct fixture *f, const struct str *keys, size_t n,
    struct str prefix, size_t limit)
{
	const struct keys expected = { (struct str *)(uintptr_t)keys, n };
	const struct keys got = list(f, &fixture_space, prefix, limit);

	for (size_t i = 0; i < got.n; i++) {
		assert_true(str_starts(got.v[i], prefix));
		assert_true(among(&expected, got.v[i]));
	}
	for (size_t i = 0; i < n; i++)
		if (str_starts(keys[i], prefix))
			assert_true(among(&got, keys[i]));
}

static void
set_all(struct fixture *f, const struct str *keys, size_t n)
{
	struct cache_op *ops = arena_zalloc(&f->arena, n * sizeof(ops[0]));

	for (size_t i = 0; i < n; i++)
		ops[i] = (struct cache_op){
			.kind = CACHE_SET, .key = keys[i], .value = STR("x")
		};
	run(f, ops, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ops[i].status, ST_OK);
}

static struct str *
keys_make(struct fixture *f, size_t n)
{
	struct str *keys = arena_alloc(&f->arena, n * sizeof(keys[0]));

	for (size_t i = 0; i < n; i++)
		keys[i] = arena_printf(&f->arena, "key %zu", i);
	return keys;
}

static void
pages_of_any_size_hold_every_key(void **state)
{
	static const size_t counts[] = { 0, 1, MANY };
	static const size_t limits[] = { LARGE, 7, 1 };
	struct fixture *f = *state;
	const struct str *keys = keys_make(f, MANY);

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		set_all(f, keys, counts[c]);
		for (size_t l = 0; l < sizeof(limits) / sizeof(limits[0]); l++)
			assert_listed(f, keys, counts[c], STR(""), limits[l]);
	}
	assert_listed(f, keys, MANY, STR("key 4"), 7);
	assert_listed(f, keys, MANY, STR("key 499"), 1);
	assert_listed(f, keys, MANY, STR("key 500"), 1);
	assert_listed(f, keys, MANY, STR("another"), LARGE);
}

/* None of them means anything but itself, in a prefix neither. */
static void
odd_keys_are_listed_as_they_are(void **state)
{
	static const struct str keys[] = { { "*", 1 }, { "*b", 2 }, { "?", 1 },
		{ "[a-z]", 5 }, { "[", 1 }, { "\\", 1 }, { "\\*", 2 },
		{ "%", 1 }, { "%25", 3 }, { "_", 1 }, { "_x", 2 }, { " ", 1 },
		{ "  ", 2 }, { "a:b", 3 }, { "a/b", 3 }, { "a", 1 }, { "A", 1 },
		{ "\xc3\xa4", 2 }, { "\xc3", 1 }, { "\xff", 1 },
		{ "\xff\xff", 2 }, { "\xff\xff\xff", 3 }, { "\xfe\xff", 2 },
		{ "{", 1 }, { "{a}", 3 }, { "'", 1 }, { "\"", 1 }, { "..", 2 },
		{ "#", 1 } };
	struct fixture *f = *state;
	size_t n = sizeof(keys) / sizeof(keys[0]);

	set_all(f, keys, n);
	assert_listed(f, keys, n, STR(""), 3);
	for (size_t i = 0; i < n; i++)
		assert_listed(f, keys, n, keys[i], LARGE);
}

static void
long_keys_are_listed_whole(void **state)
{
	static const size_t sizes[] = { 200, 249, 250, 251, 255, 256, 500,
		CACHE_KEY_MAX };
	enum { N = sizeof(sizes) / sizeof(sizes[0]) };
	struct fixture *f = *state;
	struct str keys[N];

	for (size_t i = 0; i < N; i++) {
		char *p = arena_alloc(&f->arena, sizes[i]);

		memset(p, 'a' + (int)i, sizes[i]);
		keys[i] = str_make(p, sizes[i]);
	}
	set_all(f, keys, N);
	assert_listed(f, keys, N, STR(""), 1);
	for (size_t i = 0; i < N; i++) {
		assert_listed(f, keys, N, keys[i], LARGE);
		assert_listed(f, keys, N, str_make(keys[i].p, 199), LARGE);
	}
}

static void
a_list_leaves_out_what_is_not_of_the_space(void **state)
{
	static const struct cache_space others[] = { { { "spac", 4 }, true },
		{ { "space2", 6 }, true }, { { "space.", 6 }, true },
		{ { "closed", 6 }, false } };
	static const struct str there = { "there", 5 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct cache_op op = { .kind = CACHE_SET,
			.space = &others[i],
			.key = arena_printf(&f->arena, "other %zu", i),
			.value = STR("x") };

		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
	}
	assert_int_equal(count(f, STR("counter"), 9, 60), ST_OK);
	assert_int_equal(set(f, STR("gone"), STR("x"), 0), ST_OK);
	assert_int_equal(del(f, STR("gone")), ST_OK);
	assert_int_equal(set(f, STR("expired"), STR("x"), 1), ST_OK);
	assert_int_equal(set(f, STR("pulled"), STR("x"), 0), ST_OK);
	assert_int_equal(pull(f, STR("pulled"), NULL), ST_OK);
	assert_int_equal(set(f, there, STR("x"), 60), ST_OK);
	wait_for_expiry(f, STR("expired"));
	assert_listed(f, &there, 1, STR(""), LARGE);
	assert_int_equal(list(f, &others[1], STR(""), LARGE).n, 1);
}

static void
what_is_no_cursor_is_invalid(void **state)
{
	static const struct str cursors[] = { { "!", 1 }, { "no cursor", 9 },
		{ "-1", 2 }, { "\x80", 1 }, { "0x10", 4 }, { "1 2", 3 },
		{ "\0", 1 }, { "*", 1 } };
	struct fixture *f = *state;
	size_t n = sizeof(cursors) / sizeof(cursors[0]);

	set_all(f, keys_make(f, 10), 10);
	for (size_t i = 0; i <= n; i++) {
		struct cache_page page = {
			.prefix = STR(""), .limit = 7, .arena = &f->arena
		};
		struct error err = { 0 };
		char *endless = arena_alloc(&f->arena, 9999);

		memset(endless, 'a', 9999);
		page.cursor = i < n ? cursors[i] : str_make(endless, 9999);
		assert_int_equal(f->driver->list(f->conn, &fixture_space, &page,
				     fixture_deadline(), &err),
		    ST_INVALID);
		assert_true(err.text[0] != '\0');
	}
}

/* Sets or deletes ten keys that are of no interest. */
static void
disturb(struct fixture *f, unsigned round)
{
	struct cache_op ops[10];

	for (unsigned i = 0; i < 10; i++)
		ops[i] = (struct cache_op){
			.kind = round % 2 == 0 ? CACHE_SET : CACHE_DEL,
			.key = arena_printf(
			    &f->arena, "other %u", round / 2 * 10 + i),
			.value = STR("x"),
		};
	run(f, ops, 10);
}

/* Through two connections in turns. */
static void
keys_that_stay_are_found_while_others_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct cache_conn *conns[] = { f->conn, fixture_connect(f) };
	const struct str *keys = keys_make(f, 200);
	bool found[200] = { false };
	struct cache_page page = { .prefix = STR(""),
		.cursor = STR(""),
		.limit = 7,
		.arena = &f->arena };
	unsigned round = 0;

	set_all(f, keys, 200);
	do {
		assert_int_equal(
		    f->driver->list(conns[round % 2], &fixture_space, &page,
			fixture_deadline(), NULL),
		    ST_OK);
		for (size_t i = 0; i < page.n; i++)
			for (size_t k = 0; k < 200; k++)
				found[k] =
				    found[k] || str_eq(page.keys[i], keys[k]);
		disturb(f, round++);
		assert_int_equal(
		    set(f, keys[round % 200], STR("anew"), 60), ST_OK);
	} while (page.cursor.n > 0);
	for (size_t k = 0; k < 200; k++)
		assert_true(found[k]);
	f->driver->disconnect(conns[1]);
}

const struct question list_questions[] = {
	QUESTION_OF(cannot_list, a_store_that_cannot_list_says_so),
	QUESTION_OF(can_list, pages_of_any_size_hold_every_key),
	QUESTION_OF(can_list, odd_keys_are_listed_as_they_are),
	QUESTION_OF(can_list, long_keys_are_listed_whole),
	QUESTION_OF(can_list, a_list_leaves_out_what_is_not_of_the_space),
	QUESTION_OF(can_list, what_is_no_cursor_is_invalid),
	QUESTION_OF(
	    can_list, keys_that_stay_are_found_while_others_come_and_go),
	QUESTIONS_END,
};
