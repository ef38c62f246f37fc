/*
 * The least that a program on libfcgi can do with kept connections and threads
 * that belong to nobody: an epoll set whose ready connections go to whichever
 * thread is free. What make bench measures weir against.
 */
#ifndef BENCH_RESPONDER_H
#define BENCH_RESPONDER_H

#include <fcgiapp.h>

/* About 1 KB of JSON: the answer of the two hello responders. */
extern const char responder_hello[];

struct responder {
	const char *path; /* of the unix socket */
	int threads;
	/* What a thread keeps, made in it; NULL: nothing. */
	void *(*open)(void *ctx);
	/* Writes head and body of the answer to r->out. */
	void (*answer)(void *state, FCGX_Request *r);
	void *ctx; /* for open */
};

/* A listening unix socket; exits with a message when it cannot be. */
int responder_listen(const char *path);

/* Reads the request's body to its end, as libfcgi wants it. */
void responder_drain(FCGX_Request *r);

/* Serves until a signal ends the process. */
void responder_run(const struct responder *responder);

#endif
