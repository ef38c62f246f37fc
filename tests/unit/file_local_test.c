#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "tests/support/file_place.h"

static void
what_is_written_is_read(void **state)
{
	struct place *p = *state;
	struct file_info info;

	assert_int_equal(place_put(p, "f", "one", FILE_REPLACE), ST_OK);
	assert_int_equal(place_read(p, "f", "one"), ST_OK);
	assert_int_equal(place_look(p, "f", &info), ST_OK);
	assert_int_equal(info.bytes, 3);
	assert_false(info.is_folder || info.is_linked);
	assert_int_equal(place_put(p, "f", "", FILE_REPLACE), ST_OK);
	assert_int_equal(place_read(p, "f", ""), ST_OK);
	place_assert_listed(p, "", "f");
}

static void
what_is_appended_stands_behind(void **state)
{
	struct place *p = *state;

	assert_int_equal(place_put(p, "f", "one", FILE_APPEND), ST_OK);
	assert_int_equal(place_put(p, "f", "two", FILE_APPEND), ST_OK);
	assert_int_equal(place_put(p, "f", "", FILE_APPEND), ST_OK);
	place_assert_content(p, "f", "onetwo");
	place_assert_listed(p, "", "f");
}

static void
a_file_that_is_replaced_keeps_its_rights(void **state)
{
	struct place *p = *state;
	struct stat st;

	place_make(p, "f", "one");
	assert_int_equal(chmod(place_at(p, "f"), 0640), 0);
	assert_int_equal(place_put(p, "f", "two", FILE_REPLACE), ST_OK);
	assert_int_equal(stat(place_at(p, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
what_is_dropped_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct file_writer *w;

	place_make(p, "f", "one");
	assert_int_equal(D->write_begin(p->tree, STR("f"), &w, &p->err), ST_OK);
	assert_int_equal(D->write(w, STR("two"), &p->err), ST_OK);
	place_assert_listed(p, "", "f");
	D->write_drop(w);
	place_assert_content(p, "f", "one");
	assert_int_equal(rename(place_at(p, "f"), place_at(p, "g")), 0);
	assert_int_equal(rmdir(p->root), -1);
	assert_int_equal(unlink(place_at(p, "g")), 0);
	assert_int_equal(rmdir(p->root), 0);
	assert_int_equal(mkdir(p->root, 0700), 0);
}

static enum status
refuse_when_there(void *ctx, const struct file_info *now, struct error *err)
{
	int *asked = ctx;

	++*asked;
	return now == NULL ? ST_OK : error_set(err, ST_EXISTS, "there");
}

static void
a_judge_sees_what_stands_there(void **state)
{
	struct place *p = *state;
	int asked = 0;
	const struct file_judge judge = { .ask = refuse_when_there,
		.ctx = &asked };

	assert_int_equal(
	    place_put_judged(p, "f", "one", FILE_REPLACE, judge), ST_OK);
	assert_int_equal(
	    place_put_judged(p, "f", "two", FILE_REPLACE, judge), ST_EXISTS);
	assert_string_equal(p->err.text, "there");
	assert_int_equal(asked, 2);
	place_assert_content(p, "f", "one");
	place_assert_listed(p, "", "f");
}

static void
changes_of_one_folder_wait_for_each_other(void **state)
{
	struct place *p = *state;
	int other = open(p->root, O_RDONLY | O_DIRECTORY);

	assert_int_equal(flock(other, LOCK_EX), 0);
	assert_int_equal(place_put(p, "f", "one", FILE_REPLACE), ST_TIMEOUT);
	(void)close(other);
	place_assert_listed(p, "", "");
	assert_int_equal(place_put(p, "f", "one", FILE_REPLACE), ST_OK);
}

static void
folders_are_made_and_removed(void **state)
{
	struct place *p = *state;
	const struct file_judge judge = { .deadline_ms = INT64_MAX };
	struct file_info info;

	place_no_error(p);
	assert_int_equal(D->make_folder(p->tree, STR("d"), &p->err), ST_OK);
	assert_int_equal(D->make_folder(p->tree, STR("d"), &p->err), ST_EXISTS);
	assert_int_equal(
	    D->make_folder(p->tree, STR("x/d"), &p->err), ST_MISSING);
	assert_int_equal(place_put(p, "d/f", "one", FILE_REPLACE), ST_OK);
	assert_int_equal(place_put(p, "d", "one", FILE_REPLACE), ST_EXISTS);
	assert_int_equal(place_put(p, "x/f", "one", FILE_REPLACE), ST_MISSING);
	assert_int_equal(place_look(p, "d", &info), ST_OK);
	assert_true(info.is_folder);
	assert_int_equal(place_read(p, "d", ""), ST_MISSING);
	place_assert_listed(p, "", "d/");
	place_assert_listed(p, "d", "f");
	place_no_error(p);
	assert_int_equal(
	    D->remove_folder(p->tree, STR("d"), &p->err), ST_EXISTS);
	assert_int_equal(
	    D->remove_folder(p->tree, STR("d/f"), &p->err), ST_MISSING);
	assert_int_equal(
	    D->remove(p->tree, STR("d"), &judge, &p->err), ST_MISSING);
	assert_int_equal(
	    D->remove(p->tree, STR("d/f"), &judge, &p->err), ST_OK);
	assert_int_equal(
	    D->remove(p->tree, STR("d/f"), &judge, &p->err), ST_MISSING);
	assert_int_equal(D->remove_folder(p->tree, STR("d"), &p->err), ST_OK);
	assert_int_equal(
	    D->remove_folder(p->tree, STR("d"), &p->err), ST_MISSING);
	assert_int_equal(
	    D->remove_folder(p->tree, STR(""), &p->err), ST_DENIED);
}

static enum status
move(struct place *p, const char *from, const char *to, bool is_folder)
{
	const struct file_transfer transfer = {
		.from = str_of(from), .to = str_of(to), .is_folder = is_folder
	};

	place_no_error(p);
	return D->move(p->tree, &transfer, &p->err);
}

static void
what_is_moved_replaces_nothing(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdir(place_at(p, "d"), 0700), 0);
	place_make(p, "d/f", "one");
	place_make(p, "g", "two");
	assert_int_equal(move(p, "g", "d/f", false), ST_EXISTS);
	assert_int_equal(move(p, "d", "d/e", true), ST_INVALID);
	assert_int_equal(move(p, "h", "i", false), ST_MISSING);
	assert_int_equal(move(p, "d", "e", true), ST_OK);
	assert_int_equal(move(p, "g", "e/g", false), ST_OK);
	place_assert_listed(p, "", "e/");
	place_assert_content(p, "e/f", "one");
	place_assert_content(p, "e/g", "two");
}

/* And while nobody else changes its folder. */
static void
only_what_it_is_taken_for_is_moved(void **state)
{
	struct place *p = *state;
	int other = open(p->root, O_RDONLY | O_DIRECTORY);

	assert_int_equal(mkdir(place_at(p, "d"), 0700), 0);
	place_make(p, "f", "one");
	assert_int_equal(mkfifo(place_at(p, "pipe"), 0600), 0);
	assert_int_equal(move(p, "d", "e", false), ST_MISSING);
	assert_int_equal(move(p, "f", "e", true), ST_MISSING);
	assert_int_equal(move(p, "pipe", "e", false), ST_MISSING);
	assert_int_equal(flock(other, LOCK_EX), 0);
	assert_int_equal(move(p, "f", "e", false), ST_TIMEOUT);
	(void)close(other);
	place_assert_listed(p, "", "d/ f");
}

static void
a_list_is_in_order_and_bounded(void **state)
{
	struct place *p = *state;
	struct file_names names;

	for (int i = 9; i >= 0; i--)
		place_make(p, arena_printf(&p->arena, "f%d", i).p, "");
	place_make(p, "back\\slash", "");
	place_make(p, "new\nline", "");
	assert_int_equal(mkfifo(place_at(p, "pipe"), 0600), 0);
	place_assert_listed(p, "", "f0 f1 f2 f3 f4 f5 f6 f7 f8 f9");
	place_no_error(p);
	assert_int_equal(
	    D->list(p->tree, STR(""), 9, &p->arena, &names, &p->err),
	    ST_TOO_BIG);
	assert_int_equal(
	    D->list(p->tree, STR("f0"), 9, &p->arena, &names, &p->err),
	    ST_MISSING);
	assert_int_equal(place_read(p, "pipe", ""), ST_MISSING);
}

/* A process that is killed amid a write. */
static void
killed_amid_a_write(struct place *p)
{
	pid_t child = fork();
	int how;

	if (child == 0) {
		struct file_writer *w;

		if (D->write_begin(p->tree, STR("d/f"), &w, &p->err) == ST_OK &&
		    D->write(w, STR("half"), &p->err) == ST_OK)
			(void)raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how));
}

static size_t
names_in(struct place *p, const char *path)
{
	const char *command =
	    arena_printf(&p->arena, "ls -A %s | wc -l", place_at(p, path)).p;
	FILE *f = popen(command, "r");
	unsigned n = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%u", &n), 1);
	(void)pclose(f);
	return n;
}

static void
a_killed_process_leaves_nothing(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdir(place_at(p, "d"), 0700), 0);
	place_make(p, "d/f", "one");
	killed_amid_a_write(p);
	place_assert_content(p, "d/f", "one");
	assert_int_equal(names_in(p, "d"), 1);
}

/* By its start, and by who lists the folder; what is being written stays. */
static void
a_name_that_was_left_is_swept(void **state)
{
	struct place *p = *state;
	struct file_writer *w;

	assert_int_equal(mkdir(place_at(p, "d"), 0700), 0);
	place_make(p, "d/f", "one");
	killed_amid_a_write(p);
	assert_int_equal(names_in(p, "d"), 2);
	place_assert_listed(p, "d", "f");
	assert_int_equal(names_in(p, "d"), 1);
	killed_amid_a_write(p);
	assert_int_equal(
	    D->write_begin(p->tree, STR("d/f"), &w, &p->err), ST_OK);
	assert_int_equal(names_in(p, "d"), 3);
	D->close(p->tree);
	place_open(p, true);
	assert_int_equal(names_in(p, "d"), 2);
	D->write_drop(w);
	assert_int_equal(names_in(p, "d"), 1);
	place_assert_content(p, "d/f", "one");
}

/* What is only called alike belongs to others, and what is only read is left
 * as it is. */
static void
only_what_weir_left_is_swept(void **state)
{
	struct place *p = *state;
	const struct file_config fixed = { .root = p->root, .read_only = true };
	const char *left = ".weir-0123456789abcdef";

	place_make(p, ".weir-config", "");
	place_make(p, ".weir-0123456789abcdeg", "");
	place_make(p, ".weir-0123456789abcdef0", "");
	place_make(p, left, "");
	assert_int_equal(
	    mkfifo(place_at(p, ".weir-fedcba9876543210"), 0600), 0);
	D->close(p->tree);
	place_no_error(p);
	assert_int_equal(D->open(&fixed, &p->tree, &p->err), ST_OK);
	place_assert_listed(p, "", "");
	assert_int_equal(names_in(p, ""), 5);
	D->close(p->tree);
	place_open(p, true);
	assert_int_equal(names_in(p, ""), 4);
	place_make(p, left, "");
	place_assert_listed(p, "", "");
	assert_int_equal(names_in(p, ""), 4);
}

/* One tree in another: the one's name begins with the other's. */
static void
an_identity_shows_what_lies_in_what(void **state)
{
	struct place *p = *state;
	struct file_config config = { .root = p->folder };
	struct file_tree *above;
	struct buf inner = buf_in(&p->arena), outer = buf_in(&p->arena);

	assert_int_equal(D->open(&config, &above, &p->err), ST_OK);
	assert_false(D->identity(p->tree, &inner));
	assert_false(D->identity(above, &outer));
	assert_true(str_starts(buf_str(&inner), buf_str(&outer)));
	assert_true(str_eq(str_skip(buf_str(&inner), outer.n), STR("root/")));
	D->close(above);
}

static void
a_system_without_descriptors_is_told(void **state)
{
	struct place *p = *state;
	struct rlimit all, none;
	struct file_info info;
	enum status st;

	place_make(p, "f", "one");
	place_no_error(p);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = all;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	st = D->look(p->tree, STR("f"), &info, &p->err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_int_equal(st, ST_UNAVAILABLE);
}

static void
a_root_that_is_not_there_is_told(void **state)
{
	struct place *p = *state;
	struct file_config config = { .root = "/nowhere/at/all" };
	struct file_tree *tree;

	place_no_error(p);
	assert_int_equal(D->open(&config, &tree, &p->err), ST_UNAVAILABLE);
	assert_non_null(strstr(p->err.text, "/nowhere/at/all"));
}

#define PLACED(test)                                                           \
	cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
#define NAMED(test)                                                            \
	cmocka_unit_test_setup_teardown(test, place_setup_named, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(what_is_written_is_read),
		NAMED(what_is_written_is_read),
		PLACED(what_is_appended_stands_behind),
		NAMED(what_is_appended_stands_behind),
		PLACED(a_file_that_is_replaced_keeps_its_rights),
		PLACED(what_is_dropped_leaves_nothing),
		NAMED(what_is_dropped_leaves_nothing),
		PLACED(a_judge_sees_what_stands_there),
		PLACED(changes_of_one_folder_wait_for_each_other),
		PLACED(folders_are_made_and_removed),
		PLACED(what_is_moved_replaces_nothing),
		PLACED(only_what_it_is_taken_for_is_moved),
		PLACED(a_list_is_in_order_and_bounded),
		PLACED(a_killed_process_leaves_nothing),
		NAMED(a_name_that_was_left_is_swept),
		PLACED(only_what_weir_left_is_swept),
		PLACED(an_identity_shows_what_lies_in_what),
		PLACED(a_system_without_descriptors_is_told),
		PLACED(a_root_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
