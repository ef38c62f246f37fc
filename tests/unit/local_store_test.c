#include "drivers/cache/local_store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/local.h"

#define STARTERS 6
#define SOMEBODY 65534

static void
put(struct local_fixture *f)
{
	struct values v = local_begin(f);

	assert_int_equal(entry_put(&v, 1, STR("key"), STR("value"), 0), 0);
	local_commit(&v);
}

static bool
has(struct local_fixture *f)
{
	struct values v = local_begin(f);
	struct entry e;
	int rc = entry_of(&v, 1, STR("key"), &e);

	mdb_txn_abort(v.txn);
	assert_true(rc == 0 || rc == MDB_NOTFOUND);
	return rc == 0;
}

/* Closes and opens it; true when it is another life, and empty. */
static bool
emptied(struct local_fixture *f)
{
	uint8_t before[INCARNATION_BYTES];
	bool same;

	memcpy(before, f->store->incarnation, sizeof(before));
	local_reopen(f);
	same = memcmp(before, f->store->incarnation, sizeof(before)) == 0;
	assert_true(same == has(f));
	return !same;
}

static void
a_store_opened_again_is_the_same(void **state)
{
	struct local_fixture *f = *state;

	put(f);
	assert_false(emptied(f));
	assert_true(local_store_in_place(&f->folder, f->store));
}

static void
its_files_are_the_owners_and_take_all_their_space(void **state)
{
	static const char *const names[] = { "lock", "state", "values",
		"values-lock" };
	struct local_fixture *f = *state;
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(fstatat(f->folder.fd, names[i], &st, 0), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	assert_int_equal(fstatat(f->folder.fd, "values", &st, 0), 0);
	assert_int_equal(st.st_size, LOCAL_MEMORY);
	assert_true(st.st_blocks * 512 >= LOCAL_MEMORY);
}

static void
its_files_belong_to_the_owner_of_the_folder(void **state)
{
	static const char *const names[] = { "lock", "state", "values",
		"values-lock" };
	struct local_fixture *f = *state;
	struct stat folder;
	struct stat st;

	if (geteuid() == 0)
		assert_int_equal(fchown(f->folder.fd, SOMEBODY, SOMEBODY), 0);
	assert_int_equal(fstat(f->folder.fd, &folder), 0);
	cache_folder_close(&f->folder);
	assert_int_equal(cache_folder_open(&f->folder, f->path, NULL), ST_OK);
	local_store_retire(f->store, "a test");
	assert_int_equal(unlinkat(f->folder.fd, "state", 0), 0);
	local_reopen(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(fstatat(f->folder.fd, names[i], &st, 0), 0);
		assert_int_equal(st.st_uid, folder.st_uid);
		assert_int_equal(st.st_gid, folder.st_gid);
	}
}

static void
a_store_that_was_ended_is_made_anew(void **state)
{
	struct local_fixture *f = *state;

	put(f);
	local_store_retire(f->store, "a test");
	assert_false(local_store_current(f->store));
	assert_true(emptied(f));
	assert_true(local_store_current(f->store));
}

static void
who_works_in_an_ended_store_is_not_disturbed(void **state)
{
	struct local_fixture *f = *state;
	struct local_store *next;

	put(f);
	local_store_retire(f->store, "a test");
	next = local_open(f);
	assert_true(has(f));
	put(f);
	assert_false(local_store_in_place(&f->folder, f->store));
	local_store_close(f->store);
	f->store = next;
	assert_false(has(f));
}

static void
missing_files_are_made_anew(void **state)
{
	static const char *const names[] = { "state", "values", "values-lock",
		"lock" };
	struct local_fixture *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put(f);
		assert_int_equal(unlinkat(f->folder.fd, names[i], 0), 0);
		assert_int_equal(emptied(f), strcmp(names[i], "lock") != 0);
	}
}

static void
damaged_values_are_made_anew(void **state)
{
	static const char junk[8192] = "no pages of LMDB";
	struct local_fixture *f = *state;
	char path[FOLDER_PATH_BYTES + 16];

	put(f);
	local_scribble(f, "values", 0, junk, sizeof(junk));
	assert_true(emptied(f));
	put(f);
	(void)snprintf(path, sizeof(path), "%s/values", f->path);
	assert_int_equal(truncate(path, LOCAL_MEMORY / 2), 0);
	assert_true(emptied(f));
}

static void
an_error_of_the_system_empties_nothing(void **state)
{
	struct local_fixture *f = *state;
	static const int passing[] = { MDB_READERS_FULL, ENOMEM, EIO };

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		assert_int_equal(
		    local_store_verdict(f->store, passing[i]), ST_UNAVAILABLE);
	assert_true(local_store_current(f->store));
	assert_int_equal(local_store_verdict(f->store, 0), ST_OK);
	assert_int_equal(
	    local_store_verdict(f->store, MDB_CORRUPTED), ST_STALE);
	assert_false(local_store_current(f->store));
}

static void
a_device_without_the_space_is_reported(void **state)
{
	const struct local_wish huge = { UINT64_C(1) << 60, 1, false };
	struct local_fixture *f = *state;
	struct local_store *store = NULL;
	struct error err = { 0 };
	enum status st;

	local_store_close(f->store);
	st =
	    local_store_open(&f->folder, &huge, local_deadline(), &store, &err);
	assert_true(st == ST_FULL || st == ST_UNAVAILABLE);
	assert_null(store);
	assert_non_null(strstr(err.text, "no room"));
	f->store = local_open(f);
}

/* The incarnation that a process starting now finds. */
static void
starter(struct local_fixture *f, int go, int answer)
{
	struct local_store *store;
	char word;

	if (read(go, &word, 1) != 0)
		_exit(1);
	store = local_open(f);
	(void)!write(answer, store->incarnation, INCARNATION_BYTES);
	local_store_close(store);
	_exit(0);
}

static void
processes_starting_at_once_make_one_store(void **state)
{
	struct local_fixture *f = *state;
	uint8_t first[INCARNATION_BYTES];
	uint8_t other[INCARNATION_BYTES];
	int go[2];
	int answer[2];

	local_store_close(f->store);
	assert_int_equal(unlinkat(f->folder.fd, "state", 0), 0);
	assert_true(pipe(go) == 0 && pipe(answer) == 0);
	for (int i = 0; i < STARTERS; i++) {
		if (fork() != 0)
			continue;
		(void)close(go[1]);
		starter(f, go[0], answer[1]);
	}
	(void)close(go[0]);
	(void)close(go[1]);
	for (int i = 0; i < STARTERS; i++) {
		uint8_t *to = i == 0 ? first : other;

		assert_int_equal(
		    read(answer[0], to, INCARNATION_BYTES), INCARNATION_BYTES);
		assert_true(i == 0 || memcmp(first, other, sizeof(first)) == 0);
	}
	for (int i = 0; i < STARTERS; i++)
		(void)wait(NULL);
	(void)close(answer[0]);
	(void)close(answer[1]);
	f->store = local_open(f);
	assert_memory_equal(f->store->incarnation, first, sizeof(first));
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_store_opened_again_is_the_same),
		TEST(its_files_are_the_owners_and_take_all_their_space),
		TEST(its_files_belong_to_the_owner_of_the_folder),
		TEST(a_store_that_was_ended_is_made_anew),
		TEST(who_works_in_an_ended_store_is_not_disturbed),
		TEST(missing_files_are_made_anew),
		TEST(damaged_values_are_made_anew),
		TEST(an_error_of_the_system_empties_nothing),
		TEST(a_device_without_the_space_is_reported),
		TEST(processes_starting_at_once_make_one_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
