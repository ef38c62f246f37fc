/* A file store on a disk that is full: a small one of its own where we may
 * mount one, and a limit on the size of files anywhere. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/file_entry.h"

#define KEY        STR("a key")
#define VALUE      20000
#define MANY       400
#define FILE_BYTES 100000

/* Mounts are seen by this process only, and end with it. */
static bool
may_mount(void)
{
	if (unshare(CLONE_NEWNS) != 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int
set_up(void **state)
{
	static struct fixture f;

	fixture_open(&f, place_kind_find("file"));
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

static struct str
key_of(struct fixture *f, unsigned i)
{
	return arena_printf(&f->arena, "key %u", i);
}

/* Each value is there or is not; what was refused left nothing. */
static unsigned
fill(struct fixture *f)
{
	unsigned full = 0;

	for (unsigned i = 0; i < MANY; i++) {
		struct str value = bytes(f, VALUE, i);
		enum status st = set(f, key_of(f, i), value, 0);

		if (st == ST_OK) {
			assert_value(f, key_of(f, i), value);
		} else {
			assert_int_equal(st, ST_FULL);
			assert_int_equal(
			    get(f, key_of(f, i), NULL), ST_MISSING);
			full++;
		}
		arena_reset(&f->arena);
	}
	return full;
}

static void
on_a_small_disk(struct fixture *f)
{
	struct error err = { 0 };

	assert_in_range(fill(f), 1, MANY - 1);
	assert_int_equal(
	    set(f, key_of(f, 0), bytes(f, 2 * VALUE, 1), 0), ST_FULL);
	assert_int_equal(get(f, key_of(f, 0), NULL), ST_MISSING);
	assert_int_equal(
	    add(f, key_of(f, 0), bytes(f, 2 * VALUE, 1), 0), ST_FULL);
	assert_int_equal(touch(f, key_of(f, 1), 60), ST_OK);
	assert_int_equal(add(f, key_of(f, 1), STR("x"), 0), ST_EXISTS);
	assert_int_equal(del(f, key_of(f, 1)), ST_OK);
	assert_int_equal(get(f, key_of(f, 1), NULL), ST_MISSING);
	assert_int_equal(pull(f, key_of(f, 2), NULL), ST_OK);
	(void)fill(f);
	(void)f->driver->ping(f->conn, fixture_deadline(), &err);
	flush(f, &fixture_space);
	assert_int_equal(set(f, KEY, bytes(f, VALUE, 1), 0), ST_OK);
	assert_value(f, KEY, bytes(f, VALUE, 1));
}

static void
a_disk_that_is_full_takes_no_value(void **state)
{
	struct fixture *f = *state;

	if (!may_mount())
		skip();
	fixture_part(f);
	if (mount("none", f->config.path, "tmpfs", 0, "size=3m,mode=0700") != 0)
		skip();
	fixture_meet(f);
	on_a_small_disk(f);
	fixture_part(f);
	assert_int_equal(umount(f->config.path), 0);
	fixture_meet(f);
}

/* Counters need no room once they are there; a group is refused whole. */
static void
a_full_disk_counts_on(void **state)
{
	struct fixture *f = *state;
	struct rlimit none;
	struct rlimit limit;
	struct cache_op ops[] = {
		{ .kind = CACHE_COUNT, .key = KEY, .group = 1 },
		{ .kind = CACHE_COUNT, .key = STR("new"), .group = 1 },
	};

	for (int i = 0; i < 2; i++) {
		ops[i].limit = 9;
		ops[i].ttl = 60;
	}
	assert_int_equal(count(f, KEY, 9, 60), ST_OK);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &none), 0);
	limit = none;
	limit.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_FULL);
	assert_int_equal(ops[1].status, ST_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_OK);
	assert_int_equal(ops[0].count, 2);
	assert_int_equal(ops[1].count, 1);
}

static void
a_value_that_cannot_be_written_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct str large = bytes(f, 2 * FILE_BYTES, 1);
	struct rlimit none;
	struct rlimit limit;

	assert_int_equal(set(f, KEY, STR("old"), 0), ST_OK);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &none), 0);
	limit = none;
	limit.rlim_cur = FILE_BYTES;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(set(f, STR("small"), STR("x"), 0), ST_OK);
	assert_int_equal(add(f, KEY, large, 0), ST_EXISTS);
	assert_int_equal(set(f, KEY, large, 0), ST_FULL);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(add(f, KEY, large, 0), ST_FULL);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(set(f, KEY, large, 0), ST_OK);
	assert_value(f, KEY, large);
}

static void
a_value_larger_than_the_store_is_too_big(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, FIXTURE_MAX_VALUE, 1);

	fixture_part(f);
	f->config.bytes = FIXTURE_MAX_VALUE;
	assert_int_equal(f->driver->open(&f->config, &f->cache, NULL), ST_OK);
	f->conn = fixture_connect(f);
	assert_int_equal(set(f, KEY, STR("old"), 0), ST_OK);
	assert_int_equal(set(f, KEY, value, 0), ST_TOO_BIG);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_disk_counts_on),
		TEST(a_value_that_cannot_be_written_leaves_nothing),
		TEST(a_value_larger_than_the_store_is_too_big),
		TEST(a_disk_that_is_full_takes_no_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
