/*
 * The row filters of an access row (dreamfactory.md 3.3): which rows of a
 * table it is about. [{"name":"region","operator":"=","value":"north"}, ...],
 * all of which hold, or with filter_op "or" any. What they mean for a table is
 * said by the service that has it.
 */
#ifndef WEIR_ROW_FILTERS_H
#define WEIR_ROW_FILTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct arena;
struct buf;

#define ROW_FILTERS_MAX       100u   /* conditions of one row */
#define ROW_FILTERS_BYTES_MAX 16384u /* of their text */
#define ROW_LOOKUPS_MAX       100u   /* different ones of one row */

enum row_operator {
	ROW_EQ,
	ROW_NE,
	ROW_LT,
	ROW_GE,
	ROW_GT,
	ROW_LE,
	ROW_IN,
	ROW_LIKE,
	ROW_STARTS,
	ROW_ENDS,
	ROW_CONTAINS,
	ROW_NULL
};

struct row_filter {
	struct str name; /* of a column; not empty */
	enum row_operator op;
	bool negated; /* from ROW_IN on */
	/* A scalar, or for ROW_IN an array of them; for ROW_NULL it does not
	 * matter. Strings may have lookups in them (lookup_text.h). */
	struct json value;
};

/* Never changed; lives as long as the arena and the text it was read from. */
struct row_filters {
	const struct row_filter *list;
	size_t n;
	bool any; /* "or" */
	/* What stands between braces in the values, each of it once: the
	 * filters mean the same for two callers for whom these are the same. */
	const struct str *lookups;
	size_t n_lookups;
	const char *fault; /* why they cannot be understood, so that no row is
			    * open; NULL: they can */
};

/* ST_INVALID unless filters can be joined by it. */
enum status row_filters_joint_check(struct str op, struct error *err);

/*
 * Reads filters (JSON) and op ("and" or "or" in any case, or nothing: and).
 * *out is NULL when there are none: STR_NULL, "", "null", "[]". ST_INVALID
 * says what is wrong: no such list, an operator that does not exist, a value
 * that is missing.
 */
enum status row_filters_parse(struct arena *arena, struct str filters,
    struct str op, const struct row_filters **out, struct error *err);

/* The same for who cannot refuse them: with the fault in *out. */
const struct row_filters *row_filters_read(
    struct arena *arena, struct str filters, struct str op);

/* "region = \"north\" and amount > 5", for people. */
void row_filters_put(struct buf *b, const struct row_filters *filters);

#endif
