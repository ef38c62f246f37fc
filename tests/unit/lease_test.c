/* Leases: who asks, who waits, and when the dead are succeeded. */
#include "middleware/lease.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "drivers/cache/cache_config.h"
#include "middleware/leases.h"
#include "middleware/stores.h"

#define VALUE_MAX 2048
#define LATER_MS  1000000 /* of a clock that tests move */

/* A store of one value, which may fail; and what comes between its batches. */
static struct one {
	bool there;
	char value[VALUE_MAX];
	size_t n;
	uint32_t ttl;
	enum status fails;
	void (*between)(void);
} one;

static struct request req;
static struct arena arena;
static struct settings settings;
static struct stores_shared shared;
static struct stores stores;
static struct store *store;
static const uint8_t flight[FLIGHT_NAME_BYTES] = { 1 };

static enum status
one_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	(void)config;
	(void)err;
	*out = (struct cache *)(void *)&one;
	return ST_OK;
}

static void
one_close(struct cache *cache)
{
	(void)cache;
}

static enum status
one_connect(struct cache *cache, struct cache_conn **out, struct error *err)
{
	(void)err;
	*out = (struct cache_conn *)(void *)cache;
	return ST_OK;
}

static void
one_disconnect(struct cache_conn *conn)
{
	(void)conn;
}

static void
one_put(const struct cache_op *op)
{
	assert_true(op->value.n <= VALUE_MAX);
	memcpy(one.value, op->value.p, op->value.n);
	one.n = op->value.n;
	one.ttl = op->ttl;
	one.there = true;
}

static void
one_run(struct cache_op *op)
{
	bool reads = op->kind == CACHE_GET || op->kind == CACHE_PULL;

	op->status = ST_OK;
	if (op->kind == CACHE_ADD && one.there)
		op->status = ST_EXISTS;
	else if (op->kind == CACHE_ADD || op->kind == CACHE_SET)
		one_put(op);
	else if (!one.there)
		op->status = ST_MISSING;
	else if (reads)
		op->value = arena_dup(op->arena, str_make(one.value, one.n));
	if (op->kind == CACHE_PULL || op->kind == CACHE_DEL)
		one.there = false;
}

static enum status
one_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	(void)conn;
	(void)deadline_ms;
	for (size_t i = 0; i < n && one.fails == ST_OK; i++)
		one_run(ops[i]);
	if (one.between != NULL)
		one.between();
	return one.fails;
}

static const struct cache_driver driver = {
	.name = "one",
	.room = CACHE_INLINE,
	.open = one_open,
	.close = one_close,
	.connect = one_connect,
	.disconnect = one_disconnect,
	.exec = one_exec,
};

static int
set_up(void **state)
{
	(void)state;
	assert_true(secret_init());
	one = (struct one){ .fails = ST_OK };
	arena_init(&arena, 4096);
	shared.table = store_table_new();
	shared.leases = leases_new();
	assert_int_equal(
	    store_take(shared.table, &driver, &cache_config_none, &store, NULL),
	    ST_OK);
	for (size_t use = 0; use < STORE_SHARED_USES; use++)
		shared.store[use] = store;
	stores_connect(&shared, &stores);
	settings.store_timeout = 50;
	req.arena = &arena;
	req.settings = &settings;
	req.stores = &stores;
	req.may_block = true;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stores_disconnect(&stores);
	store_give(store);
	leases_free(shared.leases);
	store_table_free(shared.table);
	arena_close(&arena);
	return 0;
}

static struct lease
named(void)
{
	struct lease lease = { .held = false };

	lease_name(&lease, flight, STR("shard"));
	return lease;
}

static void
end(struct lease *lease, struct str failure)
{
	struct cache_op op;
	struct cache_op *list[] = { &op };

	lease_end(&req, lease, failure, &op);
	(void)stores_exec(&req, STORE_CACHE, list, 1);
}

static enum lease_sight
see(struct lease *lease, int64_t now_ms, struct str *failure)
{
	return lease_see(
	    &lease->watch, str_make(one.value, one.n), now_ms, failure);
}

static void
one_asks_and_the_others_wait(void **state)
{
	struct lease first = named();
	struct lease second = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &first), LEASE_OURS);
	assert_true(first.held);
	assert_int_equal(one.ttl, LEASE_TTL);
	assert_int_equal(lease_claim(&req, &second), LEASE_WAIT);
	assert_false(second.held);
	end(&first, STR_NULL);
	assert_false(one.there);
	assert_int_equal(lease_claim(&req, &second), LEASE_OURS);
	end(&second, STR_NULL);
}

static void
who_beats_lives(void **state)
{
	struct lease owner = named();
	struct lease looker = named();
	struct str failure;
	int64_t now_ms = clock_boot_ms() + LATER_MS;

	(void)state;
	assert_int_equal(lease_claim(&req, &owner), LEASE_OURS);
	for (int i = 0; i < 20; i++, now_ms += LEASE_DEAD_MS - 1) {
		assert_int_equal(see(&looker, now_ms, &failure), LEASE_BUSY);
		leases_beat(shared.leases, &stores, now_ms);
	}
	now_ms += LEASE_DEAD_MS;
	assert_int_equal(see(&looker, now_ms, &failure), LEASE_BUSY);
	assert_int_equal(
	    see(&looker, now_ms + LEASE_DEAD_MS - 1, &failure), LEASE_BUSY);
	assert_int_equal(
	    see(&looker, now_ms + LEASE_DEAD_MS, &failure), LEASE_DEAD);
	end(&owner, STR_NULL);
}

/* Without a clock of its own: its last sight was long ago. */
static void
make_dead(struct lease *looker)
{
	struct str failure;

	assert_int_equal(see(looker, -LATER_MS, &failure), LEASE_BUSY);
}

static void
the_dead_are_succeeded_by_one(void **state)
{
	struct lease dead = named();
	struct lease second = named();
	struct lease third = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &dead), LEASE_OURS);
	make_dead(&second);
	make_dead(&third);
	assert_int_equal(lease_claim(&req, &second), LEASE_OURS);
	assert_int_equal(lease_claim(&req, &third), LEASE_WAIT);
	end(&second, STR_NULL);
	leases_drop(shared.leases, &dead);
}

static struct lease *rival;

/* Another takes the dead one over between our look and our step. */
static void
rival_comes(void)
{
	static int step;

	if (++step != 2)
		return;
	one.between = NULL;
	assert_int_equal(lease_claim(&req, rival), LEASE_OURS);
}

static void
a_successor_who_was_quicker_keeps_it(void **state)
{
	struct lease dead = named();
	struct lease second = named();
	struct lease third = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &dead), LEASE_OURS);
	make_dead(&second);
	make_dead(&third);
	rival = &third;
	one.between = rival_comes;
	assert_int_equal(lease_claim(&req, &second), LEASE_WAIT);
	assert_memory_equal(one.value, third.value, LEASE_VALUE_BYTES);
	end(&third, STR_NULL);
	leases_drop(shared.leases, &dead);
}

static void
a_failure_is_told_to_who_waited(void **state)
{
	struct lease owner = named();
	struct lease looker = named();
	struct lease late = named();
	struct str failure;

	(void)state;
	assert_int_equal(lease_claim(&req, &owner), LEASE_OURS);
	assert_int_equal(lease_claim(&req, &looker), LEASE_WAIT);
	end(&owner, STR("it is down"));
	assert_int_equal(one.ttl, LEASE_FAILURE_TTL);
	assert_int_equal(see(&looker, LATER_MS, &failure), LEASE_FAILED);
	assert_true(str_eq(failure, STR("it is down")));
	assert_int_equal(see(&late, LATER_MS, &failure), LEASE_DEAD);
	assert_true(str_is_null(failure));
	assert_int_equal(lease_claim(&req, &late), LEASE_OURS);
	end(&late, STR_NULL);
}

static void
a_long_failure_is_not_told(void **state)
{
	static char text[LEASE_FAILURE_MAX + 1];
	struct lease owner = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &owner), LEASE_OURS);
	end(&owner, str_make(text, sizeof(text)));
	assert_false(one.there);
}

static void
what_is_no_lease_is_in_nobodys_way(void **state)
{
	struct lease lease = named();

	(void)state;
	one.there = true;
	one.n = 3;
	assert_int_equal(lease_claim(&req, &lease), LEASE_OURS);
	end(&lease, STR_NULL);
	one.there = true;
	memset(one.value, 0, LEASE_VALUE_BYTES);
	one.n = LEASE_VALUE_BYTES;
	assert_int_equal(lease_claim(&req, &lease), LEASE_OURS);
	end(&lease, STR_NULL);
}

static void
without_the_store_everybody_asks(void **state)
{
	struct lease lease = named();

	(void)state;
	one.fails = ST_UNAVAILABLE;
	assert_int_equal(lease_claim(&req, &lease), LEASE_ALONE);
	assert_false(lease.held);
}

static struct lease *ending;

static void
ends_now(void)
{
	one.between = NULL;
	end(ending, STR_NULL);
	one.there = true; /* the beat came last */
}

static void
a_beat_behind_the_end_is_taken_back(void **state)
{
	struct lease owner = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &owner), LEASE_OURS);
	ending = &owner;
	one.between = ends_now;
	leases_beat(shared.leases, &stores, INT64_MAX / 2);
	assert_false(one.there);
}

static void
the_front_claims_and_gives_up(void **state)
{
	struct lease first = named();
	struct lease second = named();
	struct cache_op op;
	struct cache_op *list[] = { &op };

	(void)state;
	lease_try(&first, &op);
	(void)stores_exec(&req, STORE_CACHE, list, 1);
	assert_int_equal(lease_claimed(&req, &first, &op), LEASE_OURS);
	lease_try(&second, &op);
	(void)stores_exec(&req, STORE_CACHE, list, 1);
	assert_int_equal(lease_claimed(&req, &second, &op), LEASE_WAIT);
	lease_give_up(&req, &first);
	assert_false(first.held);
	assert_true(one.there);
	leases_beat(shared.leases, &stores, clock_boot_ms());
	assert_false(one.there);
	op.status = ST_TIMEOUT;
	assert_int_equal(lease_claimed(&req, &second, &op), LEASE_ALONE);
}

static void
another_name_forgets_what_was_seen(void **state)
{
	const uint8_t other[FLIGHT_NAME_BYTES] = { 2 };
	struct lease owner = named();
	struct lease looker = named();

	(void)state;
	assert_int_equal(lease_claim(&req, &owner), LEASE_OURS);
	make_dead(&looker);
	lease_name(&looker, flight, STR("shard"));
	assert_true(looker.watch.any);
	assert_false(lease_is_named(&looker, other));
	lease_name(&looker, other, STR("shard"));
	assert_true(lease_is_named(&looker, other));
	assert_false(looker.watch.any);
	end(&owner, STR_NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    one_asks_and_the_others_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_beats_lives, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_dead_are_succeeded_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_successor_who_was_quicker_keeps_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_failure_is_told_to_who_waited, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_long_failure_is_not_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_no_lease_is_in_nobodys_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    without_the_store_everybody_asks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_beat_behind_the_end_is_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_front_claims_and_gives_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    another_name_forgets_what_was_seen, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
