#include "app/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "app/base/clock.h"

#define LINE_MAX_BYTES  2048
#define ACCESS_GATHERED 65536u
#define ID_SHOWN_MAX    64u

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

/* A descriptor keeps its number over a reopen (dup3), so writers never race. */
struct sink {
	_Atomic int fd;
	atomic_bool stalls; /* no file: a reader may let it fill up */
	atomic_ullong lost; /* writes that found no room, not yet told */
};

static struct sink log_sink = { .fd = STDERR_FILENO, .stalls = true };
static struct sink access_sink = { .fd = -1 };
static pthread_mutex_t stalls_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int log_level_max = LOG_INFO;
static _Thread_local struct buf gathered;

static enum status
sink_point(struct sink *sink, const char *path, struct error *err)
{
	int old = atomic_load(&sink->fd);
	int fd;

	if (strcmp(path, "off") == 0 || strcmp(path, "stderr") == 0) {
		fd = strcmp(path, "off") == 0 ? -1 : STDERR_FILENO;
		if (old > STDERR_FILENO && fd >= 0 &&
		    dup3(fd, old, O_CLOEXEC) >= 0)
			return ST_OK;
		atomic_store(&sink->fd, fd);
		return ST_OK;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return error_set(err, ST_INVALID, "cannot open log %s: %s",
		    path, strerror(errno));
	if (old > STDERR_FILENO) {
		(void)dup3(fd, old, O_CLOEXEC);
		(void)close(fd);
	} else {
		atomic_store(&sink->fd, fd);
	}
	return ST_OK;
}

static enum status
sink_open(struct sink *sink, const char *path, struct error *err)
{
	struct stat about;
	enum status st;

	atomic_store(&sink->stalls, true);
	st = sink_point(sink, path, err);
	atomic_store(
	    &sink->stalls, fstat(atomic_load(&sink->fd), &about) != 0 ||
			       !S_ISREG(about.st_mode));
	return st;
}

enum status
log_open(const char *log_path, const char *access_path, enum log_level level,
    struct error *err)
{
	enum status st = sink_open(&log_sink, log_path, err);

	if (st == ST_OK)
		st = sink_open(&access_sink, access_path, err);
	if (st == ST_OK)
		atomic_store(&log_level_max, (int)level);
	return st;
}

/*
 * Writes while there is room. With room a pipe takes PIPE_BUF bytes without
 * blocking; O_NONBLOCK would change it for all that share it.
 */
static bool
stalling_write(int fd, const char *bytes, size_t n)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	while (n > 0) {
		size_t piece = n < PIPE_BUF ? n : PIPE_BUF;
		ssize_t done;

		if (poll(&room, 1, 0) != 1)
			return false;
		done = write(fd, bytes, piece);
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* Never waits for a reader: what finds no room is dropped and counted. */
static void
sink_write(struct sink *sink, const char *bytes, size_t n)
{
	int fd = atomic_load(&sink->fd);
	bool done;

	if (!atomic_load(&sink->stalls)) {
		(void)!write(fd, bytes, n); /* nowhere left to tell */
		return;
	}
	(void)pthread_mutex_lock(&stalls_lock);
	done = stalling_write(fd, bytes, n);
	(void)pthread_mutex_unlock(&stalls_lock);
	if (!done) {
		(void)atomic_fetch_add(&sink->lost, 1);
		return;
	}
	if (atomic_load(&sink->lost) == 0)
		return;
	log_line(LOG_WARNING, STR_NULL,
	    "%llu writes to the %s were dropped or cut: its reader stalled",
	    atomic_exchange(&sink->lost, 0),
	    sink == &log_sink ? "log" : "access log");
}

static size_t
line_head(char *line, size_t size, enum log_level level, struct str request_id)
{
	int64_t wall_ms = clock_now().wall_ms;
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	(void)gmtime_r(&seconds, &tm);
	n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, size - n, ".%03dZ %s [%d] ",
	    (int)(wall_ms % 1000), level_names[level], (int)getpid());
	if (request_id.n > ID_SHOWN_MAX)
		request_id.n = ID_SHOWN_MAX;
	if (request_id.n > 0)
		n += (size_t)snprintf(
		    line + n, size - n, "%.*s: ", STR_ARG(request_id));
	return n;
}

void
log_line(enum log_level level, struct str request_id, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	size_t n;
	va_list ap;
	int more;

	if ((int)level >
	    atomic_load_explicit(&log_level_max, memory_order_relaxed))
		return;
	n = line_head(line, sizeof(line), level, request_id);
	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if (more > 0)
		n += (size_t)more < sizeof(line) - n - 1 ? (size_t)more
							 : sizeof(line) - n - 2;
	line[n++] = '\n';
	sink_write(&log_sink, line, n);
}

bool
log_access_on(void)
{
	return atomic_load_explicit(&access_sink.fd, memory_order_relaxed) >= 0;
}

void
log_access(struct str line)
{
	if (!log_access_on())
		return;
	buf_put(&gathered, line);
	if (gathered.n >= ACCESS_GATHERED)
		log_access_flush();
}

void
log_access_flush(void)
{
	if (gathered.n == 0)
		return;
	sink_write(&access_sink, gathered.p, gathered.n);
	gathered.n = 0;
}

void
log_access_end(void)
{
	log_access_flush();
	buf_free(&gathered);
}
