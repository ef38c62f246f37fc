/* What a column is given when nothing is, as an answer shows it. */
#ifndef WEIR_SERVICES_DB_COLUMN_DEFAULT_H
#define WEIR_SERVICES_DB_COLUMN_DEFAULT_H

#include "drivers/db/db.h"

struct arena;
struct buf;
struct column;

/* A JSON value; {"expression":"CURRENT_TIMESTAMP"} for what the database has
 * to work out; null for none. */
void column_default_put(
    struct buf *out, struct arena *arena, const struct column *c);

/* The literal that the default is: DB_NULL without one, DB_NUMBER or DB_TEXT
 * in the arena. False: it is an expression. */
bool column_default_literal(
    struct arena *arena, const struct column *c, struct db_value *out);

#endif
