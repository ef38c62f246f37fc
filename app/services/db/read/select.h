/*
 * Builders of the statements that read, and of the conditions that all
 * statements share. All take the role's condition.
 */
#ifndef WEIR_SERVICES_DB_SELECT_H
#define WEIR_SERVICES_DB_SELECT_H

#include "app/services/db/read/query.h"
#include "app/services/db/statement.h"

/* A page of the rows the query is about: fields, order, at most n rows from
 * the offset. */
void select_page(struct statement *s, const struct query *q,
    const struct condition *role, int64_t n);

/* How many rows there are, whatever the page. */
void select_count(
    struct statement *s, const struct query *q, const struct condition *role);

/* Of one record of an identity. */
struct record_name {
	const struct identity *by;
	const struct db_value *parts;
};

/* The fields of the record; of at most two, where several may have the
 * name. */
void select_record(struct statement *s, const struct query *q,
    const struct record_name *name, const struct condition *role);

/* The columns of q->by and then the fields, of all records that ids name. */
void select_listed(struct statement *s, const struct query *q,
    const struct identifier *ids, size_t n, const struct condition *role);

/*
 * The order of the query behind `before` and commas; nothing where there is
 * none. The key comes last, so that pages neither overlap nor leave rows out.
 * Columns stand behind the alias of their table, unless it is empty.
 */
void select_order(struct statement *s, const struct query *q, struct str alias,
    struct str before);

/* Binds what a row showed in a column, so that it is equal to what is stored:
 * of a float it shows the shortest text that means it, which as a double is
 * another number. */
void select_bind(
    struct statement *s, const struct column *column, struct db_value v);

/* How many places a list of n values is given, so that few statements differ:
 * the next power of two. */
size_t select_places(size_t n);

/* " WHERE key = ? ... AND (role)", for whichever statement needs it. */
void where_record(struct statement *s, const struct record_name *name,
    const struct condition *role);

/* " WHERE (filter) AND (role)", or nothing when both are NULL. */
void where_rows(struct statement *s, const struct condition *filter,
    const struct condition *role);

#endif
