/* A store thread: batches gather, and none waits longer than it may. */
#include "middleware/store_thread.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "middleware/store.h"
#include "tests/support/stub_store.h"

#define HANG_MS 60000

static struct stub stub;
static struct store_table *table;
static struct store *store;
static struct store_thread *thread;
static struct arena arena;
static const struct cache_space space = { { "space", 5 }, false };

/* A batch of one GET. */
struct asked {
	struct cache_op op;
	struct cache_op *ops[1];
	struct cache_batch batch;
};

static int
set_up(void **state)
{
	(void)state;
	assert_true(secret_init());
	stub_init(&stub);
	arena_init(&arena, 4096);
	table = store_table_new();
	assert_int_equal(
	    store_take(table, &stub_driver, &cache_config_none, &store, NULL),
	    ST_OK);
	assert_int_equal(store_thread_open(store, &thread, NULL), ST_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_thread_close(thread);
	store_give(store);
	store_table_free(table);
	assert_int_equal(stub.connected, 0);
	assert_int_equal(stub.closed, 1);
	arena_close(&arena);
	stub_end(&stub);
	return 0;
}

static void
ask(struct asked *a, struct str key, int64_t deadline_ms)
{
	*a = (struct asked){ .op = { .kind = CACHE_GET,
				 .space = &space,
				 .key = key,
				 .arena = &arena } };
	a->ops[0] = &a->op;
	a->batch = (struct cache_batch){
		.ops = a->ops, .n = 1, .deadline_ms = deadline_ms, .owner = a
	};
	store_thread_submit(thread, &a->batch);
}

/* Waits until the thread says something, and takes it. */
static struct cache_batch *
reap(int64_t now_ms)
{
	struct pollfd p = { .fd = store_thread_fd(thread), .events = POLLIN };

	assert_int_equal(poll(&p, 1, HANG_MS), 1);
	return store_thread_reap(thread, now_ms);
}

static size_t
length(const struct cache_batch *list)
{
	size_t n = 0;

	for (; list != NULL; list = list->next)
		n++;
	return n;
}

static void
what_the_store_says_comes_back(void **state)
{
	char key[] = "the key";
	struct asked a;

	(void)state;
	ask(&a, str_of(key), clock_boot_ms() + HANG_MS);
	key[0] = '-'; /* the thread has a copy */
	assert_ptr_equal(reap(clock_boot_ms()), &a.batch);
	assert_int_equal(a.batch.status, ST_OK);
	assert_int_equal(a.op.status, ST_OK);
	assert_int_equal(a.op.value.n, 7);
	assert_memory_equal(a.op.value.p + 1, "he key", 6);
	assert_int_equal(a.op.incarnation[0], 7);
	assert_true(store_thread_is_idle(thread));
}

static void
what_gathers_goes_in_one_batch(void **state)
{
	int64_t deadline_ms = clock_boot_ms() + HANG_MS;
	struct asked a[5];
	size_t n = 0;

	(void)state;
	stub.waits = true;
	ask(&a[0], STR("0"), deadline_ms);
	(void)sem_wait(&stub.begun);
	for (size_t i = 1; i < 5; i++)
		ask(&a[i], STR("more"), deadline_ms);
	stub.waits = false;
	(void)sem_post(&stub.go_on);
	while (n < 5)
		n += length(reap(clock_boot_ms()));
	assert_int_equal(stub.n_batches, 2);
	assert_int_equal(stub.batch[0], 1);
	assert_int_equal(stub.batch[1], 4);
}

static void
a_store_that_hangs_is_given_up_and_then_not_asked(void **state)
{
	struct asked late, next;
	int64_t deadline_ms = clock_boot_ms() + HANG_MS;
	struct cache_batch *list;

	(void)state;
	stub.waits = true;
	ask(&late, STR("late"), deadline_ms);
	(void)sem_wait(&stub.begun);
	assert_int_equal(store_thread_deadline(thread), deadline_ms);
	assert_null(store_thread_reap(thread, deadline_ms - 1));
	list = store_thread_reap(thread, deadline_ms);
	assert_ptr_equal(list, &late.batch);
	assert_int_equal(late.op.status, ST_TIMEOUT);
	assert_int_equal(late.batch.status, ST_TIMEOUT);
	assert_int_equal(store_thread_deadline(thread), INT64_MAX);
	assert_false(store_thread_is_idle(thread));

	ask(&next, STR("next"), deadline_ms);
	assert_ptr_equal(reap(clock_boot_ms()), &next.batch);
	assert_int_equal(next.op.status, ST_UNAVAILABLE);

	/* It comes back: nobody hears of the lost one, and it is asked. */
	stub.waits = false;
	(void)sem_post(&stub.go_on);
	while (!store_thread_is_idle(thread))
		assert_null(reap(clock_boot_ms()));
	assert_int_equal(late.op.status, ST_TIMEOUT);
	ask(&next, STR("next"), deadline_ms);
	assert_ptr_equal(reap(clock_boot_ms()), &next.batch);
	assert_int_equal(next.op.status, ST_OK);
}

static void
what_waited_too_long_is_not_begun(void **state)
{
	struct asked first, late;
	struct cache_batch *list = NULL;

	(void)state;
	stub.waits = true;
	ask(&first, STR("first"), clock_boot_ms() + HANG_MS);
	(void)sem_wait(&stub.begun);
	ask(&late, STR("late"), clock_boot_ms() - 1);
	stub.waits = false;
	(void)sem_post(&stub.go_on);
	while (list == NULL || first.batch.status != ST_OK)
		list = reap(0);
	while (!store_thread_is_idle(thread))
		(void)reap(0);
	assert_int_equal(late.op.status, ST_TIMEOUT);
	assert_int_equal(first.op.status, ST_OK);
	assert_int_equal(stub.n_batches, 1);
}

static void
a_failure_of_the_store_is_told(void **state)
{
	struct asked a;

	(void)state;
	stub.status = ST_UNAVAILABLE;
	ask(&a, STR("key"), clock_boot_ms() + HANG_MS);
	assert_ptr_equal(reap(clock_boot_ms()), &a.batch);
	assert_int_equal(a.batch.status, ST_UNAVAILABLE);
	assert_int_equal(a.op.status, ST_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_the_store_says_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_gathers_goes_in_one_batch, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_store_that_hangs_is_given_up_and_then_not_asked, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_waited_too_long_is_not_begun, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_failure_of_the_store_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("store thread", tests, NULL, NULL);
}
