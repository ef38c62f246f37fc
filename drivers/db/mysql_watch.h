/*
 * Deadlines and interrupts of connections. The client library knows only
 * time-outs of whole seconds, so one thread for the whole process, the
 * watchdog, looks at the clock while statements run and shuts the socket of a
 * connection whose time is over: whoever waits for it fails at once. Nothing
 * is shared on the way of a statement but two atomics.
 */
#ifndef WEIR_DB_MYSQL_WATCH_H
#define WEIR_DB_MYSQL_WATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct mysql_watch {
	atomic_int_least64_t until_ms; /* 0: nothing runs */
	atomic_bool interrupted;
	pthread_mutex_t lock; /* around fd */
	int fd;               /* of our own, on the same socket; -1: none */
	struct mysql_watch *next, *previous;
};

/* The first one open starts the watchdog, the last one closed ends it. */
void mysql_watch_open(struct mysql_watch *w);
void mysql_watch_close(struct mysql_watch *w);

/*
 * The socket to shut; -1 before it is closed. False when it cannot be watched.
 * The library closes a socket that failed, and its number may be another's at
 * once: so the watch keeps a descriptor of its own.
 */
bool mysql_watch_fd(struct mysql_watch *w, int fd);

/* Time runs from here; false: it is over already, or interrupted. */
bool mysql_watch_begin(struct mysql_watch *w, int64_t deadline_ms);

/* Time runs no more; false: the socket has been shut or will be. */
bool mysql_watch_end(struct mysql_watch *w);

/* Shuts the socket, at once and from any thread. */
void mysql_watch_cut(struct mysql_watch *w);

/* As cut, and nothing begins any more. */
void mysql_watch_interrupt(struct mysql_watch *w);

#endif
