/* A file store whose files were damaged, cut, exchanged or left behind. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/file_entry.h"

#define KEY   STR("a key")
#define OTHER STR("another key")
#define LARGE 50000

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

/* Nothing is read, and the key can be used as if nothing were there. */
static void
assert_absent(struct fixture *f, const char *path)
{
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(touch(f, KEY, 60), ST_MISSING);
	assert_int_equal(pull(f, KEY, NULL), ST_MISSING);
	assert_int_equal(add(f, KEY, STR("new"), 60), ST_OK);
	assert_value(f, KEY, STR("new"));
	assert_true(file_is_there(path));
}

static void
a_damaged_head_is_no_value(void **state)
{
	static const char garbage[] = "garbage, and a lot of it";
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];

	file_path_of(f, KEY, path);
	for (size_t at = 0; at < sizeof(struct file_head); at += 8) {
		assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
		file_scribble(path, (long)at, garbage, 8);
		assert_absent(f, path);
	}
}

static void
a_damaged_file_is_deleted(void **state)
{
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];

	file_path_of(f, KEY, path);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	file_scribble(path, 0, "x", 1);
	assert_int_equal(del(f, KEY), ST_MISSING);
	assert_false(file_is_there(path));
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	file_scribble(path, 0, "x", 1);
	file_wait_gone(f, path);
}

static void
a_file_that_is_cut_is_no_value(void **state)
{
	static const size_t sizes[] = { 1, 100, 4096, LARGE };
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];
	struct stat st;

	file_path_of(f, KEY, path);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct str value = bytes(f, sizes[i], 1);

		assert_int_equal(set(f, KEY, value, 60), ST_OK);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size - 1), 0);
		assert_int_equal(get(f, KEY, NULL), ST_MISSING);
		assert_int_equal(pull(f, KEY, NULL), ST_MISSING);
		assert_int_equal(set(f, KEY, value, 60), ST_OK);
		assert_value(f, KEY, value);
		assert_int_equal(truncate(path, 0), 0);
		assert_absent(f, path);
		assert_int_equal(del(f, KEY), ST_OK);
	}
}

/* What a crash of the system leaves has the right length, and zeros in it. */
static void
a_value_of_another_boot_is_proved(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, LARGE, 1);
	char path[FILE_PATH_BYTES];
	struct file_head head;
	char zeros[16] = { 0 };

	file_path_of(f, KEY, path);
	assert_int_equal(set(f, KEY, value, 60), ST_OK);
	file_head_get(path, &head);
	head.boot++;
	file_head_put(path, &head);
	assert_value(f, KEY, value);
	file_scribble(path, 40000, zeros, sizeof(zeros));
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
}

static void
a_file_under_anothers_name_is_no_value(void **state)
{
	struct fixture *f = *state;
	char from[FILE_PATH_BYTES];
	char to[FILE_PATH_BYTES];

	file_path_of(f, OTHER, from);
	file_path_of(f, KEY, to);
	assert_int_equal(set(f, OTHER, STR("other"), 60), ST_OK);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_value(f, KEY, STR("value"));
}

/* A link leads nowhere, whatever it leads to. */
static void
a_link_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];
	char aside[FILE_PATH_BYTES];

	file_path_of(f, KEY, path);
	file_path_in(f, "aside", aside);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(symlink(aside, path), 0);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(touch(f, KEY, 60), ST_MISSING);
	assert_int_equal(set(f, KEY, STR("mine"), 60), ST_OK);
	assert_value(f, KEY, STR("mine"));
	assert_true(file_is_there(aside));
}

static void
what_was_left_behind_goes(void **state)
{
	const struct timespec old[] = { { 1, 0 }, { 1, 0 } };
	struct fixture *f = *state;
	char fresh[FILE_PATH_BYTES];
	char left[FILE_PATH_BYTES];
	char *name;

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	file_path_of(f, KEY, left);
	name = strrchr(left, '/') + 1;
	(void)snprintf(name, (size_t)(left + sizeof(left) - name), "new-1");
	file_path_of(f, KEY, fresh);
	name = strrchr(fresh, '/') + 1;
	(void)snprintf(name, (size_t)(fresh + sizeof(fresh) - name), "new-2");
	file_scribble(left, 0, "left", 4);
	file_scribble(fresh, 0, "fresh", 5);
	assert_int_equal(utimensat(AT_FDCWD, left, old, 0), 0);
	file_wait_gone(f, left);
	assert_true(file_is_there(fresh));
	assert_value(f, KEY, STR("value"));
}

static void
a_damaged_state_is_made_anew(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];
	char path[FILE_PATH_BYTES];

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	incarnation_of(f, f->conn, before);
	fixture_part(f);
	file_path_in(f, "file.state", path);
	file_scribble(path, 0, "damaged", 7);
	fixture_meet(f);
	assert_value(f, KEY, STR("value"));
	incarnation_of(f, f->conn, after);
	assert_memory_not_equal(before, after, sizeof(before));
	fixture_part(f);
	assert_int_equal(truncate(path, 10), 0);
	fixture_meet(f);
	assert_value(f, KEY, STR("value"));
}

/* The status of one count upon the fixed counter KEY, or one that slides. */
static enum status
count_one(struct fixture *f, enum cache_algorithm algorithm)
{
	struct cache_op op = {
		.kind = CACHE_COUNT,
		.key = KEY,
		.limit = 1,
		.ttl = 60,
		.algorithm = algorithm,
	};

	run(f, &op, 1);
	return op.status;
}

static void
damaged_counters_count_anew(void **state)
{
	static const char *const folders[] = { "counters", "windows" };
	struct fixture *f = *state;
	char path[FILE_PATH_BYTES];
	char name[32];
	char garbage[1000];

	memset(garbage, 0xff, sizeof(garbage));
	for (enum cache_algorithm a = CACHE_FIXED; a <= CACHE_SLIDING; a++) {
		assert_int_equal(count_one(f, a), ST_OK);
		assert_int_equal(count_one(f, a), ST_REFUSED);
		for (unsigned i = 0; i < 256; i++) {
			(void)snprintf(
			    name, sizeof(name), "%s/%02x", folders[a], i);
			file_path_in(f, name, path);
			file_scribble(path, 0, garbage, sizeof(garbage));
		}
		assert_int_equal(count_one(f, a), ST_OK);
		assert_int_equal(count_one(f, a), ST_REFUSED);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_damaged_head_is_no_value),
		TEST(a_damaged_file_is_deleted),
		TEST(a_file_that_is_cut_is_no_value),
		TEST(a_value_of_another_boot_is_proved),
		TEST(a_file_under_anothers_name_is_no_value),
		TEST(a_link_is_not_followed),
		TEST(what_was_left_behind_goes),
		TEST(a_damaged_state_is_made_anew),
		TEST(damaged_counters_count_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
