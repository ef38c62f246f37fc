#include "app/commands/secret_member.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
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

/* Waits for a line or for one of the signals, which stays pending. */
static bool
line_wait(const sigset_t *signals)
{
	int fd = signalfd(-1, signals, SFD_CLOEXEC);
	struct pollfd wait[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };
	int n = poll(wait, sizeof(wait) / sizeof(wait[0]), -1);
	bool signalled = wait[1].revents != 0;

	if (fd >= 0)
		(void)close(fd); /* nothing was written to it */
	if (signalled)
		errno = EINTR;
	return n > 0 && !signalled;
}

/*
 * What is typed is not shown. A signal that ends or stops the program takes
 * effect when the terminal shows again what is typed.
 */
static bool
hidden_read(char line[LINE_BYTES], const struct termios *shown)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP,
		SIGTSTP };
	struct termios hidden = *shown;
	sigset_t signals, before;
	bool good;

	(void)sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaddset(&signals, numbers[i]);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	good = line_wait(&signals) && line_read(stdin, line);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, shown);
	(void)fputc('\n', stderr);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return good;
}

static bool
prompt(struct str member, char line[LINE_BYTES])
{
	struct termios shown;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return line_read(stdin, line);
	(void)fprintf(stderr, "%.*s: ", STR_ARG(member));
	return hidden_read(line, &shown);
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
