/*
 * What a column holds at all, by the catalogue: lengths, ranges, choices. A
 * database in its strict mode says the same, but later and in words of its
 * own; SQLite keeps to no length, and who declared one means it.
 */
#ifndef WEIR_SERVICES_DB_BOUNDS_H
#define WEIR_SERVICES_DB_BOUNDS_H

#include "drivers/db/db.h"

struct arena;
struct column;

/*
 * Would the column keep this value of value_read()? ST_INVALID names the field
 * and the bound. What would be refused, cut, or taken for another value does
 * not pass; digits behind the point that the column does not keep are rounded,
 * as SQL does. What only the database can tell passes.
 */
enum status bounds_check(struct arena *arena, const struct column *column,
    const struct db_value *v, struct error *err);

#endif
