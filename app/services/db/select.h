/* Builders of the statements that read. All take the role's condition. */
#ifndef WEIR_SERVICES_DB_SELECT_H
#define WEIR_SERVICES_DB_SELECT_H

#include "app/services/db/query.h"
#include "app/services/db/statement.h"

/* A page of the table: fields, order, at most n rows from the offset. */
void select_page(struct statement *s, const struct query *q,
    const struct condition *role, int64_t n);

/* How many rows there are, whatever the page. */
void select_count(
    struct statement *s, const struct query *q, const struct condition *role);

/* The fields of the record whose key columns have these values. */
void select_record(struct statement *s, const struct query *q,
    const struct db_value *key, const struct condition *role);

/* " WHERE key = ? ... AND (role)", for whichever statement needs it. */
void where_record(struct statement *s, const struct db_table *table,
    const struct db_value *key, const struct condition *role);

#endif
