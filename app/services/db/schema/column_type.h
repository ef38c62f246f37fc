/*
 * Simple types: the names by which DreamFactory's schema calls what every
 * engine has under names of its own (dreamfactory.md 7.6).
 */
#ifndef WEIR_SERVICES_DB_COLUMN_TYPE_H
#define WEIR_SERVICES_DB_COLUMN_TYPE_H

#include <stdbool.h>

#include "app/base/str.h"

struct column;
struct db_table;
struct foreign_key;

/* "id", "string", "timestamp_on_create": what the column is. */
struct str column_type(const struct db_table *table, const struct column *c);

/* A key is never NULL to the API, even where the engine would let it be. */
bool column_may_be_null(const struct column *c);

/* Blanks fill its values up: CHAR, BINARY. */
bool column_is_fixed(const struct column *c);

/* NCHAR, NVARCHAR: declared for every script there is. */
bool column_is_national(const struct column *c);

/* The foreign key that the column is part of, and its place there; NULL: none
 * is. */
const struct foreign_key *column_key(
    const struct db_table *table, const struct column *c, size_t *place);

#endif
