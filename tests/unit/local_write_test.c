#include "drivers/cache/local_write.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_values.h"
#include "tests/support/local.h"

#define LARGE (200 << 10)
#define LONG  (3600 * 1000)

static struct cache_op
set_op(struct str key, struct str value)
{
	static const struct cache_space space = { { "space", 5 }, false };

	return (struct cache_op){
		.kind = CACHE_SET, .space = &space, .key = key, .value = value
	};
}

static enum status
write_one(struct local_fixture *f, struct cache_op *op, int64_t deadline_ms)
{
	struct cache_op *const list[] = { op };

	return local_write_run(f->store, list, 1, deadline_ms);
}

static size_t
entries(struct local_fixture *f)
{
	struct values v = local_begin(f);
	size_t pages;
	size_t n;

	assert_int_equal(values_used(&v, &pages, &n), 0);
	mdb_txn_abort(v.txn);
	return n;
}

static void
a_writer_waits_no_longer_than_its_deadline(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op op = set_op(STR("key"), STR("value"));
	pthread_mutex_t *lock = &f->store->state->write_lock;

	assert_int_equal(local_lock_take(lock, 0), ST_OK);
	assert_int_equal(write_one(f, &op, clock_boot_ms() + 10), ST_TIMEOUT);
	local_lock_leave(lock);
	assert_int_equal(entries(f), 0);
	assert_int_equal(write_one(f, &op, clock_boot_ms()), ST_OK);
	assert_int_equal(entries(f), 1);
}

static void
an_ended_store_is_not_written_to(void **state)
{
	struct local_fixture *f = *state;
	struct cache_op op = set_op(STR("key"), STR("value"));

	local_store_retire(f->store, "a test");
	assert_int_equal(write_one(f, &op, local_deadline()), ST_STALE);
	assert_int_equal(entries(f), 0);
}

static void
the_file_stays_below_its_mark(void **state)
{
	struct local_fixture *f = *state;

	for (int i = 0; i < 300; i++) {
		struct cache_op op =
		    set_op(arena_printf(&f->arena, "key %d", i),
			local_text(f, (size_t)i * 300, 'x'));
		struct values v;
		size_t pages;
		size_t n;

		assert_int_equal(write_one(f, &op, local_deadline()), ST_OK);
		v = local_begin(f);
		assert_int_equal(values_used(&v, &pages, &n), 0);
		assert_true(pages <= f->store->pages * 3 / 4 + 1);
		mdb_txn_abort(v.txn);
	}
	assert_true(f->store->state->evictions > 0);
	assert_true(local_store_current(f->store));
}

/* A process that reads, and is stopped in the middle of it. */
static pid_t
standing_reader(struct local_fixture *f)
{
	int ready[2];
	char word;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct local_store *store = local_open(f);
		MDB_txn *txn;

		if (mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn) != 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &word, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Writes one key over and over; ST_STALE when that ended the store. */
static enum status
overwrite(struct local_fixture *f)
{
	enum status st = ST_OK;

	for (int i = 0; i < 60 && st == ST_OK; i++) {
		struct cache_op op =
		    set_op(STR("key"), local_text(f, LARGE, 'x'));

		st = write_one(f, &op, local_deadline());
	}
	return st;
}

static void
dead_readers_hold_no_room(void **state)
{
	struct local_fixture *f = *state;

	end(standing_reader(f));
	assert_int_equal(overwrite(f), ST_OK);
	assert_true(local_store_current(f->store));
}

static void
a_reader_that_stands_still_costs_the_store(void **state)
{
	struct local_fixture *f = *state;
	pid_t pid = standing_reader(f);

	assert_int_equal(overwrite(f), ST_STALE);
	assert_false(local_store_current(f->store));
	local_reopen(f);
	assert_int_equal(overwrite(f), ST_OK);
	end(pid);
}

static void
upkeep_removes_what_is_expired(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);

	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(entry_put(&v, i << 56, STR("key"), STR("x"),
				     i < 70 ? v.now_ms : v.now_ms + LONG),
		    0);
	local_commit(&v);
	assert_int_equal(entries(f), 100);
	assert_int_equal(local_write_upkeep(f->store, local_deadline()), ST_OK);
	assert_int_equal(entries(f), 30);
}

static void
one_process_does_the_upkeep(void **state)
{
	struct local_fixture *f = *state;
	struct values v;

	assert_int_equal(local_write_upkeep(f->store, local_deadline()), ST_OK);
	v = local_begin(f);
	assert_int_equal(entry_put(&v, 1, STR("key"), STR("x"), v.now_ms), 0);
	local_commit(&v);
	assert_int_equal(local_write_upkeep(f->store, local_deadline()), ST_OK);
	assert_int_equal(entries(f), 1);
	f->store->state->upkeep_ms -= 1000;
	assert_int_equal(local_write_upkeep(f->store, local_deadline()), ST_OK);
	assert_int_equal(entries(f), 0);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_writer_waits_no_longer_than_its_deadline),
		TEST(an_ended_store_is_not_written_to),
		TEST(the_file_stays_below_its_mark),
		TEST(dead_readers_hold_no_room),
		TEST(a_reader_that_stands_still_costs_the_store),
		TEST(upkeep_removes_what_is_expired),
		TEST(one_process_does_the_upkeep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
