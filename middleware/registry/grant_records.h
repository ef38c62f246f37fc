/*
 * What roles may do, row by row, in the system database; service_records.h
 * says what all records have in common. A row is found by its role, service,
 * component (in any case) and requestors.
 */
#ifndef WEIR_GRANT_RECORDS_H
#define WEIR_GRANT_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct system_db;

struct grant_order {
	struct str role;
	struct str service;   /* "*": all services */
	struct str component; /* "" the root, "*" all, "x*" what begins so */
	unsigned verb_mask;   /* 0 on an exact component: denied */
	unsigned requestor_mask;
	/* Which rows of tables: as row_filters_parse() takes them, "[]" for
	 * every row. STR_NULL: as they are. Not for all services. */
	struct str filters;
	/* "and", "or"; STR_NULL: "and" with filters, else as it is */
	struct str filter_op;
};

/*
 * Adds the row, or sets the verbs of the one that stands there already, which
 * is *changed then. ST_INVALID for a component that could never match, and
 * for filters that could never be applied.
 */
enum status grant_record_put(struct system_db *db,
    const struct grant_order *order, bool *changed, struct error *err);

/*
 * The row of that id, which is the role's, becomes what the order says.
 * ST_MISSING, without a sentence, when the role has none of that id; ST_EXISTS
 * when another of its rows is about the same.
 */
enum status grant_record_set(struct system_db *db, int64_t id,
    const struct grant_order *order, struct error *err);

/* Takes that row away; of the order only the role matters. */
enum status grant_record_drop(struct system_db *db, int64_t id,
    const struct grant_order *order, struct error *err);

/* Takes the row away; verb_mask does not matter. */
enum status grant_record_remove(
    struct system_db *db, const struct grant_order *order, struct error *err);

#endif
