#include "tests/contract/cache_process.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

extern char **environ;

/* Pipes to and from the task become its standard input and output. */
static void
spawn(struct process *p, char **argv, int in, int out)
{
	posix_spawn_file_actions_t actions;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(
	    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO), 0);
	assert_int_equal(
	    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO), 0);
	assert_int_equal(posix_spawn(&p->pid, "/proc/self/exe", &actions, NULL,
			     argv, environ),
	    0);
	(void)posix_spawn_file_actions_destroy(&actions);
}

struct process
process_start(const struct fixture *f, const char *task, const char *argument)
{
	const char *argv[] = { "cache_contract", TASK_WORD, task,
		f->place->kind->name, f->place->folder, argument, NULL };
	struct process p;
	int in[2];
	int out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	spawn(&p, (char **)(uintptr_t)argv, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	p.in = in[1];
	p.out = out[0];
	return p;
}

static bool
read_all(int fd, char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

void
process_tell(const struct process *p, const void *bytes, size_t n)
{
	assert_int_equal(write(p->in, bytes, n), n);
}

void
process_hear(const struct process *p, void *bytes, size_t n)
{
	assert_true(read_all(p->out, bytes, n));
}

static int
process_wait(struct process *p)
{
	int status;

	(void)close(p->in);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	(void)close(p->out);
	return status;
}

void
process_end(struct process *p)
{
	int status = process_wait(p);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void
process_kill(struct process *p)
{
	int status;

	assert_int_equal(kill(p->pid, SIGKILL), 0);
	status = process_wait(p);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

bool
task_hear(void *bytes, size_t n)
{
	return read_all(STDIN_FILENO, bytes, n);
}

void
task_tell(const void *bytes, size_t n)
{
	if (write(STDOUT_FILENO, bytes, n) != (ssize_t)n)
		abort();
}
