/*
 * group=item&fields=item,SUM(amount),COUNT(*): one row for each group of rows
 * (dreamfactory.md 7.4). Fields are the columns of the group, and SUM, COUNT,
 * AVG, MIN and MAX of any column, which are named SUM_amount and COUNT_ALL in
 * the answer, in the order and in having. Without a group all rows are one.
 * The digits of an AVG, and whether the MAX of booleans is 1 or true, are the
 * database's matter.
 */
#ifndef WEIR_SERVICES_DB_GROUP_H
#define WEIR_SERVICES_DB_GROUP_H

#include "app/services/db/read/group_item.h"
#include "app/services/db/read/query.h"
#include "app/services/db/statement.h"
#include "drivers/db/catalog.h"

#define GROUP_FIELDS_MAX 100u

struct group {
	/* A row of the answer as that of a table, whose key are the columns of
	 * the group; those that were not asked for stand at its end. */
	struct db_table result;
	const struct group_item *items; /* beside result.columns */
	const struct condition *having; /* on the result; NULL: all groups */
};

struct group_order {
	const struct db_table *table;
	struct str group;  /* empty: all rows are one group */
	struct str fields; /* empty or "*": the columns of the group */
	struct str having; /* as filter_parse() takes it, or empty */
	const struct params *params;
	char quote;
};

/*
 * Sets group and fields of the query, in the arena. ST_INVALID names a field
 * that does not exist, that is no number to sum up, or that has many values
 * in one group.
 */
enum status group_parse(struct arena *arena, const struct group_order *order,
    struct query *query, struct error *err);

/* "(SELECT ... GROUP BY ...) AS grouped WHERE (having)": the groups of the
 * query's rows as a table, to be put behind FROM. */
void group_put(
    struct statement *s, const struct query *q, const struct condition *role);

#endif
