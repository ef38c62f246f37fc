/*
 * Where lines for the operator go. Two sinks: the log (what went wrong, to
 * stderr or LOG_FILE) and the access log (one JSON line an answer). Lines of
 * the access log gather in a buffer of the calling thread and leave in one
 * write at log_access_flush(), so lines never mix.
 * Nobody waits for the reader of a pipe: what finds no room is dropped, and the
 * log says how often once there is room.
 */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include "app/base/status.h"
#include "app/base/str.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/*
 * Opens both sinks, or opens them anew (after rotation: SIGHUP). A path is a
 * file to append to, "stderr", or, for the access log, "off". On failure the
 * earlier sinks stay and err says why.
 */
enum status log_open(const char *log_path, const char *access_path,
    enum log_level level, struct error *err);

/*
 * One line: time, level, request id (may be STR_NULL), text. Never a key,
 * password or body. Lines above the level are dropped.
 */
void log_line(enum log_level level, struct str request_id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds one line (its end-of-line included) to this thread's buffer. */
void log_access(struct str line);

/* Writes this thread's buffer; called after each turn. */
void log_access_flush(void);

/* Writes and frees it: the last call of a thread that has answered. */
void log_access_end(void);

/* False when the access log is off: no line need be built. */
bool log_access_on(void);

#endif
