/*
 * The JSON text of an answer, as it comes, made CSV or XML record by record.
 *
 * CSV (RFC 4180) has the records of a list, or one: the first of them names the
 * columns. What holds values of its own stands in its field as JSON; null is
 * an empty field and "" a quoted one. What is beside the list is left out.
 *
 * XML has all of it in <dfapi>: members are elements, those of a list repeat
 * its name, null is an empty element.
 */
#ifndef WEIR_CONVERT_H
#define WEIR_CONVERT_H

#include <stddef.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonread.h"
#include "app/base/jsonsplit.h"
#include "middleware/format.h"

struct convert {
	enum format format;
	struct buf *out;
	struct arena scratch; /* of one part */
	struct json_split split;
	/* csv: of a list */
	bool has_header;
	struct arena kept; /* of the columns */
	struct str *columns;
	size_t n_columns;
	struct str no_records; /* names for a list without any, or STR_NULL */
	/* csv: of a single record, on the heap */
	struct buf names;
	struct buf fields;
	size_t n_members;
};

/* Appends to out, whose arena or heap must outlive convert_close(). */
void convert_open(struct convert *c, enum format format, struct buf *out);
void convert_close(struct convert *c);

/* More of the text, cut anywhere: what can be said of it is appended. */
void convert_put(struct convert *c, struct str piece);

/* No more follows. */
void convert_end(struct convert *c);

/* -- within it --------------------------------------------------------------
 */

/* One part, whose value may be no JSON. */
void convert_csv_part(struct convert *c, const struct json_part *part);
void convert_csv_end(struct convert *c);
void convert_xml_part(struct convert *c, const struct json_part *part);

/* The value of a part; text that is no JSON is taken for a string. */
struct json convert_value(struct convert *c, struct str value);

#endif
