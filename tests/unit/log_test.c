#include "app/base/log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/log_place.h"
#include "app/base/log_text.h"
#include "tests/support/folder.h"

#define HOSTILE       "a\n\"b\"\\\x1b[2J\xff \xc2\x85\xc3\xa4\x7f"
#define HOSTILE_SHOWN "a\\x0a\"b\"\\\\x1b[2J\\xff \\xc2\\x85\xc3\xa4\\x7f"

#define WRITERS      4u
#define LINES_EACH   2000
#define LINES_A_TURN 16
#define RELOADS      200

static char folder[FOLDER_PATH_BYTES];
static char path[FOLDER_PATH_BYTES + 8];
static char said[8192];

static int
set_up(void **state)
{
	(void)state;
	folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	return 0;
}

static int
tear_down(void **state)
{
	const struct log_style plain = { LOG_TEXT, LOG_JSON, 3 };

	(void)state;
	log_style(&plain);
	if (log_open("stderr", "off", LOG_INFO, NULL) != ST_OK)
		return 1;
	folder_remove(folder);
	return 0;
}

static void
open_as(enum log_format format, const char *place)
{
	const struct log_style style = { format, format, 3 };

	log_style(&style);
	assert_int_equal(log_open(place, "off", LOG_INFO, NULL), ST_OK);
}

/* What the file holds. */
static const char *
read_all(void)
{
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(said, 1, sizeof(said) - 1, file);
	said[n] = '\0';
	(void)fclose(file);
	return said;
}

static void
assert_ends(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	assert_true(n >= m);
	assert_string_equal(text + n - m, end);
}

static void
hostile_text_stays_one_line(void **state)
{
	(void)state;
	open_as(LOG_TEXT, path);
	log_line(LOG_ERROR, STR("i\nd"), "%s", HOSTILE);
	assert_ends(read_all(), ": " HOSTILE_SHOWN "\n");
	assert_non_null(strstr(said, " error ["));
	assert_non_null(strstr(said, "] i\\x0ad: a"));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void
json_has_the_fields(void **state)
{
	const struct log_field fields[] = { { "path", STR("/\"\n"), 0 },
		{ "took_us", STR_NULL, -7 } };

	(void)state;
	open_as(LOG_JSON, path);
	log_line_with(LOG_WARNING, STR("id"), fields, 2, "%s", HOSTILE);
	assert_ends(read_all(),
	    ",\"request_id\":\"id\",\"path\":\"/\\\"\\n\",\"took_us\":-7,"
	    "\"message\":\"a\\n\\\"b\\\"\\\\\\u001b[2J\xef\xbf\xbd "
	    "\xc2\x85\xc3\xa4\x7f\"}\n");
	assert_non_null(strstr(said, ",\"level\":\"warning\",\"pid\":"));
}

static void
a_level_that_is_not_asked_for_is_dropped(void **state)
{
	(void)state;
	open_as(LOG_TEXT, path);
	log_line(LOG_DEBUG, STR_NULL, "no");
	assert_string_equal(read_all(), "");
}

static void
what_cannot_be_opened_changes_nothing(void **state)
{
	struct error err = { 0 };

	(void)state;
	open_as(LOG_TEXT, path);
	assert_int_equal(
	    log_open("stderr", "/nowhere/at/all", LOG_INFO, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "/nowhere/at/all"));
	log_line(LOG_INFO, STR_NULL, "still here");
	assert_ends(read_all(), "still here\n");
}

static void
a_full_file_is_told_of(void **state)
{
	(void)state;
	assert_int_equal(log_open(path, "/dev/full", LOG_INFO, NULL), ST_OK);
	log_access(STR("lost\n"), STR(""));
	log_access_flush();
	assert_int_equal(log_open(path, path, LOG_INFO, NULL), ST_OK);
	log_access(STR("kept\n"), STR(""));
	log_access_end();
	assert_non_null(strstr(read_all(), "kept\n"));
	assert_non_null(
	    strstr(said, "1 writes to the access log were dropped or cut"));
}

static void *
write_lines(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < LINES_EACH; i++) {
		log_access(STR("a line\n"), STR(""));
		log_line(LOG_INFO, STR_NULL, "a line");
		if (i % LINES_A_TURN == 0)
			log_access_flush();
	}
	log_access_end();
	return NULL;
}

static size_t
lines_in(const char *name)
{
	FILE *file = fopen(name, "re");
	size_t n = 0;
	int c;

	if (file == NULL)
		return 0;
	while ((c = fgetc(file)) != EOF)
		n += c == '\n';
	(void)fclose(file);
	return n;
}

static void
a_reload_amid_lines_loses_none(void **state)
{
	pthread_t threads[WRITERS];
	char other[sizeof(path) + 8];

	(void)state;
	(void)snprintf(other, sizeof(other), "%s.other", path);
	assert_int_equal(log_open(path, path, LOG_INFO, NULL), ST_OK);
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, write_lines, NULL), 0);
	for (int i = 0; i < RELOADS; i++) {
		const char *now = i % 2 == 0 ? other : path;

		assert_int_equal(log_open(now, now, LOG_INFO, NULL), ST_OK);
	}
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(
	    lines_in(path) + lines_in(other), 2 * WRITERS * LINES_EACH);
}

static int
receiver_open(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static const char *
receive(int fd)
{
	ssize_t n = recv(fd, said, sizeof(said) - 1, 0);

	assert_true(n > 0);
	said[n] = '\0';
	return said;
}

static void
each_line_is_a_datagram(void **state)
{
	char place[sizeof(path) + sizeof("syslog:")];
	int fd = receiver_open();

	(void)state;
	(void)snprintf(place, sizeof(place), "syslog:%s", path);
	open_as(LOG_TEXT, place);
	log_line(LOG_WARNING, STR("id"), "%s", "x\ny");
	assert_ends(receive(fd), "]: warning: id: x\\x0ay");
	assert_memory_equal(said, "<28>", 4);
	assert_int_equal(log_open("/dev/null", place, LOG_INFO, NULL), ST_OK);
	log_access(STR("one\n"), STR(""));
	log_access(STR("two\n"), STR(""));
	log_access_end();
	assert_ends(receive(fd), "]: one");
	assert_ends(receive(fd), "]: two");
	(void)close(fd);
}

static void
the_journal_is_told_of_fields(void **state)
{
	const struct log_field field = { "took_us", STR_NULL, 7 };
	char place[sizeof(path) + sizeof("journal:")];
	int fd = receiver_open();

	(void)state;
	(void)snprintf(place, sizeof(place), "journal:%s", path);
	open_as(LOG_TEXT, place);
	log_line_with(LOG_ERROR, STR("i\nd"), &field, 1, "x\ny");
	assert_string_equal(receive(fd),
	    "PRIORITY=3\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=weir\n"
	    "MESSAGE=error: i\\x0ad: x\\x0ay\nWEIR_LOG=log\n"
	    "WEIR_REQUEST_ID=i\\x0ad\nWEIR_TOOK_US=7\n");
	(void)close(fd);
}

static void
a_place_is_known_by_its_word(void **state)
{
	static const struct {
		const char *text;
		enum log_kind kind;
		const char *path;
	} cases[] = {
		{ "off", LOG_NOWHERE, NULL },
		{ "stderr", LOG_STDERR, NULL },
		{ "syslog", LOG_SYSLOG, "/dev/log" },
		{ "syslog:/a/b", LOG_SYSLOG, "/a/b" },
		{ "syslogs", LOG_TO_FILE, "syslogs" },
		{ "journal", LOG_JOURNAL, "/run/systemd/journal/socket" },
		{ "journal:/a", LOG_JOURNAL, "/a" },
		{ "/var/log/x", LOG_TO_FILE, "/var/log/x" },
	};

	(void)state;
	assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct log_place place = log_place_read(cases[i].text);

		assert_int_equal(place.kind, cases[i].kind);
		if (cases[i].path != NULL)
			assert_string_equal(place.path, cases[i].path);
	}
}

static void
a_quoted_text_has_its_quotes_marked(void **state)
{
	struct buf b = { 0 };

	(void)state;
	log_put_quoted(&b, STR("a\"\\\n"));
	assert_int_equal(b.n, strlen("\"a\\\"\\\\\\x0a\""));
	assert_memory_equal(b.p, "\"a\\\"\\\\\\x0a\"", b.n);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    hostile_text_stays_one_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    json_has_the_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_level_that_is_not_asked_for_is_dropped, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_cannot_be_opened_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_file_is_told_of, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_reload_amid_lines_loses_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    each_line_is_a_datagram, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_journal_is_told_of_fields, set_up, tear_down),
		cmocka_unit_test(a_place_is_known_by_its_word),
		cmocka_unit_test(a_quoted_text_has_its_quotes_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
