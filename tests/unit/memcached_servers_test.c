/* Several servers, one of which is away: what its keys do, and all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/memcached.h"
#include "tests/support/memcached.h"

#define KEYS        600
#define DEADLINE_MS 250
#define PATIENT_MS  5000
#define BACK_MS     8000
#define ROUNDS      20

static const struct cache_space open_space = { { "open", 4 }, true };
static const struct cache_space closed = { { "closed", 6 }, false };

static int
set_up(void **state)
{
	struct memcached_world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	memcached_world_start(w, MEMCACHED_TEST_SERVERS, NULL);
	memcached_world_open(w);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	memcached_world_stop(*state);
	free(*state);
	return 0;
}

/* One kind of operation on every key, as one batch. */
struct round {
	struct cache_op ops[KEYS];
	enum status status;
};

static struct round *
round_run(struct memcached_world *w, const struct cache_space *space,
    enum cache_kind kind, int64_t ms)
{
	struct round *r = arena_zalloc(&w->arena, sizeof(*r));
	struct cache_op *list[KEYS];

	for (unsigned i = 0; i < KEYS; i++) {
		r->ops[i] = (struct cache_op){ .kind = kind,
			.space = space,
			.key = arena_printf(&w->arena, "key %u", i),
			.value = arena_printf(&w->arena, "value %u", i),
			.arena = &w->arena };
		list[i] = &r->ops[i];
	}
	r->status =
	    memcached_driver.exec(w->conn, list, KEYS, clock_boot_ms() + ms);
	return r;
}

static unsigned
count_of(const struct round *r, enum status st)
{
	unsigned n = 0;

	for (unsigned i = 0; i < KEYS; i++)
		n += r->ops[i].status == st;
	return n;
}

static void
assert_right_values(struct memcached_world *w, const struct round *r)
{
	for (unsigned i = 0; i < KEYS; i++)
		if (r->ops[i].status == ST_OK)
			assert_true(str_eq(r->ops[i].value,
			    arena_printf(&w->arena, "value %u", i)));
}

static void
assert_all(const struct round *r, enum status st)
{
	assert_int_equal(r->status, ST_OK);
	assert_int_equal(count_of(r, st), KEYS);
}

/* Until every server is at work again. */
static void
await_all(struct memcached_world *w, const struct cache_space *space)
{
	int64_t began_ms = clock_boot_ms();

	while (round_run(w, space, CACHE_TOUCH, PATIENT_MS)->status != ST_OK) {
		assert_in_range(clock_boot_ms() - began_ms, 0, BACK_MS);
		(void)usleep(10000);
	}
}

static void
keys_of_a_dead_server_move_and_no_others(void **state)
{
	struct memcached_world *w = *state;
	struct round *r;
	unsigned moved;

	assert_all(round_run(w, &open_space, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_kill(&w->servers[1]);
	/* Whose request finds it dead has bad luck. */
	(void)round_run(w, &open_space, CACHE_GET, PATIENT_MS);
	r = round_run(w, &open_space, CACHE_GET, PATIENT_MS);
	assert_int_equal(r->status, ST_OK);
	moved = count_of(r, ST_MISSING);
	assert_int_equal(moved + count_of(r, ST_OK), KEYS);
	assert_in_range(moved, KEYS / 6, KEYS * 5 / 12);
	assert_right_values(w, r);
	for (unsigned i = 0; i < KEYS; i++)
		if (r->ops[i].status == ST_MISSING) {
			r->ops[i].kind = CACHE_SET;
			r->ops[i].value =
			    arena_printf(&w->arena, "value %u", i);
			assert_int_equal(
			    memcached_world_run(w, &r->ops[i], PATIENT_MS),
			    ST_OK);
		}
	r = round_run(w, &open_space, CACHE_GET, PATIENT_MS);
	assert_all(r, ST_OK);
	assert_right_values(w, r);
}

static void
moved_keys_come_home(void **state)
{
	struct memcached_world *w = *state;
	struct round *r;
	unsigned home;
	int64_t began_ms;

	daemon_kill(&w->servers[1]);
	(void)round_run(w, &open_space, CACHE_SET, PATIENT_MS);
	assert_all(round_run(w, &open_space, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_restart(&w->servers[1]);
	began_ms = clock_boot_ms();
	do {
		assert_in_range(clock_boot_ms() - began_ms, 0, BACK_MS);
		(void)usleep(10000);
		r = round_run(w, &open_space, CACHE_GET, PATIENT_MS);
		assert_int_equal(r->status, ST_OK);
		home = count_of(r, ST_MISSING);
	} while (home == 0);
	/* It may have come back in the middle of that round. */
	r = round_run(w, &open_space, CACHE_GET, PATIENT_MS);
	assert_int_equal(r->status, ST_OK);
	home = count_of(r, ST_MISSING);
	assert_in_range(home, KEYS / 6, KEYS * 5 / 12);
	assert_right_values(w, r);
}

static void
keys_of_a_closed_space_never_move(void **state)
{
	static const enum cache_kind kinds[] = { CACHE_GET, CACHE_SET,
		CACHE_DEL, CACHE_ADD, CACHE_TOUCH, CACHE_PULL };
	struct memcached_world *w = *state;
	struct round *first;

	assert_all(round_run(w, &closed, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_kill(&w->servers[1]);
	first = round_run(w, &closed, CACHE_GET, PATIENT_MS);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct round *r = round_run(w, &closed, kinds[k], PATIENT_MS);

		assert_int_equal(r->status, ST_UNAVAILABLE);
		assert_in_range(
		    count_of(r, ST_UNAVAILABLE), KEYS / 6, KEYS * 5 / 12);
		for (unsigned i = 0; i < KEYS; i++)
			assert_int_equal(r->ops[i].status == ST_UNAVAILABLE,
			    first->ops[i].status == ST_UNAVAILABLE);
	}
	daemon_restart(&w->servers[1]);
	await_all(w, &closed);
}

/* What was deleted in vain is told, for it comes back with the server. */
static void
a_hung_server_keeps_its_keys(void **state)
{
	struct memcached_world *w = *state;
	struct round *r;
	unsigned hung;

	assert_all(round_run(w, &closed, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_pause(&w->servers[2]);
	r = round_run(w, &closed, CACHE_DEL, PATIENT_MS);
	hung = KEYS - count_of(r, ST_OK);
	assert_int_not_equal(r->status, ST_OK);
	assert_in_range(hung, KEYS / 6, KEYS * 5 / 12);
	daemon_resume(&w->servers[2]);
	await_all(w, &closed);
	r = round_run(w, &closed, CACHE_GET, PATIENT_MS);
	assert_int_equal(r->status, ST_OK);
	assert_right_values(w, r);
	/* The one DEL under way when it hung may have been done. */
	assert_in_range(count_of(r, ST_OK), hung - 1, hung);
}

static void
assert_others_answer(struct memcached_world *w)
{
	struct round *r = round_run(w, &closed, CACHE_GET, DEADLINE_MS);

	assert_in_range(count_of(r, ST_OK), KEYS * 7 / 12, KEYS * 5 / 6);
	assert_right_values(w, r);
}

/* And after the first time-out they do so without delay. */
static void
a_hung_server_delays_no_other(void **state)
{
	struct memcached_world *w = *state;
	int64_t began_ms;

	assert_all(round_run(w, &closed, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_pause(&w->servers[0]);
	assert_others_answer(w);
	began_ms = clock_boot_ms();
	for (int i = 0; i < ROUNDS; i++)
		assert_others_answer(w);
	assert_in_range(
	    clock_boot_ms() - began_ms, 0, ROUNDS * DEADLINE_MS / 4);
	daemon_resume(&w->servers[0]);
	await_all(w, &closed);
	assert_all(round_run(w, &closed, CACHE_GET, PATIENT_MS), ST_OK);
}

static void
a_flush_needs_every_server(void **state)
{
	struct memcached_world *w = *state;
	struct error err = { 0 };
	struct round *r;
	unsigned left;

	assert_all(round_run(w, &open_space, CACHE_SET, PATIENT_MS), ST_OK);
	daemon_pause(&w->servers[1]);
	assert_int_not_equal(memcached_driver.flush(w->conn, &open_space,
				 clock_boot_ms() + DEADLINE_MS, &err),
	    ST_OK);
	assert_non_null(strstr(err.text, "127.0.0.1:"));
	daemon_resume(&w->servers[1]);
	await_all(w, &closed);
	/* On the two others nothing is left. */
	r = round_run(w, &open_space, CACHE_GET, PATIENT_MS);
	left = count_of(r, ST_OK);
	assert_in_range(left, 0, KEYS * 5 / 12);
	assert_int_equal(memcached_driver.flush(w->conn, &open_space,
			     clock_boot_ms() + PATIENT_MS, NULL),
	    ST_OK);
	assert_all(
	    round_run(w, &open_space, CACHE_GET, PATIENT_MS), ST_MISSING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    keys_of_a_dead_server_move_and_no_others, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    moved_keys_come_home, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    keys_of_a_closed_space_never_move, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_hung_server_keeps_its_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_hung_server_delays_no_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_flush_needs_every_server, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
