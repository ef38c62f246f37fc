/* The table of stores: who shares one, and when it ends. */
#include "middleware/store.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "drivers/db/db.h"
#include "tests/support/stub_store.h"

static struct stub stub;
static struct store_table *table;

static int
set_up(void **state)
{
	(void)state;
	assert_true(secret_init());
	stub_init(&stub);
	table = store_table_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_table_free(table);
	stub_end(&stub);
	return 0;
}

static struct store *
take(const struct cache_config *config)
{
	struct store *store = NULL;

	assert_int_equal(
	    store_take(table, &stub_driver, config, &store, NULL), ST_OK);
	return store;
}

static void
one_config_is_one_store(void **state)
{
	struct cache_config config = cache_config_none;
	struct store *a = take(&config);
	struct store *b = take(&config);

	(void)state;
	assert_ptr_equal(a, b);
	assert_int_equal(stub.opened, 1);
	store_give(a);
	assert_int_equal(stub.closed, 0);
	assert_false(store_is_retired(b));
	store_give(b);
	assert_int_equal(stub.closed, 1);
}

static void
another_password_is_another_store(void **state)
{
	struct cache_config one = cache_config_none;
	struct cache_config two = cache_config_none;
	struct store *a, *b;

	(void)state;
	two.password = "other";
	a = take(&one);
	b = take(&two);
	assert_ptr_not_equal(a, b);
	store_give(a);
	store_give(b);
	assert_int_equal(stub.closed, 2);
}

/* Two texts side by side are not one longer text beside an empty one. */
static void
texts_do_not_run_together(void **state)
{
	struct db_config db_one = { .database = "ab", .host = "c" };
	struct db_config db_two = { .database = "a", .host = "bc" };
	struct cache_config one = cache_config_none;
	struct cache_config two = cache_config_none;
	struct store *a, *b;

	(void)state;
	one.db = &db_one;
	two.db = &db_two;
	a = take(&one);
	b = take(&two);
	assert_ptr_not_equal(a, b);
	store_give(a);
	store_give(b);
}

static void
a_connection_keeps_a_retired_store_open(void **state)
{
	struct cache_config config = cache_config_none;
	unsigned epoch = store_table_epoch(table);
	struct store *a = take(&config);
	struct store *b;

	(void)state;
	(void)store_ref(a);
	store_give(a);
	assert_true(store_is_retired(a));
	assert_int_not_equal(store_table_epoch(table), epoch);
	assert_int_equal(stub.closed, 0);
	/* Whoever comes now must not open it beside the other. */
	b = take(&config);
	assert_ptr_equal(a, b);
	assert_false(store_is_retired(b));
	assert_int_equal(stub.opened, 1);
	store_give(b);
	store_unref(a);
	assert_int_equal(stub.closed, 1);
}

static void
a_list_holds_what_it_names(void **state)
{
	struct cache_config config = cache_config_none;
	struct store *a = take(&config);
	size_t n;
	struct store **list = store_table_list(table, &n);

	(void)state;
	assert_int_equal(n, 1);
	assert_ptr_equal(list[0], a);
	store_give(a);
	assert_int_equal(stub.closed, 0);
	store_unref(list[0]);
	free(list);
	assert_int_equal(stub.closed, 1);
}

static void *
take_another(void *arg)
{
	struct cache_config config = cache_config_none;

	config.password = "slow";
	*(struct store **)arg = take(&config);
	return NULL;
}

/* A driver that takes its time to open keeps nobody from other stores. */
static void
a_slow_opening_holds_up_no_other_store(void **state)
{
	struct cache_config config = cache_config_none;
	struct store *fast = take(&config);
	struct store *slow[2] = { NULL, NULL };
	pthread_t threads[2];
	size_t n;

	(void)state;
	stub.opening = true;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, take_another, &slow[i]),
		    0);
	(void)sem_wait(&stub.begun);
	(void)store_ref(fast);
	store_unref(fast);
	assert_ptr_equal(take(&config), fast);
	store_give(fast);
	free(store_table_list(table, &n));
	assert_int_equal(n, 1);
	store_unref(fast);
	stub.opening = false;
	(void)sem_post(&stub.go_on);
	for (size_t i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	assert_ptr_equal(slow[0], slow[1]);
	assert_int_equal(stub.opened, 2);
	store_give(slow[0]);
	store_give(slow[1]);
	store_give(fast);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    one_config_is_one_store, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    another_password_is_another_store, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    texts_do_not_run_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_connection_keeps_a_retired_store_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_list_holds_what_it_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_slow_opening_holds_up_no_other_store, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
