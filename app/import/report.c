#include "app/import/report.h"

#include <stdarg.h>

#include "app/base/arena.h"

const char *
import_verdict_name(enum import_verdict verdict)
{
	static const char *const names[IMPORT_VERDICTS] = {
		[IMPORT_BROUGHT] = "brought",
		[IMPORT_CHANGED] = "changed",
		[IMPORT_LEFT] = "left",
		[IMPORT_PRESENT] = "present",
	};

	return names[verdict];
}

void
report_note(struct import_report *r, const char *fmt, ...)
{
	va_list ap;

	if (r->notes.n > 0)
		buf_put_lit(&r->notes, "; ");
	va_start(ap, fmt);
	buf_vprintf(&r->notes, fmt, ap);
	va_end(ap);
}

void
report_begin(struct import_report *r)
{
	r->notes.n = 0;
}

/* What was never checked must not steer a terminal. */
static struct str
printable(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		out[i] = c < ' ' || c == 0x7f ? '?' : (char)c;
	}
	return str_make(out, text.n);
}

static void
line_add(struct import_report *r, enum import_verdict verdict, const char *kind,
    struct str name, struct str why)
{
	struct import_line line = { verdict, kind, printable(r->arena, name),
		printable(r->arena, why) };

	buf_put(&r->lines, str_make((const char *)&line, sizeof(line)));
	r->n[verdict]++;
}

void
report_brought(struct import_report *r, const char *kind, struct str name)
{
	line_add(r, r->notes.n > 0 ? IMPORT_CHANGED : IMPORT_BROUGHT, kind,
	    name, buf_str(&r->notes));
	report_begin(r);
}

void
report_left(struct import_report *r, const char *kind, struct str name,
    const char *fmt, ...)
{
	struct buf why = buf_in(r->arena);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&why, fmt, ap);
	va_end(ap);
	line_add(r, IMPORT_LEFT, kind, name, buf_str(&why));
	report_begin(r);
}

void
report_present(
    struct import_report *r, const char *kind, struct str name, const char *why)
{
	line_add(r, IMPORT_PRESENT, kind, name, str_of(why));
	report_begin(r);
}

const struct import_line *
report_lines(const struct import_report *r, size_t *n)
{
	*n = r->lines.n / sizeof(struct import_line);
	return (const struct import_line *)(const void *)r->lines.p;
}
