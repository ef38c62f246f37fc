#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/settings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define KEY          "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct arena arena;
static char path[] = "settings_test.XXXXXX";

/* What one reading gave. */
static struct settings settings;
static struct str path_used;
static struct buf warnings, problems;

static int
open_file(void **state)
{
	int fd;

	(void)state;
	arena_init(&arena, 4096);
	(void)snprintf(path, sizeof(path), "settings_test.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 || close(fd) != 0;
}

static int
remove_file(void **state)
{
	(void)state;
	arena_close(&arena);
	return unlink(path);
}

static void
file_write(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static enum status
check(const char *file)
{
	warnings = buf_in(&arena);
	problems = buf_in(&arena);
	return settings_check(
	    &arena, file, &settings, &path_used, &warnings, &problems);
}

/* Text with every "F:" at the start of a line standing for the path. */
static void
assert_lines(const struct buf *lines, const char *wanted)
{
	struct buf all = buf_in(&arena);
	struct str rest = str_of(wanted);

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		if (str_starts(line, STR("F:"))) {
			buf_put(&all, str_of(path));
			line = str_skip(line, 1);
		}
		buf_put(&all, line);
		buf_put_char(&all, '\n');
	}
	if (!str_eq(buf_str(lines), buf_str(&all)))
		fail_msg("got <%.*s>, expected <%.*s>", STR_ARG(buf_str(lines)),
		    STR_ARG(buf_str(&all)));
}

static void
an_empty_file_leaves_the_defaults(void **state)
{
	(void)state;
	file_write("");
	assert_int_equal(check(path), ST_OK);
	assert_true(str_eq(path_used, str_of(path)));
	assert_lines(&warnings, "");
	assert_string_equal(settings.cache_driver, "local");
	assert_string_equal(settings.listen, "");
	assert_int_equal(settings.cache_memory, 64 * 1024 * 1024);
	assert_int_equal(settings.read_timeout, 30000);
	assert_int_equal(settings.limit_on_error, ON_ERROR_LOCAL);
	assert_int_equal(settings.workers, 0);
}

static void
values_of_the_file_are_read(void **state)
{
	(void)state;
	file_write("APP_KEY=base64:" KEY "\nCACHE_STORE=file\n"
		   "export MAX_BODY='2m'\nQUEUE=8\nQUEUE=9\n");
	assert_int_equal(check(path), ST_OK);
	assert_string_equal(settings.app_key, "base64:" KEY);
	assert_string_equal(settings.cache_driver, "file");
	assert_int_equal(settings.max_body, 2 * 1024 * 1024);
	assert_int_equal(settings.queue, 9);
}

static void
laravels_words_are_understood(void **state)
{
	static const char *const defaults[] = { "null", "(null)", "NULL",
		"(Null)", "", "empty", "(empty)", "\"\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(defaults); i++) {
		file_write(arena_printf(&arena, "QUEUE=%s\n", defaults[i]).p);
		assert_int_equal(check(path), ST_OK);
		assert_int_equal(settings.queue, 256);
	}
	file_write("CACHE_PREFIX=(empty)\nLOG_FILE=(null)\n");
	assert_int_equal(check(path), ST_OK);
	assert_string_equal(settings.cache_prefix, "");
	assert_string_equal(settings.log_file, "stderr");
}

static void
a_name_without_a_value_is_the_default(void **state)
{
	(void)state;
	file_write("CACHE_PREFIX\nQUEUE\n");
	assert_int_equal(check(path), ST_OK);
	assert_string_equal(settings.cache_prefix, "weir");
	assert_int_equal(settings.queue, 256);
}

static void
the_process_environment_wins(void **state)
{
	(void)state;
	file_write("QUEUE=8\nCACHE_DRIVER=file\nLOG_FILE=${QUEUE}.log\n");
	assert_int_equal(setenv("QUEUE", "10", 1), 0);
	assert_int_equal(setenv("CACHE_STORE", "redis", 1), 0);
	assert_int_equal(check(path), ST_OK);
	assert_int_equal(unsetenv("QUEUE"), 0);
	assert_int_equal(unsetenv("CACHE_STORE"), 0);
	assert_int_equal(settings.queue, 10);
	assert_string_equal(settings.cache_driver, "redis");
	assert_string_equal(settings.log_file, "10.log");
}

static void
of_two_names_the_later_line_counts(void **state)
{
	(void)state;
	file_write("CACHE_STORE=redis\nCACHE_DRIVER=file\n");
	assert_int_equal(check(path), ST_OK);
	assert_string_equal(settings.cache_driver, "file");
	file_write("CACHE_DRIVER=file\nCACHE_STORE=redis\n");
	assert_int_equal(check(path), ST_OK);
	assert_string_equal(settings.cache_driver, "redis");
}

static void
all_wrong_values_are_told_with_their_lines(void **state)
{
	(void)state;
	file_write("QUEUE=\"many\\n\"\n\nFRONTS=0\nLOG_LEVEL=\"very loud\"\n");
	assert_int_equal(check(path), ST_INVALID);
	assert_lines(&problems,
	    "F:3: FRONTS: value \"0\": expected a number from 1 to 64\n"
	    "F:1: QUEUE: value \"many?\": expected a number from 1 to 65536\n"
	    "F:4: LOG_LEVEL: value \"very loud\": expected one of "
	    "error|warning|info|debug\n");
	assert_int_equal(settings.queue, 256);
}

static void
a_wrong_secret_is_not_shown(void **state)
{
	(void)state;
	file_write("APP_KEY=hunter2\n");
	assert_int_equal(check(path), ST_INVALID);
	assert_lines(&problems,
	    "F:1: APP_KEY: value \"***\": expected base64 of 32 bytes, as "
	    "`weir setup` writes it\n");
}

static void
a_wrong_value_of_the_environment_says_so(void **state)
{
	(void)state;
	file_write("QUEUE=8\n");
	assert_int_equal(setenv("QUEUE", "many", 1), 0);
	assert_int_equal(check(path), ST_INVALID);
	assert_int_equal(unsetenv("QUEUE"), 0);
	assert_lines(&problems,
	    "environment: QUEUE: value \"many\": expected a number from 1 to "
	    "65536\n");
}

static void
a_broken_line_is_told_with_file_and_line(void **state)
{
	struct error err = { 0 };

	(void)state;
	file_write("QUEUE=8\nLOG_FILE=two words\n");
	assert_int_equal(
	    settings_read(&arena, path, &settings, &path_used, &warnings, &err),
	    ST_INVALID);
	assert_string_equal(
	    err.text, arena_printf(&arena,
			  "%s:2: LOG_FILE: expected quotes around a "
			  "value with blanks",
			  path)
			  .p);
}

static void
unknown_names_are_warnings_with_the_nearest_known(void **state)
{
	(void)state;
	file_write("CACHE_DRIVR=file\nREDIS_FLAVOUR=x\nWORKER=3\n"
		   "MAIL_HOST=mail\nAPP_NAME=Laravel\n");
	assert_int_equal(setenv("CACHE_MEMORI", "1m", 1), 0);
	assert_int_equal(setenv("FRONT", "1", 1), 0);
	assert_int_equal(check(path), ST_OK);
	assert_int_equal(unsetenv("CACHE_MEMORI"), 0);
	assert_int_equal(unsetenv("FRONT"), 0);
	assert_lines(&warnings,
	    "F:1: CACHE_DRIVR: unknown name, did you mean CACHE_DRIVER?\n"
	    "F:2: REDIS_FLAVOUR: unknown name\n"
	    "F:3: WORKER: unknown name, did you mean WORKERS?\n"
	    "environment: CACHE_MEMORI: unknown name, did you mean "
	    "CACHE_MEMORY?\n");
}

static void
a_file_that_everyone_reads_is_a_warning(void **state)
{
	(void)state;
	file_write("QUEUE=8\n");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(check(path), ST_OK);
	assert_lines(&warnings,
	    "F: everyone may read this file; it holds secrets (chmod 640)\n");
}

static void
a_file_that_was_asked_for_must_exist(void **state)
{
	(void)state;
	assert_int_equal(check("no/such/file"), ST_INVALID);
	assert_lines(&problems, "no/such/file: No such file or directory\n");
	assert_int_equal(settings.queue, 256);
}

static void
weir_env_names_the_file(void **state)
{
	(void)state;
	file_write("QUEUE=8\n");
	assert_int_equal(setenv("WEIR_ENV", path, 1), 0);
	assert_int_equal(check(NULL), ST_OK);
	assert_int_equal(unsetenv("WEIR_ENV"), 0);
	assert_int_equal(settings.queue, 8);
	assert_lines(&warnings, "");
}

static void
a_file_that_no_person_wrote_is_refused(void **state)
{
	(void)state;
	assert_int_equal(check("/dev/zero"), ST_INVALID);
	assert_lines(&problems, "/dev/zero: File too large\n");
	assert_int_equal(check("/"), ST_INVALID);
	assert_lines(&problems, "/: Is a directory\n");
}

static void
a_reload_keeps_what_only_a_start_changes(void **state)
{
	struct settings start = { .queue = 8, .listen = "unix:/a" };
	struct settings fresh = { .queue = 9, .listen = "unix:/b" };

	(void)state;
	start.max_body = 1;
	fresh.max_body = 2;
	settings_keep(&start, &fresh);
	assert_int_equal(fresh.queue, 8);
	assert_string_equal(fresh.listen, "unix:/a");
	assert_int_equal(fresh.max_body, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_file, remove_file)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_leaves_the_defaults),
		TEST(values_of_the_file_are_read),
		TEST(laravels_words_are_understood),
		TEST(a_name_without_a_value_is_the_default),
		TEST(the_process_environment_wins),
		TEST(of_two_names_the_later_line_counts),
		TEST(all_wrong_values_are_told_with_their_lines),
		TEST(a_wrong_secret_is_not_shown),
		TEST(a_wrong_value_of_the_environment_says_so),
		TEST(a_broken_line_is_told_with_file_and_line),
		TEST(unknown_names_are_warnings_with_the_nearest_known),
		TEST(a_file_that_everyone_reads_is_a_warning),
		TEST(a_file_that_was_asked_for_must_exist),
		TEST(weir_env_names_the_file),
		TEST(a_file_that_no_person_wrote_is_refused),
		cmocka_unit_test(a_reload_keeps_what_only_a_start_changes),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
