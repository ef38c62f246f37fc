#include "app/commands/secret_member.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/command.h"

#define LINE_BYTES 4096

/* Ends at the line's end; false when there is none of LINE_BYTES or less. */
static bool
line_read(FILE *in, char line[LINE_BYTES])
{
	size_t n;

	if (fgets(line, LINE_BYTES, in) == NULL)
		return false;
	n = strcspn(line, "\r\n");
	if (line[n] == '\0' && n == LINE_BYTES - 1)
		return false;
	line[n] = '\0';
	return true;
}

/* What is typed is not shown. */
static bool
prompt(struct str member, char line[LINE_BYTES])
{
	struct termios shown, hidden;
	bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	bool good;

	if (is_terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)fprintf(stderr, "%.*s: ", STR_ARG(member));
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	good = line_read(stdin, line);
	if (is_terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		(void)fputc('\n', stderr);
	}
	return good;
}

static bool
file_line(const char *path, char line[LINE_BYTES])
{
	FILE *in = fopen(path, "re");
	bool good;

	if (in == NULL)
		return false;
	errno = 0;
	good = line_read(in, line);
	(void)fclose(in); /* it was only read */
	return good;
}

static bool
secret_read(struct command_call *call, struct str member, const char *path)
{
	char line[LINE_BYTES];
	bool good = strcmp(path, "-") == 0 ? prompt(member, line)
					   : file_line(path, line);

	if (good)
		call->operands[call->n_operands++] =
		    (char *)(uintptr_t)arena_printf(
			call->arena, "%.*s=%s", STR_ARG(member), line)
			.p;
	else
		(void)command_fail("--secret %.*s: %s: %s", STR_ARG(member),
		    path,
		    errno != 0 ? strerror(errno)
			       : "a line of at most 4094 bytes is expected");
	secret_wipe(line, sizeof(line));
	return good;
}

bool
secret_members_read(struct command_call *call)
{
	size_t n;
	const char **given = command_values(call, "--secret", &n);

	for (size_t i = 0; i < n; i++) {
		struct str path = str_of(given[i]);
		struct str member = str_cut(&path, '=');

		if (member.n == 0 || path.n == 0) {
			(void)command_fail("--secret: MEMBER=FILE is expected");
			return false;
		}
		errno = 0;
		if (!secret_read(call, member, path.p))
			return false;
	}
	return true;
}
