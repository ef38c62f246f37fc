#include "middleware/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"

static struct tally_table *sum, *other;

static int
set_up(void **state)
{
	(void)state;
	sum = calloc(1, sizeof(*sum));
	other = calloc(1, sizeof(*other));
	return sum != NULL && other != NULL ? 0 : 1;
}

static int
tear_down(void **state)
{
	(void)state;
	free(sum);
	free(other);
	return 0;
}

static void
count(struct tally_table *table, int64_t id, enum tally what, uint64_t n)
{
	struct tally_row row = { .service_id = id };

	row.count[what] = n;
	(void)tally_add(table, &row); /* or there is no room */
}

static void
counts_of_a_service_add_up(void **state)
{
	(void)state;
	count(sum, 7, TALLY_HITS, 2);
	count(sum, 7, TALLY_HITS, 3);
	count(sum, -9, TALLY_BYTES, 100);
	assert_int_equal(sum->n, 2);
	assert_int_equal(tally_find(sum, 7)->count[TALLY_HITS], 5);
	assert_int_equal(tally_find(sum, 7)->count[TALLY_BYTES], 0);
	assert_int_equal(tally_find(sum, -9)->count[TALLY_BYTES], 100);
	assert_null(tally_find(sum, 8));
}

static void
tables_add_up(void **state)
{
	(void)state;
	count(sum, 1, TALLY_MISSES, 1);
	count(other, 1, TALLY_MISSES, 2);
	count(other, 2, TALLY_STALE, 4);
	tally_merge(sum, other);
	assert_int_equal(tally_find(sum, 1)->count[TALLY_MISSES], 3);
	assert_int_equal(tally_find(sum, 2)->count[TALLY_STALE], 4);
}

static void
more_services_than_fit_are_left_out(void **state)
{
	const struct tally_row beyond = { .service_id =
					      TALLY_SERVICES_MAX + 2 };

	(void)state;
	for (int64_t id = 1; id <= TALLY_SERVICES_MAX + 1; id++)
		count(sum, id, TALLY_HITS, 1);
	assert_int_equal(sum->n, TALLY_SERVICES_MAX);
	assert_null(tally_find(sum, TALLY_SERVICES_MAX + 1));
	assert_false(tally_add(sum, &beyond));
	count(sum, TALLY_SERVICES_MAX, TALLY_HITS, 1);
	assert_int_equal(
	    tally_find(sum, TALLY_SERVICES_MAX)->count[TALLY_HITS], 2);
}

static void
a_table_comes_back_from_its_bytes(void **state)
{
	struct arena arena;
	struct str bytes;

	(void)state;
	arena_init(&arena, 4096);
	count(sum, 3, TALLY_SAVED_MS, UINT64_MAX);
	count(sum, 4, TALLY_COLLAPSED, 1);
	bytes = tally_pack(&arena, sum);
	assert_true(tally_unpack(bytes, other));
	assert_int_equal(other->n, 2);
	assert_true(tally_find(other, 3)->count[TALLY_SAVED_MS] == UINT64_MAX);
	for (size_t n = 0; n < bytes.n; n++) {
		assert_false(tally_unpack(str_make(bytes.p, n), other));
		assert_int_equal(other->n, 0);
	}
	arena_close(&arena);
}

static void
a_lie_about_its_length_is_no_table(void **state)
{
	struct arena arena;
	struct str bytes;
	uint32_t many = UINT32_MAX;
	char *p;

	(void)state;
	arena_init(&arena, 4096);
	count(sum, 3, TALLY_HITS, 1);
	bytes = tally_pack(&arena, sum);
	p = arena_alloc(&arena, bytes.n);
	memcpy(p, bytes.p, bytes.n);
	memcpy(p + sizeof(uint32_t), &many, sizeof(many));
	assert_false(tally_unpack(str_make(p, bytes.n), other));
	arena_close(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    counts_of_a_service_add_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    tables_add_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    more_services_than_fit_are_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_table_comes_back_from_its_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_lie_about_its_length_is_no_table, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
