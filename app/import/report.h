/* What an import made of each record, in the order in which it came to it. */
#ifndef WEIR_IMPORT_REPORT_H
#define WEIR_IMPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/str.h"

struct arena;

enum import_verdict {
	IMPORT_BROUGHT, /* as it was there */
	IMPORT_CHANGED, /* brought, but not quite as it was */
	IMPORT_LEFT,    /* not brought */
	IMPORT_PRESENT, /* here already, and left as it is here */
	IMPORT_VERDICTS
};

const char *import_verdict_name(enum import_verdict verdict);

struct import_line {
	enum import_verdict verdict;
	const char *kind; /* "service" */
	struct str name;
	struct str why; /* "" when it was brought as it was */
};

/* Texts live in the arena. */
struct import_report {
	struct arena *arena;
	struct buf lines; /* struct import_line */
	struct buf notes; /* about the record at hand */
	size_t n[IMPORT_VERDICTS];
};

/* What is different about the record at hand, if it is brought. */
void report_note(struct import_report *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the notes. */
void report_begin(struct import_report *r);

/* It was brought, and is changed when there are notes. */
void report_brought(struct import_report *r, const char *kind, struct str name);

void report_left(struct import_report *r, const char *kind, struct str name,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void report_present(struct import_report *r, const char *kind, struct str name,
    const char *why);

const struct import_line *report_lines(
    const struct import_report *r, size_t *n);

#endif
