#include "app/base/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t stalls_lock = PTHREAD_MUTEX_INITIALIZER;

/* Without waiting for the reader of a named pipe. A file is written to as any:
 * what the flag would mean there is nowhere said. */
static int
file_open(const char *path)
{
	int fd = open(
	    path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
	struct stat about;

	if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
		(void)fcntl(fd, F_SETFL, O_APPEND); /* else nothing changes */
	return fd;
}

enum status
log_target_open(const char *path, struct log_target *out, struct error *err)
{
	struct log_place place = log_place_read(path);

	*out = (struct log_target){
		.kind = place.kind, .fd = -1, .datagram = { .fd = -1 }
	};
	if (place.kind == LOG_STDERR)
		out->fd = STDERR_FILENO;
	if (place.kind == LOG_SYSLOG || place.kind == LOG_JOURNAL)
		return log_datagram_open(&out->datagram, &place, err);
	if (place.kind != LOG_TO_FILE)
		return ST_OK;
	out->fd = file_open(place.path);
	return out->fd >= 0
		   ? ST_OK
		   : error_set(err, ST_INVALID, "cannot open log %s: %s",
			 place.path,
			 errno == ENXIO ? "it is a pipe that nobody reads"
					: strerror(errno));
}

static void
stream_close(int fd)
{
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

void
log_target_close(struct log_target *t)
{
	stream_close(t->fd);
	log_datagram_close(&t->datagram);
}

void
log_sink_use(struct log_sink *s, const struct log_target *target, int facility)
{
	enum log_kind kind = target->kind;
	struct log_target old;
	struct stat about;
	bool stalls = target->fd >= 0 && (fstat(target->fd, &about) != 0 ||
					     !S_ISREG(about.st_mode));

	(void)pthread_rwlock_wrlock(&s->lock);
	old = (struct log_target){ s->kind, s->fd, s->datagram };
	s->kind = kind;
	s->fd = target->fd;
	s->datagram = target->datagram;
	s->facility = facility;
	s->stalls = stalls;
	(void)pthread_rwlock_unlock(&s->lock);
	log_target_close(&old);
	atomic_store(&s->on, kind != LOG_NOWHERE);
	atomic_store(&s->native, kind == LOG_JOURNAL);
	atomic_store(&s->apart, kind == LOG_JOURNAL || kind == LOG_SYSLOG);
	atomic_store(&s->gathers, target->fd >= 0 && !stalls);
}

/*
 * Writes while there is room. With room a pipe takes PIPE_BUF bytes without
 * blocking; O_NONBLOCK would change it for all that share it.
 */
static bool
stalling_write(int fd, struct str text)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	while (text.n > 0) {
		size_t n = text.n < PIPE_BUF ? text.n : PIPE_BUF;
		ssize_t done;

		errno = 0;
		if (poll(&room, 1, 0) != 1)
			return false;
		done = write(fd, text.p, n);
		if (done <= 0)
			return false;
		text = str_skip(text, (size_t)done);
	}
	return true;
}

static bool
stream_write(const struct log_sink *s, struct str text)
{
	bool done;

	errno = 0;
	if (!s->stalls)
		return write(s->fd, text.p, text.n) == (ssize_t)text.n;
	(void)pthread_mutex_lock(&stalls_lock);
	done = stalling_write(s->fd, text);
	(void)pthread_mutex_unlock(&stalls_lock);
	return done;
}

/* How many were taken: with the first that is not, the receiver is full or
 * gone. One that is too long concerns no other. */
static size_t
datagrams_send(
    const struct log_sink *s, const struct log_record *records, size_t n)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		if (log_datagram_send(
			&s->datagram, s->kind, &records[i], s->facility))
			taken++;
		else if (errno != EMSGSIZE)
			break;
	}
	return taken;
}

bool
log_sink_write(struct log_sink *s, struct str text,
    const struct log_record *records, size_t n)
{
	unsigned long long lost = 0;
	int fault = 0;

	(void)pthread_rwlock_rdlock(&s->lock);
	if (s->datagram.fd >= 0)
		lost = n - datagrams_send(s, records, n);
	else if (s->fd >= 0)
		lost = stream_write(s, text) ? 0 : 1;
	if (lost > 0)
		fault = errno;
	(void)pthread_rwlock_unlock(&s->lock);
	if (lost == 0)
		return true;
	atomic_store(&s->fault, fault);
	(void)atomic_fetch_add(&s->lost, lost);
	(void)atomic_fetch_add(&s->dropped, lost);
	return false;
}

const char *
log_sink_fault(struct log_sink *s, char text[LOG_WHERE_BYTES])
{
	int fault = atomic_load(&s->fault);
	bool apart = atomic_load(&s->apart);
	bool full = fault == 0 || fault == EAGAIN || fault == ENOBUFS;

	if (full && !apart)
		return "its reader stalled";
	(void)pthread_rwlock_rdlock(&s->lock);
	(void)snprintf(text, LOG_WHERE_BYTES, "%s: %s",
	    apart ? s->datagram.to.sun_path : "its file",
	    full ? "its receiver is full" : strerror(fault));
	(void)pthread_rwlock_unlock(&s->lock);
	return text;
}

void
log_sink_cry(struct str line)
{
	(void)pthread_mutex_lock(&stalls_lock);
	(void)stalling_write(STDERR_FILENO, line);
	(void)pthread_mutex_unlock(&stalls_lock);
}
