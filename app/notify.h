/*
 * Tells the service manager how the process stands, as sd_notify(3) does: one
 * datagram to the socket that NOTIFY_SOCKET names. Without that variable
 * nobody is told anything.
 */
#ifndef WEIR_NOTIFY_H
#define WEIR_NOTIFY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "app/base/status.h"

struct notify {
	int fd; /* -1: nobody is to be told */
	struct sockaddr_un addr;
	socklen_t addr_bytes;
};

/*
 * Takes the address from the environment: a path, or a name of the abstract
 * namespace behind an @. ST_INVALID for any other; *out tells nobody then.
 */
enum status notify_open(struct notify *out, struct error *err);

/*
 * Sends a state such as "READY=1" and a line for people, which is cut to 200
 * bytes. Any thread. Never waits longer than a second; a manager that does not
 * read is not told.
 */
void notify_tell(const struct notify *n, const char *state, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* The state alone. */
void notify_state(const struct notify *n, const char *state);

/* The same for the begin of a reload, which the manager must be told the
 * moment of; READY=1 ends it. */
void notify_reloading(const struct notify *n);

void notify_close(struct notify *n);

/*
 * How often, in milliseconds, the manager must hear "WATCHDOG=1" of this
 * process (WATCHDOG_USEC, WATCHDOG_PID); 0: it does not watch.
 */
int64_t notify_watchdog_ms(void);

#endif
