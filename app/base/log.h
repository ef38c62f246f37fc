/*
 * Where lines for the operator go. Two sinks: the log (what went wrong) and the
 * access log (one line an answer). Lines of the access log gather in a buffer
 * of the calling thread and leave at log_access_flush(), so lines never mix.
 * Nobody waits for the reader of a pipe or socket: what finds no room is
 * dropped, and the log says how often once there is room.
 */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

enum log_format { LOG_TEXT, LOG_JSON };

/* How lines are written from the next log_open() on; at first all zero, but for
 * the access log, which is JSON. */
struct log_style {
	enum log_format log;
	enum log_format access;
	int facility; /* as log_facility() has it */
};

void log_style(const struct log_style *style);

/*
 * Opens both sinks, or opens them anew (after rotation: SIGHUP). A path is a
 * file to append to, or what log_place_read() knows. On failure the earlier
 * sinks stay and err says why.
 */
enum status log_open(const char *log_path, const char *access_path,
    enum log_level level, struct error *err);

/*
 * One line: time, level, request id (may be STR_NULL), text. Never a key,
 * password or body. Lines above the level are dropped; control characters and
 * what is no UTF-8 are shown as \xHH.
 */
void log_line(enum log_level level, struct str request_id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a line is about, for programs: a member of its JSON, a field of the
 * journal; a line of text has it in its words only. */
struct log_field {
	const char *name; /* "duration_us" */
	struct str text;  /* STR_NULL: the number */
	int64_t number;
};

void log_line_with(enum log_level level, struct str request_id,
    const struct log_field *fields, size_t n, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A line, and what a receiver with fields is told beside it. */
struct log_record {
	enum log_level level;
	struct str line;   /* without its end */
	struct str fields; /* "NAME=value\n" each; "": none */
};

/* Adds one line (its end-of-line included) to this thread's buffer; fields: as
 * those of a record, when log_access_fields() asked for them. */
void log_access(struct str line, struct str fields);

/* Does this thread's buffer hold lines that may wait for others? A file takes
 * many in one write; a pipe or a socket may have no room for so many. */
bool log_access_waits(void);

/* Writes this thread's buffer; called after each turn, or soon after. */
void log_access_flush(void);

/* Writes and frees it: the last call of a thread that has answered. */
void log_access_end(void);

enum log_which { LOG_THE_LOG, LOG_THE_ACCESS_LOG, LOGS };

/* Lines, or writes of several, that found no room since the start. */
uint64_t log_dropped(enum log_which which);

/* False when the access log is off: no line need be built. */
bool log_access_on(void);

enum log_format log_access_format(void);

/* The access log goes where fields are taken. */
bool log_access_fields(void);

#endif
