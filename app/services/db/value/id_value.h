/* What a part of an identifier, written as text, means for its column. */
#ifndef WEIR_SERVICES_DB_ID_VALUE_H
#define WEIR_SERVICES_DB_ID_VALUE_H

#include "drivers/db/db.h"

struct arena;
struct column;

/*
 * DB_NULL, which equals nothing, when the column can hold no such value. Some
 * databases would otherwise compare 'abc' with a number, as 0. The bytes are
 * those of the text, or in the arena.
 */
struct db_value id_value(
    struct arena *arena, const struct column *column, struct str text);

#endif
