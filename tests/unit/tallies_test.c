/* Counts on their way to the sum that processes share, over a store that fails
 * where it is told to. */
#include "middleware/tallies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "middleware/stores.h"

#define SUM_MAX (128 * TALLY_SERVICES_MAX)
#define WAIT_MS 1000

/* The two values, and what happens to operations of a kind. */
static struct {
	char sum[SUM_MAX];
	size_t n_sum;
	bool taken; /* the turn */
	enum cache_kind failing;
	enum status failure; /* ST_OK: none */
	bool fails_late;     /* what fails has been done all the same */
} shelf;

static enum status
shelf_do(struct cache_op *op)
{
	bool is_turn = str_eq(op->key, STR("turn"));

	switch (op->kind) {
	case CACHE_GET:
		if (shelf.n_sum == 0)
			return ST_MISSING;
		op->value =
		    arena_dup(op->arena, str_make(shelf.sum, shelf.n_sum));
		return ST_OK;
	case CACHE_SET:
		assert_true(shelf.taken && op->value.n <= SUM_MAX);
		memcpy(shelf.sum, op->value.p, op->value.n);
		shelf.n_sum = op->value.n;
		return ST_OK;
	case CACHE_ADD:
		assert_true(is_turn && op->ttl > 0);
		if (shelf.taken)
			return ST_EXISTS;
		shelf.taken = true;
		return ST_OK;
	case CACHE_DEL:
		assert_true(is_turn);
		shelf.taken = false;
		return ST_OK;
	default:
		return ST_ERROR;
	}
}

static enum status
shelf_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	bool fails = shelf.failure != ST_OK && ops[0]->kind == shelf.failing;

	(void)conn;
	(void)deadline_ms;
	assert_int_equal(n, 1);
	if (!fails || shelf.fails_late)
		ops[0]->status = shelf_do(ops[0]);
	if (fails)
		return cache_ops_fail(ops, n, shelf.failure);
	return ST_OK;
}

static const struct cache_driver driver = { .name = "shelf",
	.exec = shelf_exec };

/* A process, and its one thread. */
struct process {
	struct tallies *tallies;
	struct tally_sheet *sheet;
	struct store store;
	struct store_conn conn;
	struct stores_shared shared;
	struct stores stores;
};

static struct process ours, theirs;
static struct tally_table *sum;

static void
process_open(struct process *p)
{
	p->tallies = tallies_new();
	p->sheet = tallies_sheet(p->tallies);
	p->store = (struct store){ .driver = &driver };
	p->conn = (struct store_conn){ .store = &p->store,
		.conn = (struct cache_conn *)(void *)p };
	p->shared = (struct stores_shared){ .table = store_table_new(),
		.tallies = p->tallies };
	p->shared.store[STORE_CACHE] = &p->store;
	stores_connect(&p->shared, &p->stores);
	p->stores.conns = &p->conn;
}

static void
process_close(struct process *p)
{
	tallies_free(p->tallies);
	store_table_free(p->shared.table);
}

static int
set_up(void **state)
{
	(void)state;
	memset(&shelf, 0, sizeof(shelf));
	process_open(&ours);
	process_open(&theirs);
	sum = calloc(1, sizeof(*sum));
	return sum == NULL ? 1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	process_close(&ours);
	process_close(&theirs);
	free(sum);
	return 0;
}

static enum status
share(struct process *p)
{
	return tallies_share(p->tallies, &p->stores, clock_boot_ms() + WAIT_MS);
}

static uint64_t
hits_seen_by(struct process *p)
{
	const struct tally_row *row;

	assert_int_equal(tallies_read(p->tallies, &p->stores,
			     clock_boot_ms() + WAIT_MS, sum),
	    ST_OK);
	row = tally_find(sum, 7);
	return row == NULL ? 0 : row->count[TALLY_HITS];
}

static void
count(
    struct tally_sheet *sheet, int64_t service_id, enum tally kind, uint64_t n)
{
	const struct tally_mark mark = { kind, 10, 1 };

	while (n-- > 0)
		tally_sheet_add(sheet, service_id, &mark);
}

static void
hit(struct process *p, uint64_t n)
{
	count(p->sheet, 7, TALLY_HITS, n);
}

static void
all_see_what_was_shared(void **state)
{
	(void)state;
	assert_int_equal(hits_seen_by(&ours), 0);
	hit(&ours, 2);
	assert_int_equal(hits_seen_by(&ours), 2);
	assert_int_equal(hits_seen_by(&theirs), 0);
	assert_int_equal(share(&ours), ST_OK);
	assert_false(shelf.taken);
	hit(&theirs, 3);
	assert_int_equal(share(&theirs), ST_OK);
	assert_int_equal(share(&theirs), ST_OK);
	assert_int_equal(hits_seen_by(&ours), 5);
	assert_int_equal(hits_seen_by(&theirs), 5);
}

static void
sheets_of_many_services_add_up(void **state)
{
	struct tally_sheet *second = tallies_sheet(ours.tallies);

	(void)state;
	hit(&ours, 1);
	count(second, 7, TALLY_HITS, 2);
	/* One that falls on the same place. */
	count(second, 7 + 4 * TALLY_SERVICES_MAX, TALLY_HITS, 9);
	count(second, -7, TALLY_STALE, 4);
	assert_int_equal(share(&ours), ST_OK);
	assert_int_equal(hits_seen_by(&theirs), 3);
	assert_int_equal(
	    tally_find(sum, 7 + 4 * TALLY_SERVICES_MAX)->count[TALLY_HITS], 9);
	assert_int_equal(tally_find(sum, -7)->count[TALLY_STALE], 4);
	assert_int_equal(tally_find(sum, -7)->count[TALLY_BYTES], 40);
	assert_int_equal(tally_find(sum, -7)->count[TALLY_SAVED_MS], 4);
}

static void
what_finds_no_store_or_no_turn_is_kept(void **state)
{
	static const enum cache_kind kinds[] = { CACHE_ADD, CACHE_GET };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		hit(&ours, 1);
		shelf.failing = kinds[i];
		shelf.failure = ST_TIMEOUT;
		assert_int_equal(share(&ours), ST_TIMEOUT);
	}
	shelf.failure = ST_OK;
	shelf.taken = true;
	assert_int_equal(share(&ours), ST_EXISTS);
	assert_int_equal(hits_seen_by(&ours), 2);
	shelf.taken = false;
	assert_int_equal(share(&ours), ST_OK);
	assert_int_equal(hits_seen_by(&theirs), 2);
}

static void
what_may_have_been_shared_is_not_shared_twice(void **state)
{
	(void)state;
	hit(&theirs, 5);
	assert_int_equal(share(&theirs), ST_OK);
	hit(&ours, 1);
	shelf.failing = CACHE_SET;
	shelf.failure = ST_TIMEOUT;
	shelf.fails_late = true;
	assert_int_equal(share(&ours), ST_TIMEOUT);
	shelf.failure = ST_OK;
	assert_int_equal(share(&ours), ST_OK);
	assert_int_equal(hits_seen_by(&ours), 6);
}

static void
a_sum_that_was_lost_begins_anew(void **state)
{
	(void)state;
	hit(&ours, 5);
	assert_int_equal(share(&ours), ST_OK);
	shelf.n_sum = 0;
	hit(&ours, 1);
	assert_int_equal(share(&ours), ST_OK);
	assert_int_equal(hits_seen_by(&theirs), 1);
}

/* As after years of services that came and went. */
static void
a_service_too_many_is_not_shared_again_and_again(void **state)
{
	(void)state;
	for (int64_t id = 1000; id < 1000 + TALLY_SERVICES_MAX; id++)
		count(ours.sheet, id, TALLY_HITS, 1);
	assert_int_equal(share(&ours), ST_OK);
	shelf.n_sum = 0;
	hit(&ours, 1);
	count(ours.sheet, 1000, TALLY_HITS, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(share(&ours), ST_OK);
	assert_in_range(hits_seen_by(&theirs), 0, 1);
	assert_int_equal(tally_find(sum, 1000)->count[TALLY_HITS], 1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(all_see_what_was_shared),
		TEST(sheets_of_many_services_add_up),
		TEST(what_finds_no_store_or_no_turn_is_kept),
		TEST(what_may_have_been_shared_is_not_shared_twice),
		TEST(a_sum_that_was_lost_begins_anew),
		TEST(a_service_too_many_is_not_shared_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
