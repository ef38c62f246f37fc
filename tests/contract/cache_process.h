/*
 * Other processes that use the store of a question. Each is this program
 * again, running one task of cache_tasks.c; it answers through a pipe.
 */
#ifndef WEIR_TESTS_CACHE_PROCESS_H
#define WEIR_TESTS_CACHE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fixture;

#define TASK_WORD "task" /* argv[1] of such a process */

struct process {
	pid_t pid;
	int in;  /* the task reads what is written here */
	int out; /* what the task says is read here */
};

/* Starts a task with one argument; asserts that it could. */
struct process process_start(
    const struct fixture *f, const char *task, const char *argument);

/* Writes or reads n bytes; asserts that it could. */
void process_tell(const struct process *p, const void *bytes, size_t n);
void process_hear(const struct process *p, void *bytes, size_t n);

/* Closes its input and waits; asserts that it ended well. */
void process_end(struct process *p);

/* Kills it with SIGKILL and waits. */
void process_kill(struct process *p);

/* For tasks: the same from within. False at the end of the input. */
bool task_hear(void *bytes, size_t n);
void task_tell(const void *bytes, size_t n);

/* Runs the task that the command line names; returns the exit status. */
int task_main(int argc, char **argv);

#endif
