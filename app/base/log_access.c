#include <string.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "app/base/log_sinks.h"

#define ACCESS_GATHERED 65536u
#define RECORDS_AT_ONCE 64u

/* How long a gathered line and its fields are. */
struct extent {
	size_t line;
	size_t fields;
};

static _Thread_local struct buf lines;
static _Thread_local struct buf fields;
static _Thread_local struct buf extents;

bool
log_access_on(void)
{
	return atomic_load_explicit(&log_sink_access.on, memory_order_relaxed);
}

bool
log_access_fields(void)
{
	return atomic_load_explicit(
	    &log_sink_access.native, memory_order_relaxed);
}

void
log_access(struct str line, struct str more)
{
	const struct extent extent = { line.n, more.n };

	if (!log_access_on() || line.n == 0)
		return;
	buf_put(&lines, line);
	buf_put(&fields, more);
	buf_put(&extents, str_make((const char *)&extent, sizeof(extent)));
	if (lines.n >= ACCESS_GATHERED)
		log_access_flush();
}

/* The next lines one by one, without their ends; how many. */
static size_t
records_fill(struct log_record out[RECORDS_AT_ONCE], struct str *text,
    struct str *more, struct str *rest)
{
	size_t n = 0;

	while (n < RECORDS_AT_ONCE && rest->n > 0) {
		struct extent e;

		memcpy(&e, rest->p, sizeof(e));
		out[n++] = (struct log_record){ LOG_INFO,
			str_make(text->p, e.line - 1),
			str_make(more->p, e.fields) };
		*text = str_skip(*text, e.line);
		*more = str_skip(*more, e.fields);
		*rest = str_skip(*rest, sizeof(e));
	}
	return n;
}

static void
flush_apart(void)
{
	struct log_record records[RECORDS_AT_ONCE];
	struct str text = buf_str(&lines), more = buf_str(&fields);
	struct str rest = buf_str(&extents);

	while (rest.n > 0) {
		struct str all = text;
		size_t n = records_fill(records, &text, &more, &rest);

		all.n -= text.n;
		log_sink_put(&log_sink_access, all, records, n);
	}
}

bool
log_access_waits(void)
{
	return lines.n > 0 && atomic_load_explicit(&log_sink_access.gathers,
				  memory_order_relaxed);
}

void
log_access_flush(void)
{
	if (lines.n == 0)
		return;
	flush_apart();
	lines.n = fields.n = extents.n = 0;
}

void
log_access_end(void)
{
	log_access_flush();
	buf_free(&lines);
	buf_free(&fields);
	buf_free(&extents);
}
