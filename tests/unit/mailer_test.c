#include "middleware/mailer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "tests/support/folder.h"

#define PATH_BYTES    160
#define COMMAND_BYTES (2 * PATH_BYTES)

static char folder[FOLDER_PATH_BYTES];
static char program[PATH_BYTES];

/* What gets the mail: a shell script. */
static void
program_write(const char *script)
{
	FILE *out;

	(void)snprintf(program, sizeof(program), "%s/program", folder);
	out = fopen(program, "w");
	assert_non_null(out);
	assert_true(fprintf(out, "#!/bin/sh\n%s\n", script) > 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(program, 0700), 0);
}

/* All of a file of the folder, "" without one; for the caller until the next
 * call. */
static const char *
content(const char *name)
{
	static char text[4096];
	char path[PATH_BYTES];
	FILE *in;
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "r");
	if (in != NULL) {
		n = fread(text, 1, sizeof(text) - 1, in);
		(void)fclose(in);
	}
	text[n] = '\0';
	return text;
}

static int
setup(void **state)
{
	char log[PATH_BYTES];

	(void)state;
	if (!secret_init())
		return -1;
	folder_make(folder);
	(void)snprintf(log, sizeof(log), "%s/log", folder);
	return log_open(log, "off", LOG_INFO, NULL) == ST_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	(void)log_open("/dev/null", "off", LOG_INFO, NULL);
	folder_remove(folder);
	return 0;
}

static enum status
send_to(struct mailer *m, const char *command, const char *text)
{
	return mailer_send(m, command, str_of(text), NULL);
}

static void
a_mail_goes_to_the_programs_input(void **state)
{
	struct mailer *m = mailer_new();
	char command[COMMAND_BYTES];

	(void)state;
	program_write("cat >\"$1\"; echo \"$2|$3|$#\" >>\"$1\"");
	(void)snprintf(command, sizeof(command), "%s  %s/mail -t\t$HOME;x ",
	    program, folder);
	assert_int_equal(send_to(m, command, "To: a\n\ntext\n"), ST_OK);
	mailer_free(m);
	assert_string_equal(content("mail"), "To: a\n\ntext\n-t|$HOME;x|3\n");
	assert_string_equal(content("log"), "");
}

static void
what_is_under_way_is_sent_before_the_end(void **state)
{
	struct mailer *m = mailer_new();
	char command[COMMAND_BYTES];

	(void)state;
	program_write("cat >>\"$1\"");
	(void)snprintf(
	    command, sizeof(command), "%s %s/mails", program, folder);
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_to(m, command, "x\n"), ST_OK);
	mailer_free(m);
	assert_string_equal(content("mails"), "x\nx\nx\nx\nx\n");
}

static void
only_so_many_are_under_way(void **state)
{
	struct mailer *m = mailer_new();
	struct error err = { 0 };
	char command[COMMAND_BYTES];
	enum status st = ST_OK;
	int n = 0;

	(void)state;
	program_write("while [ ! -e \"$1/go\" ]; do sleep 0.05; done");
	(void)snprintf(command, sizeof(command), "%s %s", program, folder);
	while (st == ST_OK && n < 100) {
		st = mailer_send(m, command, STR("x"), &err);
		n++;
	}
	assert_int_equal(st, ST_FULL);
	assert_int_equal(n, 17);
	assert_non_null(strstr(err.text, "SENDMAIL"));
	(void)snprintf(command, sizeof(command), "%s/go", folder);
	(void)close(open(command, O_WRONLY | O_CREAT, 0600));
	mailer_free(m);
}

static void
a_program_that_fails_is_in_the_log(void **state)
{
	struct mailer *m = mailer_new();

	(void)state;
	program_write("echo noise; echo noise >&2; exit 3");
	assert_int_equal(send_to(m, program, "secret text"), ST_OK);
	assert_int_equal(send_to(m, "/nowhere/at/all -t", "x"), ST_OK);
	assert_int_equal(send_to(m, " ", "x"), ST_OK);
	mailer_free(m);
	assert_non_null(strstr(content("log"), "status 3"));
	assert_non_null(strstr(content("log"), "/nowhere/at/all"));
	assert_null(strstr(content("log"), "noise"));
	assert_null(strstr(content("log"), "secret text"));
}

static void
nothing_to_send_needs_no_thread(void **state)
{
	(void)state;
	mailer_free(mailer_new());
	mailer_free(NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mail_goes_to_the_programs_input),
		TEST(what_is_under_way_is_sent_before_the_end),
		TEST(only_so_many_are_under_way),
		TEST(a_program_that_fails_is_in_the_log),
		TEST(nothing_to_send_needs_no_thread),
	};

	/* as weir does: a program may end without having read its mail */
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
