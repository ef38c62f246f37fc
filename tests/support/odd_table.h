/*
 * A table whose names would do harm if they were not quoted, and the property
 * that no SQL made for it may break.
 */
#ifndef WEIR_TESTS_ODD_TABLE_H
#define WEIR_TESTS_ODD_TABLE_H

#include <stdbool.h>

#include "drivers/db/catalog.h"

struct arena;

/* Its key is the first column, id. */
extern struct column odd_columns[];
extern const struct db_table odd_table;

/*
 * Is this text made of nothing but words of the statement builders, names of
 * the table (in backticks) and "?"?
 */
bool sql_is_ours(
    struct arena *arena, struct str sql, const struct db_table *table);

/* The same for the names of all tables of a catalogue. */
bool sql_is_of(
    struct arena *arena, struct str sql, const struct catalog *catalog);

#endif
