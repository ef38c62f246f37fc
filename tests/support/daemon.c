#include "tests/support/daemon.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TRIES  6000 /* of TRY_NS: half a minute for anything */
#define TRY_NS (5L * 1000 * 1000)

#define PORT_FIRST 12000
#define PORT_COUNT 20000

static void
pause_shortly(void)
{
	(void)nanosleep(&(struct timespec){ 0, TRY_NS }, NULL);
}

static bool
port_free(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	yes = bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	(void)close(fd);
	return yes;
}

/* Not one that bind() finds: those are what the system gives to clients, and
 * one whose server is away could be given the server's and reach itself. */
int
daemon_free_port(void)
{
	uint32_t dice = 0;
	int port;

	do {
		assert_int_equal(
		    getrandom(&dice, sizeof(dice), 0), sizeof(dice));
		port = PORT_FIRST + (int)(dice % PORT_COUNT);
	} while (!port_free(port));
	return port;
}

/* Copies a text behind those that are there; *at is the first free byte. */
static char *
keep(struct daemon *d, size_t *at, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = d->text + *at;

	assert_in_range(n, 1, sizeof(d->text) - *at);
	memcpy(copy, text, n);
	*at += n;
	return copy;
}

static void
plan_keep(struct daemon *d, const struct daemon_plan *plan)
{
	size_t at = 0;
	size_t n = 0;

	memset(d, 0, sizeof(*d));
	d->port = plan->port;
	d->log = keep(d, &at, plan->log);
	if (plan->socket != NULL)
		d->socket = keep(d, &at, plan->socket);
	for (; plan->argv[n] != NULL; n++) {
		assert_in_range(n, 0, DAEMON_WORDS - 1);
		d->argv[n] = keep(d, &at, plan->argv[n]);
	}
}

/* Runs in the child. `parent` may have died before the death of it counts. */
static void
become(const struct daemon *d, pid_t parent)
{
	int in;
	int out;

	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	out = open(d->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(126);
	(void)execvp(d->argv[0], d->argv);
	_exit(127);
}

static bool
takes(int family, const struct sockaddr *at, socklen_t length)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = connect(fd, at, length) == 0;

	(void)close(fd);
	return yes;
}

static bool
port_takes(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return takes(AF_INET, (struct sockaddr *)&at, sizeof(at));
}

static bool
socket_takes(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	assert_in_range(strlen(path), 1, sizeof(at.sun_path) - 1);
	memcpy(at.sun_path, path, strlen(path));
	return takes(AF_UNIX, (struct sockaddr *)&at, sizeof(at));
}

static bool
listens(const struct daemon *d)
{
	return (d->port == 0 || port_takes(d->port)) &&
	       (d->socket == NULL || socket_takes(d->socket));
}

static void
log_show(const struct daemon *d)
{
	FILE *log = fopen(d->log, "r");
	char line[512];

	if (log == NULL)
		return;
	while (fgets(line, sizeof(line), log) != NULL)
		(void)fprintf(stderr, "# %s: %s", d->argv[0], line);
	(void)fclose(log);
}

static void
launch(struct daemon *d)
{
	pid_t parent = getpid();

	d->pid = fork();
	assert_true(d->pid >= 0);
	if (d->pid == 0)
		become(d, parent);
	(void)setpgid(d->pid, d->pid); /* whoever comes first */
	for (int i = 0; i < TRIES && daemon_lives(d) && !listens(d); i++)
		pause_shortly();
	if (daemon_lives(d) && listens(d))
		return;
	log_show(d);
	daemon_kill(d);
	fail_msg("%s does not run", d->argv[0]);
}

void
daemon_start(struct daemon *d, const struct daemon_plan *plan)
{
	plan_keep(d, plan);
	launch(d);
}

void
daemon_restart(struct daemon *d)
{
	daemon_kill(d);
	launch(d);
}

bool
daemon_lives(struct daemon *d)
{
	if (d->pid != 0 && waitpid(d->pid, NULL, WNOHANG) != 0)
		d->pid = 0;
	return d->pid != 0;
}

void
daemon_stop(struct daemon *d)
{
	if (!daemon_lives(d))
		return;
	(void)kill(d->pid, SIGTERM);
	(void)kill(d->pid, SIGCONT);
	for (int i = 0; i < TRIES && daemon_lives(d); i++)
		pause_shortly();
	daemon_kill(d);
}

void
daemon_kill(struct daemon *d)
{
	if (!daemon_lives(d))
		return;
	(void)kill(-d->pid, SIGKILL);
	(void)waitpid(d->pid, NULL, 0);
	d->pid = 0;
}

void
daemon_pause(struct daemon *d)
{
	int status;

	assert_true(daemon_lives(d));
	assert_int_equal(kill(d->pid, SIGSTOP), 0);
	/* Until then some of its threads may still answer. */
	assert_int_equal(waitpid(d->pid, &status, WUNTRACED), d->pid);
	assert_true(WIFSTOPPED(status));
}

void
daemon_resume(struct daemon *d)
{
	assert_true(daemon_lives(d));
	assert_int_equal(kill(d->pid, SIGCONT), 0);
}
