#include "app/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "app/base/str.h"

#define STATUS_MAX  200
#define MESSAGE_MAX 320

static bool
address_of(const char *name, struct notify *out)
{
	size_t n = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || n < 2 ||
	    n >= sizeof(out->addr.sun_path))
		return false;
	out->addr.sun_family = AF_UNIX;
	memcpy(out->addr.sun_path, name, n + 1);
	out->addr_bytes =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (name[0] == '@')
		out->addr.sun_path[0] = '\0'; /* and no NUL behind it */
	else
		out->addr_bytes++;
	return true;
}

enum status
notify_open(struct notify *out, struct error *err)
{
	const char *name = getenv("NOTIFY_SOCKET");
	const struct timeval limit = { .tv_sec = 1 };

	*out = (struct notify){ .fd = -1 };
	if (name == NULL || name[0] == '\0')
		return ST_OK;
	if (!address_of(name, out))
		return error_set(err, ST_INVALID,
		    "NOTIFY_SOCKET: expected an absolute path or @name");
	out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (out->fd < 0)
		return error_set(err, ST_ERROR, "socket: %s", strerror(errno));
	(void)setsockopt(
	    out->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return ST_OK;
}

/* Lost when the manager is gone or does not read: there is nobody else whom to
 * tell, and weir works on. */
void
notify_state(const struct notify *n, const char *state)
{
	if (n->fd >= 0)
		(void)sendto(n->fd, state, strlen(state), MSG_NOSIGNAL,
		    (const struct sockaddr *)&n->addr, n->addr_bytes);
}

/* A line break in the status would begin another assignment. */
static void
line_keep(char *status)
{
	for (; *status != '\0'; status++)
		if (*status == '\n')
			*status = ' ';
}

void
notify_tell(const struct notify *n, const char *state, const char *fmt, ...)
{
	char status[STATUS_MAX + 1];
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(status, sizeof(status), fmt, args);
	va_end(args);
	line_keep(status);
	(void)snprintf(
	    message, sizeof(message), "%s\nSTATUS=%s", state, status);
	notify_state(n, message);
}

void
notify_reloading(const struct notify *n)
{
	struct timespec now;
	char state[64];

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(state, sizeof(state),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify_tell(n, state, "reloading");
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		(void)close(n->fd);
	n->fd = -1;
}

int64_t
notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t period, for_pid = (uint64_t)getpid();

	if (usec == NULL || !str_to_u64(str_of(usec), &period) ||
	    period > INT64_MAX)
		return 0;
	if (pid != NULL && (!str_to_u64(str_of(pid), &for_pid) ||
			       for_pid != (uint64_t)getpid()))
		return 0;
	return (int64_t)(period / 1000);
}
