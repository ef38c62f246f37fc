/*
 * Deadlines and interrupts of connections, for client libraries that know none:
 * MariaDB's has time-outs of whole seconds, memcached's counts from byte to
 * byte. One thread for the whole process, the watchdog, looks at the clock
 * while calls run and shuts the socket of a connection whose time is over:
 * whoever waits for it fails at once. Nothing is shared on the way of a call
 * but two atomics.
 */
#ifndef WEIR_BASE_SOCKET_WATCH_H
#define WEIR_BASE_SOCKET_WATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct socket_watch {
	atomic_int_least64_t until_ms; /* 0: nothing runs */
	atomic_bool interrupted;
	pthread_mutex_t lock; /* around fd */
	int fd;               /* of our own, on the same socket; -1: none */
	struct socket_watch *next, *previous;
};

/* The first one open starts the watchdog, the last one closed ends it. */
void socket_watch_open(struct socket_watch *w);
void socket_watch_close(struct socket_watch *w);

/*
 * The socket to shut; -1 before it is closed. False when it cannot be watched.
 * The library closes a socket that failed, and its number may be another's at
 * once: so the watch keeps a descriptor of its own.
 */
bool socket_watch_fd(struct socket_watch *w, int fd);

/* Time runs from here; false: it is over already, or interrupted. */
bool socket_watch_begin(struct socket_watch *w, int64_t deadline_ms);

/* Time runs on to a later deadline, unless it is over already. */
void socket_watch_prolong(struct socket_watch *w, int64_t deadline_ms);

/* Time runs no more; false: the socket has been shut or will be. */
bool socket_watch_end(struct socket_watch *w);

/* Shuts the socket, at once and from any thread. */
void socket_watch_cut(struct socket_watch *w);

/* As cut, and nothing begins any more. */
void socket_watch_interrupt(struct socket_watch *w);

#endif
