#include "app/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
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
static _Atomic int log_fd = STDERR_FILENO;
static _Atomic int access_fd = -1;
static _Atomic int log_level_max = LOG_INFO;
static _Thread_local struct buf gathered;

static enum status
sink_open(_Atomic int *sink, const char *path, struct error *err)
{
	int old = atomic_load(sink);
	int fd;

	if (strcmp(path, "off") == 0 || strcmp(path, "stderr") == 0) {
		fd = strcmp(path, "off") == 0 ? -1 : STDERR_FILENO;
		if (old > STDERR_FILENO && fd >= 0 &&
		    dup3(fd, old, O_CLOEXEC) >= 0)
			return ST_OK;
		atomic_store(sink, fd);
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
		atomic_store(sink, fd);
	}
	return ST_OK;
}

enum status
log_open(const char *log_path, const char *access_path, enum log_level level,
    struct error *err)
{
	enum status st = sink_open(&log_fd, log_path, err);

	if (st == ST_OK)
		st = sink_open(&access_fd, access_path, err);
	if (st == ST_OK)
		atomic_store(&log_level_max, (int)level);
	return st;
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
	(void)!write(atomic_load(&log_fd), line, n); /* nowhere left to tell */
}

bool
log_access_on(void)
{
	return atomic_load_explicit(&access_fd, memory_order_relaxed) >= 0;
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
	(void)!write(atomic_load(&access_fd), gathered.p, gathered.n);
	gathered.n = 0;
}

void
log_access_end(void)
{
	log_access_flush();
	buf_free(&gathered);
}
