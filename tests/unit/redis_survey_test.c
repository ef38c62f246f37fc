/* What concerns all nodes of a Redis Cluster, while keys move between them and
 * nodes come and go. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/contract/moving.h"
#include "tests/support/nodes.h"

#define KEYS          50
#define STEP          10 /* keys that move at a time */
#define SPREAD        300
#define MOVES         40
#define FLUSHED_MOVES 100

/* Keys of an open space, which lie anywhere. */
static struct str
spread(struct fixture *f, unsigned i)
{
	return arena_printf(&f->arena, "spread %u", i);
}

static void
spread_set(struct fixture *f)
{
	struct cache_op *ops = arena_zalloc(&f->arena, SPREAD * sizeof(*ops));

	for (unsigned i = 0; i < SPREAD; i++)
		ops[i] = (struct cache_op){ .kind = CACHE_SET,
			.key = spread(f, i),
			.value = STR("x"),
			.ttl = 600 };
	run(f, ops, SPREAD);
	for (unsigned i = 0; i < SPREAD; i++)
		assert_int_equal(ops[i].status, ST_OK);
}

static unsigned
spread_slot(struct fixture *f, unsigned i)
{
	return moving_slot(arena_printf(
	    &f->arena, "\"weir:space:%.*s\"", STR_ARG(spread(f, i))));
}

/* The first key of each of n slots, so that each slot moves once. */
static void
choose(struct fixture *f, unsigned *out, unsigned n)
{
	unsigned slots[MOVES];
	unsigned found = 0;

	for (unsigned i = 0; found < n; i++) {
		unsigned slot = spread_slot(f, i);
		unsigned k = 0;

		while (k < found && slots[k] != slot)
			k++;
		slots[found] = slot;
		out[found] = i;
		found += k == found;
	}
}

/* The slot of a key goes to the next node. */
static void
spread_move(struct fixture *f, unsigned i)
{
	unsigned slot = spread_slot(f, i);
	size_t from = moving_owner(slot);

	moving_move(slot, from, (from + 1) % moving_nodes()->masters);
}

/* Its keys do, and the slot is on its way for ever. */
static void
spread_move_half(struct fixture *f, unsigned i)
{
	unsigned slot = spread_slot(f, i);
	size_t from = moving_owner(slot);
	size_t to = (from + 1) % moving_nodes()->masters;

	nodes_move_begin(moving_nodes(), slot, from, to);
	(void)nodes_move_keys(moving_nodes(), slot, from, to, STEP);
}

static void
page_found(struct cache_page *page, struct fixture *f, bool *found)
{
	for (size_t i = 0; i < page->n; i++)
		for (unsigned k = 0; k < SPREAD; k++)
			if (str_eq(page->keys[i], spread(f, k)))
				found[k] = true;
}

/* Between any two pages a slot is moved, every other one only in part. */
static void
a_list_holds_every_key_that_stays(void **state)
{
	struct fixture *f = *state;
	bool found[SPREAD] = { false };
	unsigned moving[MOVES];
	struct cache_page page = { .prefix = STR(""),
		.cursor = STR(""),
		.limit = 7,
		.arena = &f->arena };
	unsigned i = 0;

	spread_set(f);
	choose(f, moving, MOVES);
	do {
		assert_int_equal(f->driver->list(f->conn, &fixture_space, &page,
				     fixture_deadline(), NULL),
		    ST_OK);
		page_found(&page, f, found);
		if (i < MOVES)
			(i % 2 == 0 ? spread_move : spread_move_half)(
			    f, moving[i]);
		i++;
		assert_in_range(i, 1, 10 * SPREAD);
	} while (page.cursor.n > 0);
	for (unsigned k = 0; k < SPREAD; k++)
		assert_true(found[k]);
}

/* Who flushes while others move what he flushes. */
struct flusher {
	struct fixture f;
	pthread_t thread;
	atomic_bool over;
	atomic_uint done; /* so often */
};

/* Sets and flushes keys of one slot, which are then gone from wherever they
 * were. */
static void *
flush_often(void *arg)
{
	struct flusher *flusher = arg;
	struct fixture *f = &flusher->f;
	struct cache_op ops[KEYS];

	while (!atomic_load(&flusher->over)) {
		for (unsigned k = 0; k < KEYS; k++)
			ops[k] = (struct cache_op){ .kind = CACHE_SET,
				.key =
				    arena_printf(&f->arena, "{moving} %u", k),
				.value = STR("x") };
		run(f, ops, KEYS);
		flush(f, &fixture_space);
		for (unsigned k = 0; k < KEYS; k++)
			ops[k].kind = CACHE_GET;
		run(f, ops, KEYS);
		for (unsigned k = 0; k < KEYS; k++)
			assert_anywhere(ops[k].status == ST_MISSING);
		atomic_fetch_add(&flusher->done, 1);
		arena_reset(&f->arena);
	}
	return NULL;
}

/* No flush has to do with two moves. */
static void
move_and_flush(struct flusher *flusher)
{
	unsigned slot = moving_slot(STR("moving"));
	size_t owner = moving_owner(slot);

	for (unsigned i = 0; i < FLUSHED_MOVES; i++) {
		size_t next = (owner + 1) % moving_nodes()->masters;
		unsigned done;

		moving_move(slot, owner, next);
		owner = next;
		done = atomic_load(&flusher->done);
		while (atomic_load(&flusher->done) == done)
			(void)sched_yield();
	}
}

static void
a_flush_leaves_no_key(void **state)
{
	struct fixture *f = *state;
	struct flusher flusher = { .f = *f };

	arena_init(&flusher.f.arena, f->arena.first_size);
	flusher.f.conn = fixture_connect(f);
	assert_int_equal(
	    pthread_create(&flusher.thread, NULL, flush_often, &flusher), 0);
	move_and_flush(&flusher);
	atomic_store(&flusher.over, true);
	assert_int_equal(pthread_join(flusher.thread, NULL), 0);
	f->driver->disconnect(flusher.f.conn);
	arena_close(&flusher.f.arena);
}

/* All are listed, maybe twice, have their values, and every node is well. */
static void
assert_spread(struct fixture *f)
{
	struct keys keys = list(f, &fixture_space, STR(""), 100);
	struct error err = { 0 };

	for (unsigned i = 0; i < SPREAD; i++) {
		struct str key = spread(f, i);
		size_t k = 0;

		while (k < keys.n && !str_eq(keys.v[k], key))
			k++;
		assert_true(k < keys.n);
		assert_value(f, key, STR("x"));
	}
	if (f->driver->ping(f->conn, fixture_deadline(), &err) != ST_OK)
		fail_msg("%s", err.text);
}

static void
assert_flushed(struct fixture *f)
{
	flush(f, &fixture_space);
	assert_int_equal(list(f, &fixture_space, STR(""), 100).n, 0);
}

/* A master joins, gets what others had, gives it back, and leaves. It has keys
 * before it serves the first slot. */
static void
a_node_comes_and_goes(void **state)
{
	struct fixture *f = *state;
	struct nodes *nodes = moving_nodes();
	const struct nodes_plan plan = { .folder = f->place->folder,
		.timeout_ms = 5000 };
	unsigned slots[MOVES];
	size_t last = nodes->n;

	spread_set(f);
	choose(f, slots, MOVES);
	for (unsigned i = 0; i < MOVES; i++)
		slots[i] = spread_slot(f, slots[i]);
	nodes_add(nodes, &plan);
	nodes_move_begin(nodes, slots[0], moving_owner(slots[0]), last);
	(void)nodes_move_keys(
	    nodes, slots[0], moving_owner(slots[0]), last, STEP);
	assert_spread(f);
	assert_flushed(f);
	spread_set(f);
	nodes_move_end(nodes, slots[0], moving_owner(slots[0]), last);
	for (unsigned i = 1; i < MOVES; i++)
		moving_move(slots[i], moving_owner(slots[i]), last);
	assert_spread(f);
	for (unsigned i = 0; i < MOVES; i++)
		moving_move(slots[i], last, moving_owner(slots[i]));
	nodes_drop(nodes);
	assert_spread(f);
	assert_flushed(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_list_holds_every_key_that_stays, moving_set_up_blocking,
		    moving_tear_down),
		cmocka_unit_test_setup_teardown(a_flush_leaves_no_key,
		    moving_set_up_blocking, moving_tear_down),
		cmocka_unit_test_setup_teardown(a_node_comes_and_goes,
		    moving_set_up_blocking, moving_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
