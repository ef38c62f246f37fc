/* What a JSON value means for a column, before any bound is looked at. */
#ifndef WEIR_SERVICES_DB_VALUE_TAKE_H
#define WEIR_SERVICES_DB_VALUE_TAKE_H

#include "app/base/jsonread.h"
#include "drivers/db/db.h"

struct column;

/* False: it means nothing there, see value_must_be(). v is not null. Bytes
 * live as long as the JSON or the arena. */
bool value_take(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out);

/* What a value of the column must be: "a valid integer". */
const char *value_must_be(const struct column *column);

#endif
