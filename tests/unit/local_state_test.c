/* What happens to a state file that cannot be used, and to who still does. */
#include "drivers/cache/local_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/local.h"

#define MARK 77

/* Opens the state again; true when it is the same as before. */
static bool
kept(struct local_fixture *f, bool alone, uint64_t memory)
{
	const struct local_wish wish = { memory, LOCAL_MAX_VALUE, false };
	struct local_map map;
	bool same;

	f->store->state->evictions = MARK;
	assert_int_equal(
	    local_map_open(&f->folder, alone, &wish, &map, NULL), ST_OK);
	same = map.state->evictions == MARK;
	local_map_close(&map);
	return same;
}

static void
a_state_is_joined(void **state)
{
	struct local_fixture *f = *state;

	assert_true(kept(f, true, LOCAL_MEMORY));
	assert_true(kept(f, false, LOCAL_MEMORY));
	assert_true(local_map_in_place(&f->folder, &f->store->map));
	assert_true(local_store_current(f->store));
}

static void
its_file_is_the_owners(void **state)
{
	struct local_fixture *f = *state;
	struct stat st;

	assert_int_equal(fstatat(f->folder.fd, "state", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_blocks * 512 >= (off_t)sizeof(struct local_state));
}

static void
another_boot_empties_it(void **state)
{
	struct local_fixture *f = *state;

	f->store->state->boot_id[0] ^= 1;
	assert_false(kept(f, true, LOCAL_MEMORY));
	assert_false(local_map_in_place(&f->folder, &f->store->map));
}

static void
another_format_empties_it_and_tells_its_users(void **state)
{
	struct local_fixture *f = *state;

	f->store->state->format++;
	assert_false(kept(f, false, LOCAL_MEMORY));
	assert_false(local_store_current(f->store));
}

static void
another_format_is_left_to_those_who_made_it(void **state)
{
	const struct local_wish wish = { LOCAL_MEMORY, 1, true };
	struct local_fixture *f = *state;
	struct local_map map;
	struct error err = { 0 };

	f->store->state->format++;
	assert_int_equal(local_map_open(&f->folder, false, &wish, &map, &err),
	    ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "version"));
	assert_true(local_map_in_place(&f->folder, &f->store->map));
	assert_true(local_store_current(f->store));
}

static void
damage_empties_it(void **state)
{
	struct local_fixture *f = *state;

	local_scribble(f, "state", 0, "something else", 14);
	assert_false(kept(f, true, LOCAL_MEMORY));
}

static void
a_file_cut_short_is_made_anew(void **state)
{
	static const off_t sizes[] = { 0, 1, 4096, sizeof(struct local_state) };
	struct local_fixture *f = *state;
	struct local_map map;
	char path[FOLDER_PATH_BYTES + 16];

	(void)snprintf(path, sizeof(path), "%s/state", f->path);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(unlink(path), 0);
		assert_int_equal(
		    local_map_open(&f->folder, true, &local_wish, &map, NULL),
		    ST_OK);
		local_map_close(&map);
		assert_int_equal(truncate(path, sizes[i]), 0);
		assert_int_equal(
		    local_map_open(&f->folder, true, &local_wish, &map, NULL),
		    ST_OK);
		assert_int_equal(map.state->memory, LOCAL_MEMORY);
		local_map_close(&map);
	}
}

static void
another_size_is_taken_only_alone(void **state)
{
	struct local_fixture *f = *state;

	assert_true(kept(f, false, 2 * LOCAL_MEMORY));
	assert_false(kept(f, true, 2 * LOCAL_MEMORY));
}

static void
what_a_crash_left_does_not_matter(void **state)
{
	struct local_fixture *f = *state;
	struct local_map map;

	assert_int_equal(
	    renameat(f->folder.fd, "state", f->folder.fd, "state.new"), 0);
	assert_int_equal(
	    local_map_open(&f->folder, true, &local_wish, &map, NULL), ST_OK);
	assert_true(local_map_in_place(&f->folder, &map));
	local_map_close(&map);
}

static void
a_life_is_ended_once(void **state)
{
	struct local_fixture *f = *state;
	uint64_t generation = f->store->generation;

	assert_true(local_state_retire(f->store->state, generation));
	assert_false(local_state_retire(f->store->state, generation));
	assert_int_equal(f->store->state->generation, generation + 1);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_state_is_joined),
		TEST(its_file_is_the_owners),
		TEST(another_boot_empties_it),
		TEST(another_format_empties_it_and_tells_its_users),
		TEST(another_format_is_left_to_those_who_made_it),
		TEST(damage_empties_it),
		TEST(a_file_cut_short_is_made_anew),
		TEST(another_size_is_taken_only_alone),
		TEST(what_a_crash_left_does_not_matter),
		TEST(a_life_is_ended_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
