/*
 * Writes to all rows of a condition at once: PUT, PATCH and DELETE of a table
 * with a filter, and the delete of every row that force=true means.
 */
#ifndef WEIR_SERVICES_DB_SWEEP_H
#define WEIR_SERVICES_DB_SWEEP_H

#include "app/base/jsonread.h"

struct query;
struct table_call;

/*
 * Each makes the response: the rows touched, in the order of their key. Every
 * match is written; where max_records are fewer, meta.count says how many.
 */

/* Rows are shown as they are after the change, found again by their key: they
 * need not match any more. Without a key the filter has to do. */
void sweep_change(
    struct table_call *c, const struct query *q, struct json record);

/* Rows are shown as they were. */
void sweep_delete(struct table_call *c, const struct query *q);

/* Not a TRUNCATE, which is no part of a transaction. */
void sweep_clear(struct table_call *c);

#endif
