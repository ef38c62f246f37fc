#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/file_place.h"

static void
links_are_made(struct place *p)
{
	char outside[FOLDER_PATH_BYTES + 8];
	FILE *f;

	(void)snprintf(outside, sizeof(outside), "%s/secret", p->folder);
	f = fopen(outside, "w");
	assert_non_null(f);
	assert_true(fputs("secret", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(mkdir(place_at(p, "d"), 0700), 0);
	place_make(p, "d/f", "one");
	assert_int_equal(symlink("d", place_at(p, "in")), 0);
	assert_int_equal(symlink("../d/f", place_at(p, "d/up")), 0);
	assert_int_equal(symlink("..", place_at(p, "out")), 0);
	assert_int_equal(symlink("../secret", place_at(p, "file")), 0);
	assert_int_equal(symlink(outside, place_at(p, "absolute")), 0);
	assert_int_equal(symlink("/proc/self/cwd", place_at(p, "magic")), 0);
	assert_int_equal(symlink("loop", place_at(p, "loop")), 0);
	assert_int_equal(symlink("nowhere", place_at(p, "broken")), 0);
}

static void
links_that_stay_inside_are_read(void **state)
{
	struct place *p = *state;
	struct file_info info;

	links_are_made(p);
	assert_int_equal(place_read(p, "in/f", "one"), ST_OK);
	assert_int_equal(place_read(p, "d/up", "one"), ST_OK);
	assert_int_equal(place_look(p, "in", &info), ST_OK);
	assert_true(info.is_linked && info.is_folder);
	place_assert_listed(p, "in", "f up@");
}

/* NULL: nobody knows. */
static void
assert_told(const struct file_place *place, const char *expected)
{
	assert_int_equal(place->is_told, expected != NULL);
	if (expected != NULL)
		assert_true(
		    str_eq(str_make(place->text, place->n), str_of(expected)));
}

static void
a_look_tells_where_a_link_leads(void **state)
{
	struct place *p = *state;
	struct file_info info;

	links_are_made(p);
	assert_int_equal(symlink("..", place_at(p, "d/root")), 0);
	assert_int_equal(place_look(p, "in/f", &info), ST_OK);
	assert_told(&info.place, "d/f");
	assert_int_equal(place_look(p, "in", &info), ST_OK);
	assert_told(&info.place, "d");
	assert_int_equal(place_look(p, "in/root", &info), ST_OK);
	assert_told(&info.place, "");
	assert_int_equal(place_look(p, "broken", &info), ST_MISSING);
	assert_true(info.is_linked);
	assert_told(&info.place, NULL);
	assert_int_equal(place_look(p, "d/f", &info), ST_OK);
	assert_false(info.is_linked);
}

static void
reads_and_lists_tell_it_too(void **state)
{
	struct place *p = *state;
	struct file_names names;
	struct file_info info;
	int fd;

	links_are_made(p);
	assert_int_equal(
	    D->read(p->tree, STR("d/up"), &fd, &info, &p->err), ST_OK);
	assert_int_equal(close(fd), 0);
	assert_told(&info.place, "d/f");
	assert_int_equal(
	    D->list(p->tree, STR("in"), 9, &p->arena, &names, &p->err), ST_OK);
	assert_true(names.is_linked);
	assert_told(&names.place, "d");
	assert_int_equal(
	    D->list(p->tree, STR("d"), 9, &p->arena, &names, &p->err), ST_OK);
	assert_false(names.is_linked);
}

static void
links_that_leave_are_refused(void **state)
{
	static const char *const paths[] = { "out", "out/secret", "file",
		"absolute", "magic", "loop" };
	struct place *p = *state;
	struct file_info info;
	struct file_names names;

	links_are_made(p);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(place_look(p, paths[i], &info), ST_DENIED);
		assert_int_equal(place_read(p, paths[i], ""), ST_DENIED);
		place_no_error(p);
		assert_int_equal(D->list(p->tree, str_of(paths[i]), 9,
				     &p->arena, &names, &p->err),
		    ST_DENIED);
		assert_null(strstr(p->err.text, p->folder));
	}
	assert_int_equal(place_look(p, "broken", &info), ST_MISSING);
	assert_int_equal(place_look(p, "../secret", &info), ST_DENIED);
	assert_int_equal(place_look(p, "/etc/passwd", &info), ST_DENIED);
}

static void
nothing_is_written_through_a_link(void **state)
{
	struct place *p = *state;
	const struct file_judge judge = { .deadline_ms = INT64_MAX };
	struct file_transfer transfer = { .from = STR("d/f"),
		.to = STR("out/f") };

	links_are_made(p);
	assert_int_equal(place_put(p, "in/g", "x", FILE_REPLACE), ST_DENIED);
	assert_int_equal(place_put(p, "d/up", "x", FILE_REPLACE), ST_DENIED);
	assert_int_equal(place_put(p, "out/g", "x", FILE_REPLACE), ST_DENIED);
	assert_int_equal(place_put(p, "file", "x", FILE_APPEND), ST_DENIED);
	assert_int_equal(place_put(p, "../g", "x", FILE_REPLACE), ST_DENIED);
	place_no_error(p);
	assert_int_equal(
	    D->make_folder(p->tree, STR("in/e"), &p->err), ST_DENIED);
	assert_int_equal(
	    D->remove(p->tree, STR("in/f"), &judge, &p->err), ST_DENIED);
	assert_int_equal(D->move(p->tree, &transfer, &p->err), ST_DENIED);
	transfer.from = STR("d/up"); /* a link is not moved */
	transfer.to = STR("up");
	assert_int_equal(D->move(p->tree, &transfer, &p->err), ST_DENIED);
	place_assert_content(p, "d/f", "one");
	place_assert_content(p, "../secret", "secret");
	/* The link itself may go. */
	assert_int_equal(
	    D->remove(p->tree, STR("file"), &judge, &p->err), ST_OK);
	place_assert_content(p, "../secret", "secret");
}

static void
a_peek_says_what_a_look_says(void **state)
{
	struct place *p = *state;
	struct file_info seen, looked;

	links_are_made(p);
	assert_int_equal(place_look(p, "d/f", &looked), ST_OK);
	if (D->peek(p->tree, STR("d/f"), &seen) == ST_TIMEOUT)
		skip(); /* the kernel cannot tell from memory alone */
	assert_int_equal(seen.bytes, looked.bytes);
	assert_int_equal(seen.modified_ns, looked.modified_ns);
	assert_int_equal(seen.changed_ns, looked.changed_ns);
	assert_int_equal(seen.id, looked.id);
	assert_int_equal(D->peek(p->tree, STR("in/f"), &seen), ST_DENIED);
	assert_int_equal(place_look(p, "d/none", &looked), ST_MISSING);
	assert_int_equal(D->peek(p->tree, STR("d/none"), &seen), ST_MISSING);
	assert_int_equal(place_put(p, "d/f", "three", FILE_REPLACE), ST_OK);
	assert_int_equal(D->peek(p->tree, STR("d/f"), &seen), ST_OK);
	assert_int_equal(seen.bytes, 5);
	assert_int_not_equal(seen.id, looked.id);
}

#define PLACED(test)                                                           \
	cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(links_that_stay_inside_are_read),
		PLACED(a_look_tells_where_a_link_leads),
		PLACED(reads_and_lists_tell_it_too),
		PLACED(links_that_leave_are_refused),
		PLACED(nothing_is_written_through_a_link),
		PLACED(a_peek_says_what_a_look_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
