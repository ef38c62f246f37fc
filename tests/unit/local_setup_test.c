#include "drivers/cache/local_setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/cache_folder.h"
#include "tests/support/folder.h"

#define HANG_MS 60000

struct place {
	char path[FOLDER_PATH_BYTES];
	struct cache_folder folder;
};

static int
set_up(void **state)
{
	static struct place place;

	folder_make(place.path);
	assert_int_equal(
	    cache_folder_open(&place.folder, place.path, NULL), ST_OK);
	*state = &place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	cache_folder_close(&place->folder);
	folder_remove(place->path);
	return 0;
}

static void
one_at_a_time_sets_up(void **state)
{
	struct place *place = *state;
	const struct cache_folder *folder = &place->folder;
	int64_t deadline = clock_boot_ms() + HANG_MS;
	struct error err = { 0 };
	bool alone;
	int other;
	int fd;

	assert_int_equal(
	    local_setup_begin(folder, deadline, &fd, &alone, NULL), ST_OK);
	assert_int_equal(
	    local_setup_begin(folder, 0, &other, &alone, &err), ST_TIMEOUT);
	local_setup_done(fd);
	assert_int_equal(
	    local_setup_begin(folder, deadline, &other, &alone, NULL), ST_OK);
	(void)close(fd);
	(void)close(other);
}

static void
only_the_first_user_is_alone(void **state)
{
	struct place *place = *state;
	const struct cache_folder *folder = &place->folder;
	int64_t deadline = clock_boot_ms() + HANG_MS;
	bool alone;
	int first;
	int second;

	assert_int_equal(
	    local_setup_begin(folder, deadline, &first, &alone, NULL), ST_OK);
	assert_true(alone);
	local_setup_done(first);
	assert_int_equal(
	    local_setup_begin(folder, deadline, &second, &alone, NULL), ST_OK);
	assert_false(alone);
	(void)close(first);
	(void)close(second);
	assert_int_equal(
	    local_setup_begin(folder, deadline, &first, &alone, NULL), ST_OK);
	assert_true(alone);
	(void)close(first);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_at_a_time_sets_up),
		TEST(only_the_first_user_is_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
