/* The values of a filter (filter.h), as the database gets them. */
#ifndef WEIR_SERVICES_DB_FILTER_VALUE_H
#define WEIR_SERVICES_DB_FILTER_VALUE_H

#include "app/services/db/filter/filter_text.h"
#include "drivers/db/db.h"

struct column;
struct params;

/*
 * Puts the value of a parameter in its place: *raw becomes a quoted text, or
 * a bare null. A fault when there is no such parameter.
 */
enum status filter_value_resolve(const struct filter_text *t,
    const struct params *params, struct filter_raw *raw);

/* null without quotes */
bool filter_value_is_null(const struct filter_raw *raw);

/*
 * What a column is compared with, of the column's own type, so that no
 * database has to convert one of the two; but an integer also with a double
 * that is none (id > 1.5). A fault as value_read() words it.
 */
enum status filter_value_read(const struct filter_text *t,
    const struct column *column, const struct filter_raw *raw,
    struct db_value *out);

enum filter_match {
	FILTER_MATCH_PATTERN, /* the text has its own wildcards */
	FILTER_MATCH_START,
	FILTER_MATCH_END,
	FILTER_MATCH_PART
};

/* The pattern for SQL's LIKE with FILTER_ESCAPE; a fault when it is too long.
 */
#define FILTER_ESCAPE '!'
enum status filter_value_pattern(const struct filter_text *t,
    enum filter_match match, const struct filter_raw *raw,
    struct db_value *out);

#endif
