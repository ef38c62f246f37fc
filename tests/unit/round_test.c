/* Rounds: how many batches a turn costs a store, and who waits for which. */
#include "app/round.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "drivers/cache/cache_config.h"
#include "middleware/stores.h"
#include "tests/support/stub_store.h"

#define CALLS           5
#define STORE_TIMEOUT   50
#define SERVICE_TIMEOUT 2000

static const struct cache_space space = { { "space", 5 }, false };
static struct stub stub;
static struct cache_driver driver; /* the stub, in the front itself */
static struct settings settings;
static struct stores_shared shared;
static struct stores stores;
static struct store *store;
static struct rounds *rounds;
static struct call *calls[CALLS];

static int
set_up(void **state)
{
	(void)state;
	assert_true(secret_init());
	stub_init(&stub);
	driver = stub_driver;
	driver.room = CACHE_INLINE;
	settings.store_timeout = STORE_TIMEOUT;
	shared.table = store_table_new();
	assert_int_equal(
	    store_take(shared.table, &driver, &cache_config_none, &store, NULL),
	    ST_OK);
	for (size_t use = 0; use < STORE_SHARED_USES; use++)
		shared.store[use] = store;
	stores.shared = &shared;
	assert_int_equal(rounds_open(&shared, &rounds, NULL), ST_OK);
	for (size_t i = 0; i < CALLS; i++) {
		calls[i] = call_new();
		calls[i]->req.arena = &calls[i]->arena;
		calls[i]->req.settings = &settings;
		calls[i]->req.stores = &stores;
		calls[i]->req.store = store;
		calls[i]->req.store_timeout = SERVICE_TIMEOUT;
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALLS; i++)
		call_free(calls[i]);
	rounds_close(rounds);
	store_give(store);
	store_table_free(shared.table);
	stub_end(&stub);
	return 0;
}

static void
plan_get(struct call *call, enum store_use use)
{
	struct batch *batch = &call->req.batch[use];

	batch->ops[batch->n++] = (struct cache_op){
		.kind = CACHE_GET, .space = &space, .key = STR("k")
	};
}

/* The calls that are ready now. */
static size_t
ready(void)
{
	size_t n = 0;

	for (const struct call *c = rounds_take(rounds); c != NULL; c = c->next)
		n++;
	return n;
}

static void
a_turn_is_one_batch_for_all_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALLS; i++) {
		plan_get(calls[i], STORE_LIMIT);
		plan_get(calls[i], STORE_CACHE);
		rounds_add(rounds, calls[i]);
	}
	assert_int_equal(ready(), 0);
	rounds_send(rounds);
	assert_int_equal(ready(), CALLS);
	assert_int_equal(stub.n_batches, 1);
	assert_int_equal(stub.batch[0], 2 * CALLS);
}

/* A cache service has a time of its own; its calls are limited all the same. */
static void
two_times_make_two_batches_for_all_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALLS; i++) {
		plan_get(calls[i], STORE_LIMIT);
		plan_get(calls[i], STORE_SERVICE);
		rounds_add(rounds, calls[i]);
	}
	rounds_send(rounds);
	assert_int_equal(ready(), CALLS);
	assert_int_equal(stub.n_batches, 2);
	assert_int_equal(stub.batch[0], CALLS);
	assert_int_equal(stub.batch[1], CALLS);
	for (size_t i = 0; i < CALLS; i++)
		assert_int_equal(
		    calls[i]->req.batch[STORE_SERVICE].ops[0].status, ST_OK);
}

static void
what_asks_nothing_is_ready_at_once(void **state)
{
	(void)state;
	rounds_add(rounds, calls[0]);
	assert_int_equal(ready(), 1);
	assert_int_equal(stub.n_batches, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_turn_is_one_batch_for_all_calls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    two_times_make_two_batches_for_all_calls, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_asks_nothing_is_ready_at_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
