#include "app/base/log_datagram.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES 128

/* As <syslog.h> has them, whose names are taken. */
static const int severities[] = {
	[LOG_ERROR] = 3,
	[LOG_WARNING] = 4,
	[LOG_INFO] = 6,
	[LOG_DEBUG] = 7,
};

enum status
log_datagram_open(
    struct log_datagram *d, const struct log_place *place, struct error *err)
{
	size_t n = strlen(place->path);

	*d = (struct log_datagram){ .fd = -1 };
	if (place->path[0] != '/' || n >= sizeof(d->to.sun_path))
		return error_set(err, ST_INVALID,
		    "log %s: expected the absolute path of a socket, shorter "
		    "than %zu bytes",
		    place->path, sizeof(d->to.sun_path));
	d->to.sun_family = AF_UNIX;
	memcpy(d->to.sun_path, place->path, n + 1);
	d->to_bytes =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	d->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd < 0)
		return error_set(err, ST_ERROR, "socket: %s", strerror(errno));
	return ST_OK;
}

enum status
log_datagram_probe(const struct log_datagram *d, struct error *err)
{
	struct sockaddr_un to = d->to;

	if (connect(d->fd, (const struct sockaddr *)&to, d->to_bytes) == 0)
		return ST_OK;
	return error_set(err, ST_UNAVAILABLE,
	    "nobody takes lines there: %s; weir drops them until somebody does",
	    strerror(errno));
}

void
log_datagram_close(struct log_datagram *d)
{
	if (d->fd >= 0)
		(void)close(d->fd);
	d->fd = -1;
}

/* Local time and English names, as every receiver expects them. */
static struct str
syslog_head(char head[HEAD_BYTES], int priority)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm = { 0 };
	int n;

	(void)localtime_r(&now, &tm);
	n = snprintf(head, HEAD_BYTES,
	    "<%d>%s %2d %02d:%02d:%02d weir[%d]: ", priority, months[tm.tm_mon],
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)getpid());
	return str_make(head, (size_t)n);
}

static struct str
journal_head(char head[HEAD_BYTES], int severity, int facility)
{
	int n = snprintf(head, HEAD_BYTES,
	    "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=weir\nMESSAGE=",
	    severity, facility);

	return str_make(head, (size_t)n);
}

static struct iovec
piece(struct str s)
{
	/* iovec has no const; sendmsg() only reads. */
	return (struct iovec){ (void *)(uintptr_t)s.p, s.n };
}

bool
log_datagram_send(const struct log_datagram *d, enum log_kind kind,
    const struct log_record *record, int facility)
{
	int severity = severities[record->level];
	struct sockaddr_un to = d->to;
	char head[HEAD_BYTES];
	struct iovec parts[] = {
		piece(kind == LOG_SYSLOG
			  ? syslog_head(head, facility * 8 + severity)
			  : journal_head(head, severity, facility)),
		piece(record->line),
		piece(STR("\n")),
		piece(record->fields),
	};
	const struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = d->to_bytes,
		.msg_iov = parts,
		.msg_iovlen = kind == LOG_SYSLOG ? 2 : 4,
	};

	return sendmsg(d->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}
