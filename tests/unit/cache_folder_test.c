#include "drivers/cache/cache_folder.h"

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

#include "tests/support/folder.h"

struct place {
	char path[FOLDER_PATH_BYTES];
	char inner[FOLDER_PATH_BYTES + 16];
	struct cache_folder folder;
};

static int
set_up(void **state)
{
	static struct place place;

	folder_make(place.path);
	(void)snprintf(
	    place.inner, sizeof(place.inner), "%s/store", place.path);
	assert_int_equal(
	    cache_folder_open(&place.folder, place.inner, NULL), ST_OK);
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
a_missing_folder_is_made_for_the_owner(void **state)
{
	struct place *place = *state;
	struct stat st;

	assert_int_equal(stat(place->inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void
a_folder_made_by_root_is_its_parents_owners(void **state)
{
	struct place *place = *state;
	struct cache_folder folder;
	struct stat outer, inner;

	assert_int_equal(rmdir(place->inner), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(place->path, 65534, 65534), 0);
	assert_int_equal(cache_folder_open(&folder, place->inner, NULL), ST_OK);
	assert_int_equal(stat(place->path, &outer), 0);
	assert_int_equal(stat(place->inner, &inner), 0);
	assert_int_equal(inner.st_uid, outer.st_uid);
	assert_int_equal(folder.owner, outer.st_uid);
	cache_folder_close(&folder);
}

static void
a_missing_parent_is_invalid(void **state)
{
	struct cache_folder folder;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    cache_folder_open(&folder, "/nowhere/at/all", &err), ST_INVALID);
	assert_non_null(strstr(err.text, "CACHE_PATH"));
}

static void
a_file_is_no_folder(void **state)
{
	struct cache_folder folder;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
	    cache_folder_open(&folder, "/proc/self/exe", &err), ST_INVALID);
	assert_non_null(strstr(err.text, "/proc/self/exe"));
}

static void
a_folder_open_to_everyone_is_refused(void **state)
{
	struct place *place = *state;
	struct cache_folder folder;
	struct error err = { 0 };

	assert_int_equal(chmod(place->inner, 0777), 0);
	assert_int_equal(
	    cache_folder_open(&folder, place->inner, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "everyone"));
}

static void
a_removed_folder_is_made_again(void **state)
{
	struct place *place = *state;
	struct stat st;
	int fd;

	assert_int_equal(rmdir(place->inner), 0);
	cache_folder_renew(&place->folder);
	assert_int_equal(stat(place->inner, &st), 0);
	fd = openat(place->folder.fd, "file", O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_folder_is_made_for_the_owner),
		TEST(a_folder_made_by_root_is_its_parents_owners),
		TEST(a_missing_parent_is_invalid),
		TEST(a_file_is_no_folder),
		TEST(a_folder_open_to_everyone_is_refused),
		TEST(a_removed_folder_is_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
