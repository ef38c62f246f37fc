/* One field of a grouped answer: item, SUM(amount), COUNT(*). */
#ifndef WEIR_SERVICES_DB_GROUP_ITEM_H
#define WEIR_SERVICES_DB_GROUP_ITEM_H

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/db/catalog.h"

struct arena;

enum group_function {
	GROUP_COLUMN, /* the column itself */
	GROUP_AVG,
	GROUP_COUNT,
	GROUP_MAX,
	GROUP_MIN,
	GROUP_SUM
};

struct group_item {
	enum group_function function;
	const struct column *column; /* NULL: "*" */
};

/* Is this a list of fields with a function in it? */
bool group_is_asked(const struct db_table *table, struct str fields);

/* ST_INVALID: the refusal of a field that the table does not have. */
enum status group_field_unknown(struct str text, struct error *err);

/* ST_INVALID as well when a function has nothing to compute with. */
enum status group_item_read(const struct db_table *table, struct str text,
    struct group_item *out, struct error *err);

/* "item", "SUM_amount", "COUNT_ALL"; may be in the arena. */
struct str group_item_name(struct arena *arena, const struct group_item *item);

/*
 * What it is compared with in having. No database declares a type for what a
 * function makes, so that decimals are bound as what is a number without one.
 */
enum column_kind group_item_kind(const struct group_item *item);

#endif
