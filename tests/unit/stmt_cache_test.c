#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "drivers/db/stmt_cache.h"

#define TEXT_BYTES 32
#define STATEMENTS (2 * STMT_CACHE_MAX)

/* How often each statement has been closed. */
struct fixture {
	struct stmt_cache cache;
	int closed[STATEMENTS];
};

static void
count_close(void *stmt)
{
	int *closed = stmt;

	(*closed)++;
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_true(secret_init());
	stmt_cache_init(&f->cache, count_close);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	stmt_cache_clear(&f->cache);
	free(f);
	return 0;
}

static struct str
text_of(size_t i, char text[static TEXT_BYTES])
{
	(void)snprintf(text, TEXT_BYTES, "SELECT %zu", i);
	return str_of(text);
}

static void
add(struct fixture *f, size_t i)
{
	char text[TEXT_BYTES];

	stmt_cache_add(&f->cache, text_of(i, text), &f->closed[i]);
	text[0] = '\0'; /* the cache has its own */
}

static void *
find(struct fixture *f, size_t i)
{
	char text[TEXT_BYTES];

	return stmt_cache_find(&f->cache, text_of(i, text));
}

static void
drop(struct fixture *f, size_t i)
{
	char text[TEXT_BYTES];

	stmt_cache_drop(&f->cache, text_of(i, text));
}

static int
closed_in_all(const struct fixture *f)
{
	int n = 0;

	for (size_t i = 0; i < STATEMENTS; i++)
		n += f->closed[i];
	return n;
}

static void
an_empty_one_finds_nothing(void **state)
{
	struct fixture *f = *state;

	assert_null(find(f, 0));
	assert_null(stmt_cache_find(&f->cache, STR("")));
	drop(f, 0);
	stmt_cache_clear(&f->cache);
	assert_int_equal(closed_in_all(f), 0);
}

static void
what_is_added_is_found_by_its_text(void **state)
{
	struct fixture *f = *state;

	add(f, 1);
	add(f, 2);
	for (int i = 0; i < 2; i++) {
		assert_ptr_equal(find(f, 2), &f->closed[2]);
		assert_ptr_equal(find(f, 1), &f->closed[1]);
		assert_ptr_equal(find(f, 1), &f->closed[1]);
	}
	assert_null(find(f, 3));
	assert_null(stmt_cache_find(&f->cache, STR("SELECT")));
	assert_null(stmt_cache_find(&f->cache, STR("select 1")));
	assert_int_equal(closed_in_all(f), 0);
}

static void
as_many_as_fit_are_kept(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		add(f, i);
	assert_int_equal(closed_in_all(f), 0);
	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		assert_ptr_equal(find(f, i), &f->closed[i]);
}

static void
the_one_unused_for_longest_makes_room(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		add(f, i);
	assert_non_null(find(f, 0));
	add(f, STMT_CACHE_MAX);
	assert_int_equal(f->closed[1], 1);
	assert_int_equal(closed_in_all(f), 1);
	assert_null(find(f, 1));
	assert_non_null(find(f, 0));
	assert_non_null(find(f, STMT_CACHE_MAX));
}

static void
each_that_makes_room_is_closed_once(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < STATEMENTS; i++)
		add(f, i);
	for (size_t i = 0; i < STATEMENTS; i++)
		assert_int_equal(f->closed[i], i < STMT_CACHE_MAX ? 1 : 0);
}

static void
what_is_dropped_is_closed_and_can_be_added_again(void **state)
{
	struct fixture *f = *state;

	add(f, 1);
	add(f, 2);
	drop(f, 2); /* the last one used */
	drop(f, 2);
	assert_int_equal(f->closed[2], 1);
	assert_null(find(f, 2));
	assert_ptr_equal(find(f, 1), &f->closed[1]);
	add(f, 2);
	assert_ptr_equal(find(f, 2), &f->closed[2]);
	assert_int_equal(f->closed[2], 1);
}

static void
a_dropped_one_leaves_its_place_to_the_next(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		add(f, i);
	drop(f, STMT_CACHE_MAX / 2);
	add(f, STMT_CACHE_MAX);
	assert_int_equal(closed_in_all(f), 1);
	assert_non_null(find(f, 0));
}

static void
a_cleared_one_has_closed_each_once(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		add(f, i);
	stmt_cache_clear(&f->cache);
	stmt_cache_clear(&f->cache);
	for (size_t i = 0; i < STMT_CACHE_MAX; i++) {
		assert_int_equal(f->closed[i], 1);
		assert_null(find(f, i));
	}
	add(f, 0);
	assert_ptr_equal(find(f, 0), &f->closed[0]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_one_finds_nothing),
		TEST(what_is_added_is_found_by_its_text),
		TEST(as_many_as_fit_are_kept),
		TEST(the_one_unused_for_longest_makes_room),
		TEST(each_that_makes_room_is_closed_once),
		TEST(what_is_dropped_is_closed_and_can_be_added_again),
		TEST(a_dropped_one_leaves_its_place_to_the_next),
		TEST(a_cleared_one_has_closed_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
