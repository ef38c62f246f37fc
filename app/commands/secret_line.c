#include "app/commands/secret_line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "app/command.h"

/* Ends at the line's end; false when there is none of SECRET_LINE_BYTES or
 * less. */
static bool
line_read(FILE *in, char line[SECRET_LINE_BYTES])
{
	size_t n;

	if (fgets(line, SECRET_LINE_BYTES, in) == NULL)
		return false;
	n = strcspn(line, "\r\n");
	if (line[n] == '\0' && n == SECRET_LINE_BYTES - 1)
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
hidden_read(char line[SECRET_LINE_BYTES], const struct termios *shown)
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
prompt(const char *what, char line[SECRET_LINE_BYTES])
{
	struct termios shown;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return line_read(stdin, line);
	(void)fprintf(stderr, "%s: ", what);
	return hidden_read(line, &shown);
}

static bool
file_line(const char *path, char line[SECRET_LINE_BYTES])
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

bool
secret_line_is_typed(const char *path)
{
	return strcmp(path, "-") == 0 && isatty(STDIN_FILENO) == 1;
}

bool
secret_line_read(
    const char *what, const char *path, char line[SECRET_LINE_BYTES])
{
	bool good;

	errno = 0;
	good =
	    strcmp(path, "-") == 0 ? prompt(what, line) : file_line(path, line);
	if (!good)
		(void)command_fail("%s: %s: %s", what, path,
		    errno != 0 ? strerror(errno)
			       : "a line of at most 4094 bytes is expected");
	return good;
}
