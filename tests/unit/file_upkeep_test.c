/* The folder of a file store: what is in it, who may read it, what upkeep and
 * flushes do to it. */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/file_lock.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/file_entry.h"

#define KEY    STR("a key")
#define OTHER  STR("another key")
#define MANY   1000
#define NOBODY 65534

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

static struct cache_stats
stats_of(struct fixture *f)
{
	struct cache_stats stats;

	assert_int_equal(
	    f->driver->stats(f->conn, &stats, fixture_deadline(), NULL), ST_OK);
	return stats;
}

static int
check_mode(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	return (st->st_mode & 0777) != (type == FTW_D ? 0700 : 0600);
}

static int
check_owner(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)type;
	(void)ftw;
	return st->st_uid != NOBODY;
}

static void
all_files_are_private(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(count(f, KEY, 1, 60), ST_OK);
	flush(f, &fixture_space);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(nftw(f->config.path, check_mode, 16, FTW_PHYS), 0);
}

static void
what_root_makes_is_the_owners(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		return; /* then all files are ours anyway */
	fixture_part(f);
	folder_remove(f->config.path);
	assert_int_equal(mkdir(f->config.path, 0700), 0);
	assert_int_equal(chown(f->config.path, NOBODY, NOBODY), 0);
	fixture_meet(f);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(count(f, KEY, 1, 60), ST_OK);
	flush(f, &fixture_space);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(nftw(f->config.path, check_owner, 16, FTW_PHYS), 0);
}

static void
what_has_expired_is_swept(void **state)
{
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];
	struct file_head head;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(set(f, OTHER, STR("value"), 60), ST_OK);
	assert_int_equal(stats_of(f).items, 2);
	file_path_of(f, KEY, path);
	file_head_get(path, &head);
	head.expiry_ms = clock_now().wall_ms - 1;
	file_head_put(path, &head);
	file_wait_gone(f, path);
	assert_value(f, OTHER, STR("value"));
	assert_int_equal(stats_of(f).items, 1);
}

static void
what_others_remove_is_counted(void **state)
{
	struct fixture *f = *state;
	int64_t deadline_ms = fixture_deadline();
	char path[FILE_PATH_BYTES];

	assert_int_equal(set(f, OTHER, bytes(f, 5000, 1), 0), ST_OK);
	assert_int_equal(stats_of(f).bytes, 8192);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(set(f, key_of(f, i), STR("x"), 0), ST_OK);
	for (unsigned i = 0; i < 100; i++) {
		file_path_of(f, key_of(f, i), path);
		assert_int_equal(remove(path), 0);
	}
	assert_int_equal(stats_of(f).items, 101);
	while (stats_of(f).items > 1 && clock_boot_ms() < deadline_ms) {
		f->driver->upkeep(f->conn);
		(void)usleep(20000);
	}
	assert_int_equal(stats_of(f).items, 1);
	assert_int_equal(stats_of(f).bytes, 8192);
}

/* Counts upon KEY, and sweeps until the file of its shard is empty. */
static void
assert_passes(struct fixture *f, enum cache_algorithm algorithm,
    const char *folder, off_t bytes)
{
	struct cache_op op = { .kind = CACHE_COUNT,
		.key = KEY,
		.limit = 1,
		.ttl = 1,
		.algorithm = algorithm };
	char path[FILE_PATH_BYTES];
	struct stat st = { .st_size = 1 };
	uint8_t id[DIGEST_BYTES];
	char name[32];
	int64_t deadline_ms = fixture_deadline();

	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	digest(STR("space\x1f"
		   "a key"),
	    id);
	(void)snprintf(name, sizeof(name), "%s/%02x", folder, id[0]);
	file_path_in(f, name, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, bytes);
	while (st.st_size > 0 && clock_boot_ms() < deadline_ms) {
		f->driver->upkeep(f->conn);
		(void)usleep(20000);
		assert_int_equal(stat(path, &st), 0);
	}
	assert_int_equal(st.st_size, 0);
	run(f, &op, 1);
	assert_int_equal(op.status, ST_OK);
}

static void
counters_that_have_passed_take_no_room(void **state)
{
	assert_passes(*state, CACHE_FIXED, "counters", 32);
	assert_passes(*state, CACHE_SLIDING, "windows", 112);
}

/* A flush that runs out of time is done all the same; the files go later. */
static void
a_flush_in_no_time_is_done(void **state)
{
	struct fixture *f = *state;
	int64_t deadline_ms = fixture_deadline();

	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(set(f, key_of(f, i), STR("x"), 0), ST_OK);
	assert_int_equal(
	    f->driver->flush(f->conn, &fixture_space, clock_boot_ms(), NULL),
	    ST_OK);
	for (unsigned i = 0; i < MANY; i += 97)
		assert_int_equal(get(f, key_of(f, i), NULL), ST_MISSING);
	assert_int_equal(set(f, KEY, STR("value"), 0), ST_OK);
	while (stats_of(f).items > 1 && clock_boot_ms() < deadline_ms) {
		f->driver->upkeep(f->conn);
		(void)usleep(20000);
	}
	assert_int_equal(stats_of(f).items, 1);
	assert_value(f, KEY, STR("value"));
}

struct flusher {
	struct fixture *f;
	struct cache_conn *conn;
	atomic_bool done;
};

static void *
flush_often(void *arg)
{
	struct flusher *fl = arg;

	while (!atomic_load(&fl->done))
		if (fl->f->driver->flush(fl->conn, &fixture_space,
			fixture_deadline(), NULL) != ST_OK)
			return fl;
	return NULL;
}

static void
writers_do_not_mind_flushes(void **state)
{
	struct fixture *f = *state;
	struct flusher fl = { .f = f, .conn = fixture_connect(f) };
	pthread_t thread;
	void *failed;

	assert_int_equal(pthread_create(&thread, NULL, flush_often, &fl), 0);
	for (unsigned i = 0; i < MANY / 4; i++) {
		enum status st;

		assert_int_equal(set(f, key_of(f, i), STR("x"), 60), ST_OK);
		st = get(f, key_of(f, i), NULL);
		assert_true(st == ST_OK || st == ST_MISSING);
		st = touch(f, key_of(f, i), 60);
		assert_true(st == ST_OK || st == ST_MISSING);
		st = del(f, key_of(f, i));
		assert_true(st == ST_OK || st == ST_MISSING);
		arena_reset(&f->arena);
	}
	atomic_store(&fl.done, true);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	f->driver->disconnect(fl.conn);
}

/* Somebody clears CACHE_PATH, with or without the folder itself. */
static void
a_folder_that_is_removed_is_made_again(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];
	char path[FILE_PATH_BYTES];

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	incarnation_of(f, f->conn, before);
	folder_remove(f->config.path);
	assert_int_equal(set(f, OTHER, STR("value"), 60), ST_OK);
	assert_value(f, OTHER, STR("value"));
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	incarnation_of(f, f->conn, after);
	assert_memory_not_equal(before, after, sizeof(before));
	file_path_in(f, "entries", path);
	folder_remove(path);
	assert_int_equal(get(f, OTHER, NULL), ST_MISSING);
	assert_int_equal(set(f, OTHER, STR("value"), 60), ST_OK);
	assert_value(f, OTHER, STR("value"));
}

/* Another that hangs with the lock of a shard holds up no reader, and no
 * writer longer than its deadline. */
static void
a_lock_that_is_held_ends_writes_in_time(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = {
		{ .kind = CACHE_SET, .key = KEY, .value = STR("new") },
		{ .kind = CACHE_GET, .key = KEY },
		{ .kind = CACHE_SET, .key = OTHER, .value = STR("new") },
	};
	char path[FILE_PATH_BYTES];
	uint8_t id[DIGEST_BYTES];
	int fd;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	file_path_in(f, "file.lock", path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	digest(KEY, id);
	assert_int_equal(
	    file_lock_take(fd, FILE_LOCK_VALUES + id[0], 0), ST_OK);
	assert_int_equal(fixture_try(f, f->conn, ops, 1, 100), ST_TIMEOUT);
	assert_int_equal(ops[0].status, ST_TIMEOUT);
	assert_int_equal(fixture_try(f, f->conn, ops + 1, 2, 1000), ST_OK);
	assert_int_equal(ops[1].status, ST_OK);
	assert_int_equal(ops[2].status, ST_OK);
	(void)close(fd);
	assert_value(f, KEY, STR("value"));
	assert_int_equal(set(f, KEY, STR("new"), 60), ST_OK);
}

static void
ping_says_what_to_do(void **state)
{
	struct fixture *f = *state;
	struct error err = { 0 };
	enum status st;

	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_OK);
	assert_int_equal(chmod(f->config.path, 0500), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	st = f->driver->ping(f->conn, fixture_deadline(), &err);
	if (geteuid() == NOBODY)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(st, ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, f->config.path));
	assert_non_null(strstr(err.text, "user that weir runs as"));
	assert_int_equal(chmod(f->config.path, 0700), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_files_are_private),
		TEST(what_root_makes_is_the_owners),
		TEST(what_has_expired_is_swept),
		TEST(what_others_remove_is_counted),
		TEST(counters_that_have_passed_take_no_room),
		TEST(a_flush_in_no_time_is_done),
		TEST(writers_do_not_mind_flushes),
		TEST(a_folder_that_is_removed_is_made_again),
		TEST(a_lock_that_is_held_ends_writes_in_time),
		TEST(ping_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
