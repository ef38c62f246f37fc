/*
 * Types that a client may wish a value of a result to have: returns= and
 * schema of a routine (dreamfactory.md 7.8).
 */
#ifndef WEIR_SERVICES_DB_CAST_H
#define WEIR_SERVICES_DB_CAST_H

#include "drivers/db/db.h"

struct arena;

enum cast { CAST_NONE, CAST_INTEGER, CAST_NUMBER, CAST_BOOLEAN, CAST_STRING };

/* "int", "boolean" and the like, in any case. CAST_NONE: any other, of which
 * values stay as they are. */
enum cast cast_of(struct str type);

/*
 * The value as one of that type; a fraction is cut off, a boolean is 1 or 0.
 * What cannot be (a text that is no number), NULL and blobs stay as they are.
 * Bytes live in the arena or where the value's do.
 */
struct db_value cast_value(
    struct arena *arena, enum cast cast, const struct db_value *v);

#endif
