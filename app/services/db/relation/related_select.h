/* The statement that reads what is related to many records at once. */
#ifndef WEIR_SERVICES_DB_RELATED_SELECT_H
#define WEIR_SERVICES_DB_RELATED_SELECT_H

#include "app/services/db/statement.h"

struct related;

/* Of each, the values of relation->joint.left of some record. */
struct related_keys {
	const struct db_value *const *list;
	size_t n;
};

/* Keys of one statement (of a list of 1000 values MariaDB makes a table first);
 * where each has several columns; and of one of related_select_numbered(). */
#define RELATED_KEYS_MAX     999
#define RELATED_ROW_KEYS_MAX 256
#define RELATED_NUMBERED_MAX 256

/*
 * The related records of all keys: rows that begin with the key and go on with
 * the fields of the query and those that it does not show. Many of one key
 * come one after the other, in the order of the query, as many as its limit.
 *
 * The key is shown as it stands in the table of the relation, byte by byte,
 * whatever the database takes for equal; but with belongs_to as it stands in
 * the other one.
 */
void related_select(struct statement *s, const struct related *related,
    const struct related_keys *keys);

/*
 * The same with belongs_to for keys that the other table holds in other bytes
 * ('ABC' for 'abc'): rows begin with the place of the key in the list.
 */
void related_select_numbered(struct statement *s, const struct related *related,
    const struct related_keys *keys);

#endif
