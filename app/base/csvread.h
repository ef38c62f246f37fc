/*
 * Reads CSV (RFC 4180) field by field. Lines end in LF or CRLF; a field that
 * holds a comma, a quote or a line end stands in quotes, its quotes twice.
 * Nothing is guessed: text behind a closing quote, or a quote in the middle of
 * a field, is a fault.
 */
#ifndef WEIR_BASE_CSVREAD_H
#define WEIR_BASE_CSVREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/jsontoken.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

struct csv_field {
	struct str text; /* a view, or in the arena when it holds quotes */
	bool quoted;
	bool last; /* of its line */
	size_t at; /* where it begins */
};

struct csv_reader {
	struct json_at at; /* text, place, and where faults go */
	struct arena *arena;
	bool open; /* a comma was the last */
};

/*
 * A byte order mark is passed over. ST_INVALID with "line L column C: ..." when
 * the text is not UTF-8, here, and when it is no CSV, below.
 */
enum status csv_open(struct csv_reader *r, struct arena *arena, struct str text,
    struct error *err);

/* ST_MISSING: the text has ended, and no line is open. */
enum status csv_next(struct csv_reader *r, struct csv_field *out);

/* At the beginning of a line: is it blank? Then it is passed. */
bool csv_pass_blank(struct csv_reader *r);

#endif
