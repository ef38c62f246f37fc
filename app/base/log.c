#include "app/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "app/base/buf.h"
#include "app/base/log_entry.h"
#include "app/base/log_sinks.h"

#define LINE_MAX_BYTES 2048
#define ID_SHOWN_MAX   64u

static _Atomic int level_max = LOG_INFO;
static _Atomic int log_format = LOG_TEXT;
static _Atomic int access_format = LOG_JSON;
static _Atomic int facility = 3;

void
log_style(const struct log_style *style)
{
	atomic_store(&log_format, (int)style->log);
	atomic_store(&access_format, (int)style->access);
	atomic_store(&facility, style->facility);
}

enum status
log_open(const char *log_path, const char *access_path, enum log_level level,
    struct error *err)
{
	struct log_target log, access;
	enum status st = log_target_open(log_path, &log, err);

	if (st != ST_OK)
		return st;
	st = log_target_open(access_path, &access, err);
	if (st != ST_OK) {
		log_target_close(&log);
		return st;
	}
	log_sink_use(&log_sink_log, &log, atomic_load(&facility));
	log_sink_use(&log_sink_access, &access, atomic_load(&facility));
	atomic_store(&level_max, (int)level);
	return ST_OK;
}

enum log_format
log_access_format(void)
{
	return (enum log_format)atomic_load_explicit(
	    &access_format, memory_order_relaxed);
}

static void
entry_write(const struct log_entry *e)
{
	struct buf line = { 0 }, fields = { 0 };
	struct log_record record = { .level = e->level };

	if (atomic_load(&log_format) == LOG_JSON)
		log_entry_json(&line, e);
	else
		log_entry_text(&line, e, atomic_load(&log_sink_log.apart));
	if (atomic_load(&log_sink_log.native))
		log_entry_fields(&fields, e);
	buf_put_char(&line, '\n');
	record.line = str_make(line.p, line.n - 1);
	record.fields = buf_str(&fields);
	log_sink_put(&log_sink_log, buf_str(&line), &record, 1);
	buf_free(&line);
	buf_free(&fields);
}

__attribute__((format(printf, 2, 0))) static void
entry_tell(struct log_entry *e, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	if (n < 0)
		return;
	if (e->id.n > ID_SHOWN_MAX)
		e->id.n = ID_SHOWN_MAX;
	e->text = str_make(
	    text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
	entry_write(e);
}

static bool
is_told(enum log_level level)
{
	return (int)level <=
	       atomic_load_explicit(&level_max, memory_order_relaxed);
}

void
log_line(enum log_level level, struct str request_id, const char *fmt, ...)
{
	struct log_entry e = { .level = level, .id = request_id };
	va_list ap;

	if (!is_told(level))
		return;
	va_start(ap, fmt);
	entry_tell(&e, fmt, ap);
	va_end(ap);
}

void
log_line_with(enum log_level level, struct str request_id,
    const struct log_field *fields, size_t n, const char *fmt, ...)
{
	struct log_entry e = { level, request_id, STR_NULL, fields, n };
	va_list ap;

	if (!is_told(level))
		return;
	va_start(ap, fmt);
	entry_tell(&e, fmt, ap);
	va_end(ap);
}
