/*
 * Row filters of a role (row_filters.h) as a condition on a table. Values are
 * read as those of a filter (filter.h), as what the column holds: a string may
 * stand in quotes of its own, and without them null is null; "in" takes an
 * array, or a string such as "1,2" or "(1,2)".
 */
#ifndef WEIR_SERVICES_DB_ROLE_CONDITION_H
#define WEIR_SERVICES_DB_ROLE_CONDITION_H

#include "app/base/status.h"
#include "app/services/db/statement.h"

struct db_table;
struct lookup_source;
struct row_filters;

struct role_condition_order {
	const struct row_filters *filters; /* at least one, or a fault */
	const struct db_table *table;
	char quote;       /* the driver's, around names */
	struct str alias; /* of the table in the statement; STR_NULL: none */
	const struct lookup_source *lookups; /* NULL: none has a value */
};

/* The condition, in the arena, with values that may be views of the filters.
 * ST_INVALID says why there can be none, ST_MISSING that a lookup has no value
 * for this caller. */
enum status role_condition_make(struct arena *arena,
    const struct role_condition_order *order, struct condition *out,
    struct error *err);

/* Both conditions hold; either may be NULL. */
const struct condition *role_condition_both(
    struct arena *arena, const struct condition *a, const struct condition *b);

#endif
