/*
 * A server of a test: a process in a group of its own, which ends with the
 * test program, however that ends. Whatever cannot be done fails the test.
 */
#ifndef WEIR_TEST_DAEMON_H
#define WEIR_TEST_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

#define DAEMON_WORDS      64
#define DAEMON_TEXT_BYTES 4096

/* What is started; borrowed for the call only. */
struct daemon_plan {
	const char *const *argv; /* at most DAEMON_WORDS, NULL behind the last;
				  * the program is looked for in PATH */
	const char *log;         /* file that gets what it says */
	int port;                /* where it listens on loopback; 0: nowhere */
	const char *socket;      /* where it listens; NULL: nowhere */
};

/* Zero: none. Not to be copied while it has been started. */
struct daemon {
	pid_t pid; /* of its group too; 0: does not run */
	int port;
	const char *socket; /* in text, as the next two; NULL: none */
	const char *log;
	char *argv[DAEMON_WORDS + 1];
	char text[DAEMON_TEXT_BYTES];
};

/* A port of loopback that nobody uses now. */
int daemon_free_port(void);

/* Starts it, and waits until it takes connections wherever it listens. */
void daemon_start(struct daemon *d, const struct daemon_plan *plan);

/* Starts it again with the same words, after killing it if it runs. */
void daemon_restart(struct daemon *d);

/* False also when it has ended by itself. */
bool daemon_lives(struct daemon *d);

/* SIGTERM, and SIGKILL for who does not heed it in time. Nothing to do for
 * one that does not run. */
void daemon_stop(struct daemon *d);

/* SIGKILL: it ends as if the machine had lost it. */
void daemon_kill(struct daemon *d);

/* It keeps its connections and says nothing. */
void daemon_pause(struct daemon *d);
void daemon_resume(struct daemon *d);

#endif
