#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/db/db.h"
#include "drivers/db/pool.h"

#define HANG_MS 60000

/* A driver that counts and fails on demand. */
struct db_conn {
	int number;
	bool lost;
	bool mute; /* looks well, but the server does not answer */
	int asked;
};

static atomic_int connects, alive, alive_most;
static atomic_bool down;

static enum status
fake_connect(const struct db_config *config, int64_t deadline_ms,
    struct db_conn **out, struct error *err)
{
	int n = atomic_fetch_add(&connects, 1) + 1;

	(void)deadline_ms;
	assert_string_equal(config->database, "somewhere");
	if (atomic_load(&down))
		return error_set(err, ST_UNAVAILABLE, "nobody answers");
	*out = malloc(sizeof(**out));
	assert_non_null(*out);
	**out = (struct db_conn){ .number = n };
	n = atomic_fetch_add(&alive, 1) + 1;
	if (n > atomic_load(&alive_most))
		atomic_store(&alive_most, n);
	return ST_OK;
}

static void
fake_disconnect(struct db_conn *conn)
{
	(void)atomic_fetch_sub(&alive, 1);
	free(conn);
}

static bool
fake_usable(struct db_conn *conn, enum db_care care)
{
	conn->asked += care == DB_ASK ? 1 : 0;
	return !conn->lost && !(care == DB_ASK && conn->mute);
}

static void
fake_interrupt(struct db_conn *conn)
{
	conn->lost = true;
}

static const struct db_driver fake = { .name = "fake",
	.connect = fake_connect,
	.disconnect = fake_disconnect,
	.usable = fake_usable,
	.interrupt = fake_interrupt };

static struct pool *
pool_of(size_t max)
{
	char database[] = "somewhere";
	struct db_config config = { .driver = "fake", .database = database };
	struct pool *pool;

	atomic_store(&connects, 0);
	atomic_store(&alive, 0);
	atomic_store(&alive_most, 0);
	atomic_store(&down, false);
	pool = pool_open(&fake, &config, max);
	database[0] = '\0'; /* the pool has its own copy */
	return pool;
}

static struct db_conn *
take(struct pool *pool)
{
	struct db_conn *conn;

	assert_int_equal(
	    pool_take(pool, clock_boot_ms() + HANG_MS, &conn, NULL), ST_OK);
	return conn;
}

static void
connections_are_made_when_needed(void **state)
{
	struct pool *pool = pool_of(4);

	(void)state;
	assert_int_equal(connects, 0);
	pool_give(pool, take(pool), false);
	pool_give(pool, take(pool), false);
	assert_int_equal(connects, 1);
	pool_close(pool);
	assert_int_equal(alive, 0);
}

static void
the_one_given_last_is_taken_first(void **state)
{
	struct pool *pool = pool_of(4);
	struct db_conn *a = take(pool);
	struct db_conn *b = take(pool);

	(void)state;
	pool_give(pool, b, false);
	pool_give(pool, a, false);
	assert_ptr_equal(take(pool), a);
	assert_ptr_equal(take(pool), b);
	pool_give(pool, a, false);
	pool_give(pool, b, false);
	pool_close(pool);
}

static void
waiting_for_a_full_pool_ends_at_the_deadline(void **state)
{
	struct pool *pool = pool_of(1);
	struct db_conn *only = take(pool);
	struct db_conn *none;
	struct error err = { .text = "" };

	(void)state;
	assert_int_equal(
	    pool_take(pool, clock_boot_ms() + 20, &none, &err), ST_TIMEOUT);
	assert_null(none);
	assert_non_null(strstr(err.text, "in use"));
	pool_give(pool, only, false);
	pool_close(pool);
}

static void
a_broken_connection_is_not_kept(void **state)
{
	struct pool *pool = pool_of(1);
	struct db_conn *next;

	(void)state;
	pool_give(pool, take(pool), true);
	assert_int_equal(alive, 0);
	next = take(pool);
	assert_int_equal(next->number, 2);
	pool_give(pool, next, false);
	pool_close(pool);
}

static void
one_that_died_meanwhile_is_replaced(void **state)
{
	struct pool *pool = pool_of(1);
	struct db_conn *conn = take(pool);

	(void)state;
	pool_give(pool, conn, false);
	conn->lost = true;
	conn = take(pool);
	assert_int_equal(conn->number, 2);
	assert_int_equal(conn->asked, 0);
	pool_give(pool, conn, false);
	pool_close(pool);
	assert_int_equal(alive, 0);
}

static void
a_lost_one_is_ended_whatever_its_user_says(void **state)
{
	struct pool *pool = pool_of(1);
	struct db_conn *conn = take(pool);

	(void)state;
	conn->lost = true;
	pool_give(pool, conn, false);
	assert_int_equal(alive, 0);
	pool_close(pool);
}

static void
after_a_loss_the_idle_ones_are_asked_once(void **state)
{
	struct pool *pool = pool_of(2);
	struct db_conn *a = take(pool);
	struct db_conn *b = take(pool);

	(void)state;
	pool_give(pool, a, false);
	b->lost = true;
	pool_give(pool, b, false);
	assert_ptr_equal(take(pool), a);
	assert_int_equal(a->asked, 1);
	(void)nanosleep(&(struct timespec){ 0, 2 * 1000 * 1000 }, NULL);
	pool_give(pool, a, false);
	assert_ptr_equal(take(pool), a);
	assert_int_equal(a->asked, 1);
	pool_give(pool, a, false);
	pool_close(pool);
}

static void
one_that_answers_no_more_ends_all_idle_ones(void **state)
{
	struct pool *pool = pool_of(4);
	struct db_conn *held[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		held[i] = take(pool);
	for (int i = 0; i < 3; i++) {
		held[i]->mute = true;
		pool_give(pool, held[i], false);
	}
	held[3]->lost = true;
	pool_give(pool, held[3], false);
	held[0] = take(pool);
	assert_int_equal(held[0]->number, 5);
	assert_int_equal(alive, 1);
	pool_give(pool, held[0], false);
	pool_close(pool);
}

static void
a_dead_database_is_not_asked_again_at_once(void **state)
{
	struct pool *pool = pool_of(4);
	struct db_conn *none;
	struct error err = { .text = "" };

	(void)state;
	atomic_store(&down, true);
	for (int i = 0; i < 50; i++) {
		err.text[0] = '\0';
		assert_int_equal(
		    pool_take(pool, clock_boot_ms() + HANG_MS, &none, &err),
		    ST_UNAVAILABLE);
		assert_string_equal(err.text, "nobody answers");
	}
	assert_true(connects < 50);
	pool_close(pool);
}

static void
a_database_that_returns_is_used_again(void **state)
{
	struct pool *pool = pool_of(4);
	struct db_conn *conn = NULL;
	struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };
	int64_t give_up = clock_boot_ms() + HANG_MS;

	(void)state;
	atomic_store(&down, true);
	assert_int_equal(pool_take(pool, give_up, &conn, NULL), ST_UNAVAILABLE);
	atomic_store(&down, false);
	while (pool_take(pool, give_up, &conn, NULL) != ST_OK) {
		assert_true(clock_boot_ms() < give_up);
		(void)nanosleep(&nap, NULL);
	}
	pool_give(pool, conn, false);
	pool_close(pool);
}

static void *
take_and_give(void *arg)
{
	struct pool *pool = arg;

	for (int i = 0; i < 1000; i++)
		pool_give(pool, take(pool), i % 10 == 0);
	return NULL;
}

static void
many_threads_never_hold_more_than_the_bound(void **state)
{
	struct pool *pool = pool_of(3);
	pthread_t threads[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, take_and_give, pool), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_true(alive_most <= 3);
	pool_close(pool);
	assert_int_equal(alive, 0);
}

/* One that is idle can be taken all the same. */
static void
what_is_taken_can_be_interrupted(void **state)
{
	struct pool *pool = pool_of(3);
	struct db_conn *a = take(pool);
	struct db_conn *b = take(pool);
	struct db_conn *idle = take(pool);

	(void)state;
	pool_give(pool, idle, false);
	pool_interrupt(pool);
	assert_true(a->lost && b->lost && !idle->lost);
	pool_give(pool, a, false);
	pool_give(pool, b, false);
	assert_int_equal(alive, 1);
	pool_interrupt(pool);
	assert_ptr_equal(take(pool), idle);
	assert_false(idle->lost);
	pool_give(pool, idle, false);
	pool_close(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_made_when_needed),
		cmocka_unit_test(the_one_given_last_is_taken_first),
		cmocka_unit_test(waiting_for_a_full_pool_ends_at_the_deadline),
		cmocka_unit_test(a_broken_connection_is_not_kept),
		cmocka_unit_test(one_that_died_meanwhile_is_replaced),
		cmocka_unit_test(a_lost_one_is_ended_whatever_its_user_says),
		cmocka_unit_test(after_a_loss_the_idle_ones_are_asked_once),
		cmocka_unit_test(one_that_answers_no_more_ends_all_idle_ones),
		cmocka_unit_test(a_dead_database_is_not_asked_again_at_once),
		cmocka_unit_test(a_database_that_returns_is_used_again),
		cmocka_unit_test(what_is_taken_can_be_interrupted),
		cmocka_unit_test(many_threads_never_hold_more_than_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
